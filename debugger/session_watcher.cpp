// Stops of a watched machine.
#include "debugger/session_watcher.hpp"

#include <fmt/format.h>

#include "mmu/peek.hpp"

namespace faultline {
namespace {

std::string numbered(const Breakpoint& b) {
  return fmt::format("{} {}: {}",
                     b.kind == BreakKind::Watch       ? "watchpoint"
                     : b.kind >= BreakKind::PageFault ? "catch"
                                                      : "breakpoint",
                     b.number, b.said);
}

bool overlaps(const Breakpoint& b, u32 address, u32 bytes) {
  return address - b.address < b.bytes || b.address - address < bytes;
}

bool matches(const Breakpoint& b, const PageFault& fault) {
  const bool user = (fault.error_code & page_fault::U) != 0;
  const bool present = (fault.error_code & page_fault::P) != 0;
  constexpr u32 page_mask = arch::Geometry<Paging>::page_mask;
  return b.allows(fault.kind) && b.user.value_or(user) == user &&
         b.present.value_or(present) == present &&
         (!b.page || ((*b.page ^ fault.address.value) & page_mask) == 0);
}

}  // namespace

/// The machine comes to rest before the instruction.
void DebugSession::Watcher::stop_at_boundary(StopReason reason, std::string what) {
  session_.stop(reason, std::move(what));
  session_.machine_.request_stop();
}

/// The machine comes to rest here and now; comes back when it is to go on.
void DebugSession::Watcher::stop_here(StopReason reason, std::string what) {
  session_.stop(reason, std::move(what));
  session_.turns_.yield();
}

void DebugSession::Watcher::remember_watched() {
  for (Breakpoint& b : session_.breakpoints_.all()) {
    if (b.kind != BreakKind::Watch) continue;
    b.last.assign(b.bytes, 0);
    if (!session_.memory_.read(b.address, b.last)) b.last.clear();
  }
}

void DebugSession::Watcher::instruction() {
  for (Observation* listener : session_.listeners_) listener->instruction();
  micro_ = 0;
  const u32 linear = session_.linear_eip();
  if (beginning_) {
    const bool same = *beginning_ == session_.position() && beginning_linear_ == linear;
    beginning_.reset();
    if (same) return;
  }
  if (hit_) {
    StopReport report = std::move(*hit_);
    hit_.reset();
    session_.stopping_ = std::move(report);
    session_.machine_.request_stop();
    return;
  }
  if (session_.plan_.settle) return stop_at_boundary(StopReason::Step, "");
  if (instruction_break(linear) || plan_fulfilled(linear)) return;
  if (session_.interrupted_.exchange(false)) {
    return stop_at_boundary(StopReason::Interrupted, "interrupted");
  }
  if (!session_.needs_watch()) session_.machine_.request_stop();  // and an unwatched core goes on
}

bool DebugSession::Watcher::instruction_break(u32 linear) {
  const State& s = session_.state();
  for (Breakpoint& b : session_.breakpoints_.all()) {
    if (!b.enabled) continue;
    bool met = false;
    switch (b.kind) {
      case BreakKind::Linear:
        met = b.address == linear;
        break;
      case BreakKind::SegmentOffset:
        met = b.address == s.eip && b.selector == s.segment[CS].selector;
        break;
      case BreakKind::Physical: {
        constexpr u32 within = arch::Geometry<Paging>::offset_mask;
        if (((b.address ^ linear) & within) != 0) break;
        const auto at = Peek<Paging>(session_.context().mmu.registers, session_.context().memory)
                            .translate({linear});
        met = at && at->value == b.address;
        break;
      }
      case BreakKind::Watch:
        met = b.execute && linear - b.address < b.bytes;
        break;
      default:
        break;
    }
    if (!met) continue;
    ++b.hits;
    stop_at_boundary(b.kind == BreakKind::Watch ? StopReason::Watchpoint : StopReason::Breakpoint,
                     numbered(b));
    session_.stopping_->breakpoint = b.number;
    return true;
  }
  return false;
}

bool DebugSession::Watcher::plan_fulfilled(u32 linear) {
  Plan& plan = session_.plan_;
  if (plan.steps != 0 && --plan.steps == 0) {
    stop_at_boundary(StopReason::Step, "");
    return true;
  }
  const u32 esp = session_.state().general[ESP];
  if (plan.linear && *plan.linear == linear && esp - plan.esp <= plan.slack) {
    stop_at_boundary(StopReason::Arrived, "");
    return true;
  }
  return false;
}

void DebugSession::Watcher::fetch(LinearAddress address, u32 bytes) {
  for (Observation* listener : session_.listeners_) listener->fetch(address, bytes);
}

void DebugSession::Watcher::data(AccessKind kind, LinearAddress address, u32 bytes, u32 value) {
  for (Observation* listener : session_.listeners_) listener->data(kind, address, bytes, value);
  for (Breakpoint& b : session_.breakpoints_.all()) {
    if (b.kind != BreakKind::Watch || !b.enabled || !b.allows(kind)) continue;
    if (!overlaps(b, address.value, bytes)) continue;
    DataAccess access{.kind = kind,
                      .linear = address.value,
                      .bytes = bytes,
                      .value = value,
                      .eip = session_.linear_eip()};
    if (kind == AccessKind::Write) {
      std::vector<u8> now(b.bytes);
      if (!session_.memory_.read(b.address, now)) now.clear();
      const bool changed = now != b.last;
      if (!b.last.empty() && address.value - b.address < b.bytes &&
          b.address + b.bytes - address.value >= bytes) {
        u32 before = 0;
        for (u32 i = 0; i < bytes; ++i)
          before |= u32{b.last[address.value - b.address + i]} << (8 * i);
        access.before = before;
      }
      b.last = std::move(now);
      if (b.changes && !changed) continue;
    }
    if (hit_) continue;
    ++b.hits;
    const auto at = Peek<Paging>(session_.context().mmu.registers, session_.context().memory)
                        .translate(address);
    access.physical = at ? at->value : 0;
    std::string what =
        fmt::format("{}, {} {:0{}X}{} at {:08X}", numbered(b), access_word(kind), value, bytes * 2,
                    access.before ? fmt::format(" over {:0{}X}", *access.before, bytes * 2) : "",
                    address.value);
    what += " by " + [&] {
      const std::string symbol = session_.symbols_.describe(access.eip);
      return symbol.empty() ? fmt::format("{:08X}", access.eip) : symbol;
    }();
    hit_ = StopReport{
        .reason = StopReason::Watchpoint, .breakpoint = b.number, .access = access, .what = what};
  }
}

void DebugSession::Watcher::page_fault(const PageFault& fault) {
  for (Observation* listener : session_.listeners_) listener->page_fault(fault);
  ++micro_;
  if (session_.plan_.settle) return;
  for (Breakpoint& b : session_.breakpoints_.all()) {
    if (b.kind != BreakKind::PageFault || !b.enabled || !matches(b, fault)) continue;
    ++b.hits;
    session_.stopping_ = StopReport{.reason = StopReason::Catch,
                                    .breakpoint = b.number,
                                    .fault = fault,
                                    .what = "page fault: " + describe_fault(fault)};
    session_.turns_.yield();
    return;
  }
}

void DebugSession::Watcher::interrupt(u8 vector, bool external, bool has_error, u32 error) {
  for (Observation* listener : session_.listeners_)
    listener->interrupt(vector, external, has_error, error);
  ++micro_;
  if (session_.plan_.settle) return;
  for (Breakpoint& b : session_.breakpoints_.all()) {
    if (b.kind != BreakKind::Exception || !b.enabled || b.vector.value_or(vector) != vector)
      continue;
    ++b.hits;
    session_.stopping_ =
        StopReport{.reason = StopReason::Catch,
                   .breakpoint = b.number,
                   .vector = vector,
                   .what = fmt::format("{} {:02X}{}", external ? "interrupt" : "exception", vector,
                                       has_error ? fmt::format(", error code {:04X}", error) : "")};
    session_.turns_.yield();
    return;
  }
}

}  // namespace faultline
