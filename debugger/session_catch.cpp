// Stops within instructions: micro-steps, faults, catchpoints; and what watchpoints see.
#include <fmt/format.h>

#include "debugger/explain/translation.hpp"
#include "debugger/micro_text.hpp"
#include "debugger/session_watcher.hpp"
#include "mmu/peek.hpp"

namespace faultline {
namespace {

constexpr u32 page_mask = arch::Geometry<Paging>::page_mask;

bool overlaps(u32 a, u32 a_bytes, u32 b, u32 b_bytes) { return a - b < b_bytes || b - a < a_bytes; }

bool matches(const Breakpoint& b, const PageFault& fault) {
  const bool user = (fault.error_code & page_fault::U) != 0;
  const bool present = (fault.error_code & page_fault::P) != 0;
  return b.allows(fault.kind) && b.user.value_or(user) == user &&
         b.present.value_or(present) == present &&
         (!b.page || ((*b.page ^ fault.address.value) & page_mask) == 0);
}

bool by_program(MicroEvent event) {
  return event == MicroEvent::DataWrite || event == MicroEvent::Push ||
         event == MicroEvent::TssWrite;
}
bool by_walker(MicroEvent event) {
  return event == MicroEvent::AccessedWrite || event == MicroEvent::DirtyWrite;
}

}  // namespace

/// The machine comes to rest here and now; comes back when it is to go on.
void DebugSession::Watcher::stop_here(StopReport report) {
  session_.stopping_ = std::move(report);
  session_.turns_.yield();
}

void DebugSession::Watcher::micro(const MicroStep& step) {
  for (Observation* listener : session_.listeners_)
    if (listener->micro_steps) listener->micro(step);
  ++made_;
  if (session_.plan_.settle) return;
  if (!session_.plan_.call_before) {
    for (Breakpoint& b : session_.breakpoints_.all())
      if (b.enabled) catch_step(b, step);
  }
  Plan& plan = session_.plan_;
  if (plan.micro != 0 && --plan.micro == 0)
    stop_here({.reason = StopReason::MicroStep, .what = to_text(step)});
}

void DebugSession::Watcher::catch_step(Breakpoint& b, const MicroStep& step) {
  if (b.kind == BreakKind::Watch) return watch_physical(b, step);
  std::string what = caught(b, step);
  if (what.empty() || passed_over()) return;
  ++b.hits;
  stop_here({.reason = StopReason::Catch, .breakpoint = b.number, .what = std::move(what)});
}

/// What a catchpoint has to say to a step; empty when the step is not its.
std::string DebugSession::Watcher::caught(const Breakpoint& b, const MicroStep& step) const {
  const auto when = [&](bool met) { return met ? to_text(step) : std::string(); };
  switch (b.kind) {
    case BreakKind::LoadCr3:
      return when(step.what == MicroEvent::ControlWrite && step.number == 3);
    case BreakKind::PageEntry:
      return page_entry_write(b, step);
    case BreakKind::Tlb:
      if (b.tlb == TlbCatch::Evict) return when(step.what == MicroEvent::TlbEvict);
      if (step.what != MicroEvent::TlbLookup) return {};
      return b.tlb == TlbCatch::Miss ? when(!step.hit) : stale(step);
    case BreakKind::Invlpg:
      return when(step.what == MicroEvent::TlbFlushPage);
    case BreakKind::Switch:
      return when(step.what == MicroEvent::TaskSwitch);
    default:
      return {};
  }
}

std::string DebugSession::Watcher::page_entry_write(const Breakpoint& b,
                                                    const MicroStep& step) const {
  const bool walker = by_walker(step.what);
  if (!walker && !by_program(step.what)) return {};
  if (b.writer != Writer::Any && (b.writer == Writer::Walker) != walker) return {};
  const PageTablePath path = PageWalker<Paging>::examine(
      session_.context().memory, b.directory.value_or(session_.context().mmu.registers.cr3),
      {b.address});
  const auto touches = [&](PhysicalAddress entry) {
    if (walker) return step.physical == entry;
    for (u32 i = 0; i < 4; ++i)
      if (step.touches(entry + i)) return true;
    return false;
  };
  const bool pde = touches(path.pde_address);
  if (!pde && (path.pte_address == PhysicalAddress{} || !touches(path.pte_address))) return {};
  return fmt::format("{} of {:08X} written by {}: {}", pde ? "PDE" : "PTE", b.address,
                     walker ? "the walker" : "software", to_text(step));
}

/// A look-up that hit an entry which the tables no longer bear.
std::string DebugSession::Watcher::stale(const MicroStep& step) const {
  if (!step.hit) return {};
  const std::string why = stale_reason(session_.context(), step.entry);
  return why.empty() ? "" : fmt::format("stale {}; in memory {}", to_text(step), why);
}

void DebugSession::Watcher::page_fault(const PageFault& fault) {
  for (Observation* listener : session_.listeners_) listener->page_fault(fault);
  page_fault_ = fault;
  if (session_.plan_.settle) return;
  for (Breakpoint& b : session_.breakpoints_.all()) {
    if (b.kind != BreakKind::PageFault || !b.enabled || !matches(b, fault) || passed_over())
      continue;
    ++b.hits;
    return stop_here({.reason = StopReason::Catch,
                      .breakpoint = b.number,
                      .fault = fault,
                      .what = "page fault: " + describe_fault(fault)});
  }
}

void DebugSession::Watcher::interrupt(u8 vector, bool external, bool has_error, u32 error) {
  for (Observation* listener : session_.listeners_)
    listener->interrupt(vector, external, has_error, error);
  frame_.pushed = has_error ? 4u : 0u;
  if (page_fault_ && !deliveries_.empty())
    deliveries_.back().obstacle = "page fault, " + describe_fault(*page_fault_);
  deliveries_.push_back({.vector = vector,
                         .external = external,
                         .error = has_error ? std::optional(error) : std::nullopt,
                         .obstacle = gate_obstacle(session_.context(), session_.memory(), vector)});
  if (static_cast<Vector>(vector) == Vector::PF) deliveries_.back().fault = page_fault_;
  page_fault_.reset();
  std::string what = vector_name(vector);
  if (has_error) what += fmt::format(", error code {:04X}", error);
  if (session_.plan_.settle) return;
  for (Breakpoint& b : session_.breakpoints_.all()) {
    if (b.kind != BreakKind::Exception || !b.enabled || b.vector.value_or(vector) != vector ||
        passed_over())
      continue;
    ++b.hits;
    return stop_here({.reason = StopReason::Catch,
                      .breakpoint = b.number,
                      .vector = vector,
                      .what = std::move(what)});
  }
}

void DebugSession::Watcher::shut_down(StopReport& report) {
  for (Breakpoint& b : session_.breakpoints_.all()) {
    if (b.kind != BreakKind::TripleFault || !b.enabled) continue;
    ++b.hits;
    report.breakpoint = b.number;
  }
  report.shutdown = std::move(deliveries_);
  deliveries_.clear();
  if (!report.shutdown.empty() && page_fault_)
    report.shutdown.back().obstacle = "page fault, " + describe_fault(*page_fault_);
}

void DebugSession::Watcher::remember_watched() {
  for (Breakpoint& b : session_.breakpoints_.all()) {
    if (b.kind != BreakKind::Watch) continue;
    b.last.assign(b.bytes, 0);
    if (!session_.memory_.read(b.address, b.last)) b.last.clear();
  }
}

void DebugSession::Watcher::data(AccessKind kind, LinearAddress address, u32 bytes, u32 value) {
  for (Observation* listener : session_.listeners_) listener->data(kind, address, bytes, value);
  for (Breakpoint& b : session_.breakpoints_.all()) {
    if (b.kind != BreakKind::Watch || !b.enabled || !b.allows(kind) ||
        !overlaps(b.address, b.bytes, address.value, bytes))
      continue;
    const auto at = physical(address.value);
    watch_hit(b, {.kind = kind,
                  .linear = address.value,
                  .physical = at ? at->value : 0,
                  .bytes = bytes,
                  .value = value,
                  .eip = session_.linear_eip()});
  }
}

/// The watched bytes by another linear address, or by the walker.
void DebugSession::Watcher::watch_physical(Breakpoint& b, const MicroStep& step) {
  const bool walker = by_walker(step.what);
  if ((!walker && !by_program(step.what)) || !b.write ||
      (!walker && overlaps(b.address, b.bytes, step.linear.value, step.bytes)))
    return;
  const auto at = physical(b.address);
  const u32 bytes = walker ? 4 : step.bytes;
  if (!at || !overlaps(at->value, b.bytes, step.physical.value, bytes)) return;
  watch_hit(b, {.kind = AccessKind::Write,
                .linear = b.address + (step.physical.value - at->value),
                .physical = step.physical.value,
                .bytes = bytes,
                .value = step.value,
                .before = step.before,
                .eip = session_.linear_eip(),
                .walker = walker});
}

void DebugSession::Watcher::watch_hit(Breakpoint& b, DataAccess access) {
  if (access.kind == AccessKind::Write) {
    std::vector<u8> now(b.bytes);
    if (!session_.memory_.read(b.address, now)) now.clear();
    const u32 from = access.linear - b.address;
    if (!access.before && from < b.last.size() && b.last.size() - from >= access.bytes) {
      u32 before = 0;
      for (u32 i = 0; i < access.bytes; ++i) before |= u32{b.last[from + i]} << (8 * i);
      access.before = before;
    }
    const bool changed = now != b.last;
    b.last = std::move(now);
    if (b.changes && !changed) return;
  }
  if (hit_ || session_.plan_.quiet) return;
  if (!session_.plan_.search) ++b.hits;
  const std::string symbol = session_.symbols_.describe(access.eip);
  const u32 digits = access.bytes * 2;
  hit_ = StopReport{
      .reason = StopReason::Watchpoint,
      .breakpoint = b.number,
      .access = access,
      .what = fmt::format("{}, {} {:0{}X}{} at {:08X} by {}{}", numbered(b),
                          access_word(access.kind), access.value, digits,
                          access.before ? fmt::format(" over {:0{}X}", *access.before, digits) : "",
                          access.linear, access.walker ? "the walker for " : "",
                          symbol.empty() ? fmt::format("{:08X}", access.eip) : symbol)};
}

}  // namespace faultline
