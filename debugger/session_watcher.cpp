// Stops between instructions.
#include "debugger/session_watcher.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cpu/decode/decoder.hpp"
#include "mmu/peek.hpp"

namespace faultline {

std::string numbered(const Breakpoint& b) {
  const char* word = b.kind == BreakKind::Watch ? "watchpoint" : "breakpoint";
  return fmt::format("{} {}: {}", is_catch(b.kind) ? "catch" : word, b.number, b.said);
}

void DebugSession::Watcher::begin(bool inside) {
  beginning_.reset();
  hit_.reset();
  const auto& all = session_.breakpoints_.all();
  micro_steps =
      session_.plan_.micro != 0 ||
      (!session_.plan_.quiet &&
       std::any_of(all.begin(), all.end(),
                   [](const Breakpoint& b) { return b.enabled && needs_micro_steps(b.kind); })) ||
      std::any_of(session_.demanding_.begin(), session_.demanding_.end(),
                  [](const Observation* listener) { return listener->micro_steps; });
  running_ = thread();
  frame_ = {.esp = session_.state().general[ESP],
            .thread = running_,
            .pushed = inside ? frame_.pushed : std::nullopt};
  boundaries_ = hits_ = 0;
  last_ = false;
  if (inside) return;
  first_ = true;
  deliveries_.clear();
  page_fault_.reset();
  remember_watched();
  if (session_.plan_.search) return;  // which wants to know of this one, too
  beginning_ = session_.position();
  beginning_linear_ = session_.linear_eip();
}

std::optional<PhysicalAddress> DebugSession::Watcher::physical(u32 linear) const {
  return Peek<Paging>(session_.context().mmu.registers, session_.context().memory)
      .translate({linear});
}

u32 DebugSession::Watcher::thread() const {
  const KernelObjects* objects = session_.symbols_.objects();
  const auto running = objects == nullptr ? std::nullopt : objects->current_thread();
  return running ? running->address : 0;
}

/// In a search: what would stop a run here is counted, and stops it only if it is the one.
bool DebugSession::Watcher::passed_over() {
  const Plan& plan = session_.plan_;
  if (!plan.search) return plan.quiet;
  if (last_ && made_ >= plan.until.micro) return true;  // at the end of the search or behind it
  return ++hits_ != plan.hit;
}

/// Whether the moment is reached that the search goes up to.
bool DebugSession::Watcher::search_over(u32 linear) {
  const Moment& until = session_.plan_.until;
  const bool here = boundary_.clock == until.clock &&
                    boundary_.instructions == until.instructions && linear == until.linear;
  const bool over = last_ || boundary_.clock > until.clock ||
                    boundary_.instructions > until.instructions || (here && until.micro == 0);
  if (over) {
    StopReport report{.reason = StopReason::Arrived};
    if (hit_ && session_.plan_.part && !passed_over()) report = *hit_;
    stop_at_boundary(std::move(report));
  }
  if (!over) ++boundaries_;
  last_ = here;
  return over;
}

/// The machine comes to rest before the instruction.
void DebugSession::Watcher::stop_at_boundary(StopReport report) {
  session_.stopping_ = std::move(report);
  session_.machine_.request_stop();
}

void DebugSession::Watcher::instruction() {
  for (Observation* listener : session_.listeners_) listener->instruction();
  const u32 linear = session_.linear_eip();
  // A repetition that was suspended goes on: where that happens depends on how a run is cut up.
  if (!std::exchange(first_, false) && linear == boundary_.linear &&
      session_.state().instructions == boundary_.instructions)
    return;
  made_before_ = std::exchange(made_, 0);
  deliveries_.clear();
  page_fault_.reset();
  boundary_ = {session_.machine_.clocks(), session_.state().instructions, linear};
  if (session_.plan_.search && search_over(linear)) return;
  if (beginning_) {
    const bool same = *beginning_ == session_.position() && beginning_linear_ == linear;
    beginning_.reset();
    if (same) return;
  }
  if (hit_) {
    StopReport report = *std::exchange(hit_, std::nullopt);
    if (!passed_over()) return stop_at_boundary(std::move(report));
    if (session_.plan_.search) return;  // a stop here, and one is enough
  }
  if (session_.plan_.settle) return stop_at_boundary({.reason = StopReason::Step});
  if (instruction_break(linear) || plan_fulfilled(linear)) return;
  if (session_.interrupted_.exchange(false)) {
    return stop_at_boundary({.reason = StopReason::Interrupted, .what = "interrupted"});
  }
  if (!session_.needs_watch()) session_.machine_.request_stop();  // and an unwatched core goes on
}

bool DebugSession::Watcher::meets(Breakpoint& b, u32 linear) {
  const State& s = session_.state();
  constexpr u32 within = arch::Geometry<Paging>::offset_mask;
  switch (b.kind) {
    case BreakKind::Linear:
    case BreakKind::Bugcheck:
      return b.address == linear;
    case BreakKind::SegmentOffset:
      return b.address == s.eip && b.selector == s.segment[CS].selector;
    case BreakKind::Physical:
      return ((b.address ^ linear) & within) == 0 && physical(linear) == PhysicalAddress{b.address};
    case BreakKind::Watch:
      return b.execute && linear - b.address < b.bytes;
    case BreakKind::Switch:
      return switched(b);
    default:
      return false;
  }
}

bool DebugSession::Watcher::switched(Breakpoint&) {
  const u32 now = thread();
  return std::exchange(running_, now) != now;
}

/// A call at `linear` that comes back to the moment.
bool DebugSession::Watcher::calls_to(const Moment& after, u32 linear) {
  if (after.linear - linear - 1 >= max_instruction_length) return false;
  const Disassembled here = disassemble_at(session_, linear);
  return here.calls && linear + here.bytes.size() == after.linear;
}

bool DebugSession::Watcher::instruction_break(u32 linear) {
  if (const auto& after = session_.plan_.call_before) {
    if (!calls_to(*after, linear) || passed_over()) return false;
    stop_at_boundary({.reason = StopReason::Step});
    return true;
  }
  for (Breakpoint& b : session_.breakpoints_.all()) {
    if (!b.enabled || !meets(b, linear) || passed_over()) continue;
    ++b.hits;
    const StopReason reason = b.kind == BreakKind::Watch ? StopReason::Watchpoint
                              : is_catch(b.kind)         ? StopReason::Catch
                                                         : StopReason::Breakpoint;
    std::string what = numbered(b);
    if (b.kind == BreakKind::Switch) what += fmt::format(", to thread {:08X}", running_);
    stop_at_boundary({.reason = reason, .breakpoint = b.number, .what = std::move(what)});
    return true;
  }
  return false;
}

bool DebugSession::Watcher::plan_fulfilled(u32 linear) {
  Plan& plan = session_.plan_;
  const u32 esp = session_.state().general[ESP];
  if ((plan.steps != 0 && --plan.steps == 0) || (plan.micro != 0 && --plan.micro == 0)) {
    stop_at_boundary({.reason = StopReason::Step});
    return true;
  }
  if ((plan.linear && *plan.linear == linear && esp - plan.esp <= plan.slack) ||
      ((plan.finish || plan.delivery) && frame_left()) ||
      session_.machine_.clocks() >= plan.clock) {
    stop_at_boundary({.reason = StopReason::Arrived});
    return true;
  }
  return false;
}

/// What a RET or IRET pops was pushed by a CALL or a delivery since, or before: then the frame that
/// `finish` was asked in is left. Frame pointers are not needed for it.
bool DebugSession::Watcher::frame_left() {
  constexpr u32 deepest_frame = 1 << 16;
  const u32 esp = session_.state().general[ESP];
  if (frame_.pushed) {
    const u32 slot = esp + *std::exchange(frame_.pushed, std::nullopt);
    frame_.called.insert(slot);
    if (!frame_.delivered) frame_.delivered = slot;
  }
  const bool retired = session_.state().instructions != frame_.instructions;
  if (std::exchange(frame_.call, false) && retired) frame_.called.insert(esp);
  if (!std::exchange(frame_.ret, false) || !retired) return false;
  if (session_.plan_.delivery) return frame_.slot == frame_.delivered;
  return frame_.called.erase(frame_.slot) == 0 && frame_.slot - frame_.esp < deepest_frame &&
         thread() == frame_.thread;
}

void DebugSession::Watcher::fetch(LinearAddress address, u32 bytes) {
  for (Observation* listener : session_.listeners_) listener->fetch(address, bytes);
  if (!session_.plan_.finish && !session_.plan_.delivery) return;
  std::array<u8, max_instruction_length> code{};
  const std::span<u8> read(code.data(), std::min<std::size_t>(bytes, code.size()));
  Instruction insn;
  const State& s = session_.state();
  if (!session_.memory_.read(address.value, read) ||
      decode(read, {s.segment[CS].big, true}, session_.context().model, insn) != DecodeStatus::Ok)
    return;
  const Mnemonic m = insn.form().mnemonic;
  frame_.call = m == Mnemonic::CALL || m == Mnemonic::CALLF;
  frame_.ret = m == Mnemonic::RET || m == Mnemonic::RETF || m == Mnemonic::IRET;
  frame_.slot = s.general[ESP];
  frame_.instructions = s.instructions;
}

}  // namespace faultline
