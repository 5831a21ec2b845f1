// The one event scheduler of the board, in CPU clocks, and oscillators derived from it exactly.
#pragma once

#include <functional>
#include <type_traits>
#include <optional>
#include <utility>
#include <vector>

#include "mmu/clock.hpp"

namespace faultline {

/// Something a device wants to happen. The device owns it; the scheduler only holds its turn.
class Event {
 public:
  explicit Event(std::function<void()> action) : action_(std::move(action)) {}
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  bool pending() const { return pending_; }
  /// The clock it was scheduled for; while its action runs, the clock it was due.
  u64 at() const { return at_; }

 private:
  friend class Scheduler;
  std::function<void()> action_;
  u64 at_ = 0;
  u64 order_ = 0;
  bool pending_ = false;
};

/// Runs events in order of their clock, and of scheduling where clocks tie. Keeps
/// `clock.horizon` at the earliest event or the limit, whichever is first.
class Scheduler {
 public:
  static constexpr u64 never = ~u64{0};

  explicit Scheduler(Clock& clock) : clock_(clock) { clock_.set_horizon(never); }

  u64 now() const { return clock_.now; }
  Clock& clock() { return clock_; }

  /// Schedules, or moves, `event`. A clock that is past means: at once.
  void schedule(Event& event, u64 at);
  void cancel(Event& event);

  /// Of a device's archive: when its event is due. On loading, the scheduler has been cleared.
  void archive(auto& a, Event& event) {
    a(event.pending_, event.at_, event.order_);
    if constexpr (std::remove_reference_t<decltype(a)>::loading) {
      if (event.pending_) pending_.push_back(&event);
    }
  }
  void archive(auto& a) { a(order_); }
  /// Nothing is due any more.
  void clear();

  /// The clock of the earliest event.
  std::optional<u64> next() const;
  /// The CPU must come back at this clock even if no event is due.
  void set_limit(u64 at);
  /// Runs every event that is due, then sets the horizon.
  void run_due();

 private:
  Event* earliest() const;
  void set_horizon();

  Clock& clock_;
  std::vector<Event*> pending_;
  u64 limit_ = never;
  u64 order_ = 0;
};

/// A crystal on the board: its ticks follow from the CPU clock by exact integer arithmetic, so it
/// never drifts and never accumulates rounding.
class Oscillator {
 public:
  Oscillator(const Clock& clock, u32 cpu_hz, u32 hz) : clock_(clock), cpu_hz_(cpu_hz), hz_(hz) {}

  u32 hz() const { return hz_; }
  /// Whole ticks since power-on.
  u64 ticks() const { return ticks_at(clock_.now); }
  u64 ticks_at(u64 clock) const;
  /// The first CPU clock at which ticks() is at least `tick`.
  u64 clock_at(u64 tick) const;

 private:
  const Clock& clock_;
  u32 cpu_hz_;
  u32 hz_;
};

}  // namespace faultline
