// Event scheduler and oscillators.
#include "machine/scheduler.hpp"

#include <algorithm>
#include <tuple>

namespace faultline {

namespace {
__extension__ using u128 = unsigned __int128;
}

void Scheduler::schedule(Event& event, u64 at) {
  if (!event.pending_) {
    event.pending_ = true;
    pending_.push_back(&event);
  }
  event.at_ = at;
  event.order_ = order_++;
  if (at < clock_.horizon) clock_.set_horizon(at);
}

void Scheduler::cancel(Event& event) {
  if (!event.pending_) return;
  event.pending_ = false;
  std::erase(pending_, &event);
}

void Scheduler::clear() {
  for (Event* event : pending_) event->pending_ = false;
  pending_.clear();
}

Event* Scheduler::earliest() const {
  const auto first =
      std::min_element(pending_.begin(), pending_.end(), [](const Event* a, const Event* b) {
        return std::tie(a->at_, a->order_) < std::tie(b->at_, b->order_);
      });
  return first == pending_.end() ? nullptr : *first;
}

std::optional<u64> Scheduler::next() const {
  const Event* event = earliest();
  return event ? std::optional(event->at_) : std::nullopt;
}

void Scheduler::set_limit(u64 at) {
  limit_ = at;
  set_horizon();
}

void Scheduler::run_due() {
  for (Event* event = earliest(); event && event->at_ <= clock_.now; event = earliest()) {
    cancel(*event);
    event->action_();
  }
  set_horizon();
}

void Scheduler::set_horizon() { clock_.set_horizon(std::min(limit_, next().value_or(never))); }

u64 Oscillator::ticks_at(u64 clock) const {
  return static_cast<u64>(static_cast<u128>(clock) * hz_ / cpu_hz_);
}

u64 Oscillator::clock_at(u64 tick) const {
  const u128 clock = (static_cast<u128>(tick) * cpu_hz_ + hz_ - 1) / hz_;
  return clock > Scheduler::never ? Scheduler::never : static_cast<u64>(clock);
}

}  // namespace faultline
