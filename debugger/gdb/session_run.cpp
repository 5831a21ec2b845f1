// Running a session for gdb, and what it is told of a stop.
#include <fmt/format.h>

#include <algorithm>

#include "debugger/gdb/session_target.hpp"

namespace faultline::gdb {

StopReport SessionTarget::run(const Resumption& how, const std::function<bool()>& interrupted) {
  Stepper stepper(session_);
  selected_.reset();
  if (how.motion != Motion::Continue && how.thread && *how.thread != current_thread()) {
    for (const GuestThread& thread : guest_threads(session_)) {
      if (thread.id != *how.thread) continue;
      const StopReport report = stepper.wait_for(thread);
      if (report.reason != StopReason::Step) return report;
    }
  }
  switch (how.motion) {
    case Motion::Step:
      return stepper.step();
    case Motion::Range:
      return stepper.leave(how.start, how.end, interrupted);
    default:
      return session_.go();
  }
}

/// Steps are the processor's, whichever thread it had then.
StopReport SessionTarget::run_back(const Resumption& how) {
  selected_.reset();
  end_told_ = false;
  if (how.motion != Motion::Continue) return session_.reverse_step();
  StopReport report = session_.reverse_go();
  // A store is met from behind: gdb wants to stand where the value is still the old one.
  if (report.reason == StopReason::Watchpoint) {
    const StopReport before = session_.reverse_step();
    report.cs = before.cs;
    report.eip = before.eip;
    report.linear = before.linear;
  }
  return report;
}

Stop SessionTarget::resume(const Resumption& how, const std::function<bool()>& interrupted) {
  if (session_.ended() && !how.backwards) return ended(session_.last_stop());
  if (how.at && *how.at != session_.state().eip) {
    session_.settle();
    session_.machine().context().state.eip = *how.at;
    session_.machine().engine().state_changed();
  }
  host_.asked = interrupted;
  Stop stop;
  try {
    const StopReport report = how.backwards ? run_back(how) : run(how, interrupted);
    stop = told(report);
    if (how.backwards && report.reason == StopReason::Arrived)
      stop.reason = Stop::Reason::HistoryBegin;
  } catch (...) {
    host_.asked = nullptr;
    throw;
  }
  host_.asked = nullptr;
  return stop;
}

/// The machine can be looked at once more before gdb is told of its exit, unless the guest ended it
/// by itself and well.
Stop SessionTarget::ended(const StopReport& report) {
  Stop stop;
  const bool by_itself =
      report.end.reason == EndReason::Exit || report.end.reason == EndReason::DebugExit;
  if (by_itself || end_told_) {
    stop.reason = Stop::Reason::Exited;
    stop.status = status_(report.end);
    return stop;
  }
  end_told_ = true;
  stop.signal = signal::abort;
  stop.explanation = report.end.text;
  return stop;
}

Stop SessionTarget::told(const StopReport& report) {
  Stop stop;
  switch (report.reason) {
    case StopReason::Ended:
      return ended(report);
    case StopReason::Waiting:
      stop.explanation = report.what;
      [[fallthrough]];
    case StopReason::Interrupted:
      stop.signal = signal::interrupt;
      return stop;
    case StopReason::Breakpoint:
    case StopReason::Watchpoint:
    case StopReason::Catch:
      break;
    default:
      return stop;
  }
  const auto point = std::ranges::find_if(
      points_, [&report](const Point& p) { return p.number == report.breakpoint; });
  if (point == points_.end()) {  // one of the monitor's: gdb knows nothing of it
    if (report.fault) stop.signal = signal::segment;
    const std::string symbol = report.symbol.empty() ? "" : fmt::format(" ({})", report.symbol);
    stop.explanation = fmt::format("{}, at {:04X}:{:08X}{} in ring {}", report.what, report.cs,
                                   report.eip, symbol, report.cpl);
    return stop;
  }
  switch (point->kind) {
    case PointKind::Software:
    case PointKind::Hardware:
      // gdb looks for its breakpoint at EIP: where CS has a base it would take this stop for none.
      if (report.eip != report.linear) break;
      stop.reason = point->kind == PointKind::Software ? Stop::Reason::SoftwareBreakpoint
                                                       : Stop::Reason::HardwareBreakpoint;
      break;
    case PointKind::Write:
      stop.reason = Stop::Reason::Watch;
      break;
    case PointKind::Read:
      stop.reason = Stop::Reason::ReadWatch;
      break;
    case PointKind::Access:
      stop.reason = Stop::Reason::AccessWatch;
      break;
  }
  stop.address = point->address;
  if (report.access && report.access->walker) stop.explanation = report.what;
  return stop;
}

}  // namespace faultline::gdb
