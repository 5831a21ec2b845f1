#include "debugger/trace/handler_lanes.hpp"

#include <fmt/format.h>

namespace faultline {

void HandlerLanes::emit(Lane lane, std::string name, const Piece& piece, const Handler* handler) {
  Slice slice;
  slice.lane = lane;
  slice.name = std::move(name);
  slice.begin = piece.begin;
  slice.end = piece.end;
  slice.self = piece.self;
  slice.resumed = piece.resumed;
  slice.process = thread_.process.name;
  slice.process_id = thread_.process.id;
  slice.thread_id = thread_.id;
  if (handler != nullptr) {
    slice.cause = handler->cause;
    slice.address = handler->address;
  }
  emit_(std::move(slice), handler, piece.last);
}

void HandlerLanes::leave_user(u64 end) {
  if (!user_since_) return;
  emit(Lane::User, thread_.process.name, {.begin = *user_since_, .end = end});
  user_since_.reset();
}

void HandlerLanes::enter(Handler handler, u64 begin, const GuestMemory& memory, bool error_code) {
  const u32 frame = state_.general[ESP] + (error_code ? 4 : 0);
  const u32 base = state_.segment[SS].base;
  const u32 cs = memory.dword(base + frame + 4).value_or(0);
  Open open;
  open.handler = std::move(handler);
  open.begin = begin;
  open.user = (cs & 3) != 0;
  open.eip = memory.dword(base + frame).value_or(0);
  open.esp = frame + 12;
  if (!open.user && stack_.empty()) open_base();
  stack_.push_back(std::move(open));
}

/// IRET restores exactly what was; to ring 3 it ends whatever the thread was in.
void HandlerLanes::instruction() {
  if (state_.cpl() == 3) {
    if (!user_since_) enter_user();
    return;
  }
  while (!stack_.empty() && !stack_.back().user && stack_.back().eip == state_.eip &&
         stack_.back().esp == state_.general[ESP]) {
    close();
  }
  if (stack_.empty()) open_base();
}

void HandlerLanes::enter_user() {
  while (!stack_.empty()) close();
  user_since_ = now();
}

/// What runs in ring 0 without a delivery: the boot, and threads of the kernel.
void HandlerLanes::open_base() {
  Open open;
  open.handler.cause = Cause::Thread;
  open.handler.name = thread_.address == 0
                          ? std::string("boot")
                          : fmt::format("{} thread {}", thread_.process.name, thread_.id);
  open.begin = now();
  open.user = true;  // nothing in ring 0 to return to
  stack_.push_back(std::move(open));
}

void HandlerLanes::emit_open(std::size_t depth, bool last) {
  const Open& open = stack_[depth];
  const u64 whole = now() - open.begin;
  emit(Lane::Kernel, open.handler.name,
       {.begin = open.begin,
        .end = now(),
        .self = whole - open.inner,
        .resumed = open.resumed,
        .last = last},
       &open.handler);
  if (depth != 0) stack_[depth - 1].inner += whole;
}

void HandlerLanes::close() {
  emit_open(stack_.size() - 1, true);
  stack_.pop_back();
}

void HandlerLanes::emit_turn() {
  if (thread_.address == 0) return;
  emit(Lane::Switches, fmt::format("{} {}", thread_.process.name, thread_.id),
       {.begin = switched_, .end = now()});
}

void HandlerLanes::switch_to(const RunningThread& thread) {
  leave_user(now());
  for (std::size_t depth = stack_.size(); depth-- != 0;) emit_open(depth, false);
  emit_turn();
  waiting_[{thread_.address, thread_.id}] = std::move(stack_);
  thread_ = thread;
  stack_ = std::move(waiting_[{thread.address, thread.id}]);
  waiting_.erase({thread.address, thread.id});
  for (Open& open : stack_) {
    open.begin = now();
    open.inner = 0;
    open.resumed = true;
  }
  switched_ = now();
}

const std::string* HandlerLanes::innermost(Cause cause) const {
  for (auto open = stack_.rbegin(); open != stack_.rend(); ++open) {
    if (open->handler.cause == cause) return &open->handler.name;
  }
  return nullptr;
}

void HandlerLanes::finish() {
  leave_user(now());
  while (!stack_.empty()) close();
  emit_turn();
}

}  // namespace faultline
