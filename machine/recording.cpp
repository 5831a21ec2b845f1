// Recording, and going back.
#include "machine/recording.hpp"

#include <algorithm>

namespace faultline {
namespace {

/// Stops a run before its first instruction.
struct Stopper final : Observation {
  explicit Stopper(Machine& machine) : machine(machine) { micro_steps = false; }
  void instruction() override { machine.request_stop(); }
  Machine& machine;
};

/// Of what a snapshot does not share with the one before it.
std::size_t own_bytes(const Snapshot& snapshot, const Snapshot* before) {
  std::size_t bytes = snapshot.board.size() + snapshot.memory.size() * sizeof(void*);
  for (std::size_t i = 0; i < snapshot.memory.size(); ++i) {
    if (snapshot.memory[i] && (before == nullptr || snapshot.memory[i] != before->memory[i]))
      bytes += Snapshot::granule_size;
  }
  constexpr std::size_t node = 64;
  for (const DiskState& disk : snapshot.disks) bytes += disk.written.size() * node;
  return bytes;
}

}  // namespace

Recording::Recording(Machine& machine, Options options) : machine_(machine), options_(options) {
  if (options_.interval == 0) options_.interval = machine.context().model.clock_hz;
  begin_ = {machine.clocks(), machine.context().state.instructions};
  note_progress();
  keep_if_due();
}

RunResult Recording::run_for(u64 clocks) {
  const u64 now = machine_.clocks();
  const u64 until = clocks > ~u64{0} - now ? ~u64{0} : now + clocks;
  for (;;) {
    apply_inputs();
    const u64 left = until - std::min(until, machine_.clocks());
    const RunResult result = machine_.run_for(std::min({left, room(), options_.interval}));
    note_progress();
    if (!result.ended()) keep_if_due();
    if (result.ended() || machine_.clocks() >= until) return result;
  }
}

void Recording::serial_input(std::string text) {
  forget_future();
  next_input_ = std::next(inputs_.emplace(machine_.clocks(), std::move(text)));
  machine_.board().scheduler.run_due();
  machine_.serial_input(std::prev(next_input_)->second);
}

/// What is due at this clock comes first, now as then.
void Recording::apply_inputs() {
  while (next_input_ != inputs_.end() && next_input_->first <= machine_.clocks()) {
    machine_.board().scheduler.run_due();
    machine_.serial_input(next_input_->second);
    ++next_input_;
  }
}

u64 Recording::room() const {
  return next_input_ == inputs_.end() ? ~u64{0} : next_input_->first - machine_.clocks();
}

void Recording::forget_future() {
  if (replaying()) machine_.begin_another_future();
  inputs_.erase(next_input_, inputs_.end());
  next_input_ = inputs_.end();
  const u64 now = machine_.clocks();
  while (!kept_.empty() && std::prev(kept_.end())->first > now) {
    bytes_ -= std::prev(kept_.end())->second.bytes;
    kept_.erase(std::prev(kept_.end()));
  }
  latest_clock_ = now;
  latest_instructions_ = machine_.context().state.instructions;
}

void Recording::note_progress() {
  latest_clock_ = std::max(latest_clock_, machine_.clocks());
  latest_instructions_ = std::max(latest_instructions_, machine_.context().state.instructions);
}

void Recording::keep_if_due() {
  const u64 now = machine_.clocks();
  const auto after = kept_.upper_bound(now);
  const Snapshot* before = nullptr;
  if (after != kept_.begin()) {
    before = &std::prev(after)->second.snapshot;
    if (now - before->clock < options_.interval) return;
  }
  if (inputs_.contains(now)) return;  // by its clock one could not tell which came first
  if (after != kept_.end()) return;   // a part of the past that was thinned stays so
  Kept kept{.snapshot = take_snapshot(machine_, before)};
  kept.bytes = own_bytes(kept.snapshot, before);
  bytes_ += kept.bytes;
  kept_.emplace(now, std::move(kept));
  if (bytes_ > options_.budget) thin();
}

/// Every second snapshot goes, but for the first and for the newest quarter: near the present one
/// travels most. What two of them share is not freed, so the count is made anew.
void Recording::thin() {
  const std::size_t old = kept_.size() - kept_.size() / 4;
  std::size_t index = 0;
  for (auto at = kept_.begin(); at != kept_.end() && index < old; ++index)
    at = index % 2 == 1 ? kept_.erase(at) : std::next(at);
  bytes_ = 0;
  const Snapshot* before = nullptr;
  for (auto& [clock, kept] : kept_) {
    kept.bytes = own_bytes(kept.snapshot, before);
    bytes_ += kept.bytes;
    before = &kept.snapshot;
  }
}

void Recording::restore(const Snapshot& snapshot) {
  restore_snapshot(machine_, snapshot);
  next_input_ = inputs_.lower_bound(snapshot.clock);
}

std::optional<u64> Recording::snapshot_before(u64 instructions) const {
  for (auto at = kept_.rbegin(); at != kept_.rend(); ++at)
    if (at->second.snapshot.instructions < instructions) return at->second.snapshot.instructions;
  return std::nullopt;
}

bool Recording::go_to(u64 instructions) {
  if (instructions < begin_.instructions || instructions > latest_instructions_) return false;
  const Snapshot* from = nullptr;
  for (const auto& [clock, kept] : kept_) {
    if (kept.snapshot.instructions > instructions) break;
    // At one count there may be several snapshots, in a wait: the first is before all that follows.
    if (from == nullptr || kept.snapshot.instructions > from->instructions) from = &kept.snapshot;
  }
  restore(*from);
  advance_to(instructions);
  settle();
  return true;
}

/// No instruction takes less than a clock, so as many clocks as instructions are left is never too
/// far; a halted processor that nobody interrupts executes none before the next event.
void Recording::advance_to(u64 instructions) {
  for (;;) {
    apply_inputs();
    const u64 now = machine_.context().state.instructions;
    if (now >= instructions) return;
    u64 clocks = instructions - now;
    if (machine_.halted() && !machine_.context().lines.intr) {
      const u64 event = machine_.board().scheduler.next().value_or(machine_.clocks());
      clocks = std::max<u64>(event - std::min(event, machine_.clocks()), 1);
    }
    if (machine_.run_for(std::min(clocks, room())).ended()) return;
  }
}

/// To the very next instruction: what interrupts are due are delivered, a wait is over. After the
/// last of what has been run there is none.
void Recording::settle() {
  Stopper stopper(machine_);
  machine_.observe(&stopper);
  while (machine_.clocks() < latest_clock_ &&
         !machine_.run_for(std::min(room(), latest_clock_ - machine_.clocks())).ended()) {
    apply_inputs();
  }
  machine_.observe(nullptr);
}

bool Recording::go_to_clock(u64 clock) {
  if (clock < begin_.clock || clock > latest_clock_) return false;
  restore(std::prev(kept_.upper_bound(clock))->second.snapshot);
  while (machine_.clocks() < clock) {
    apply_inputs();
    if (machine_.run_for(std::min(clock - machine_.clocks(), room())).ended()) break;
  }
  return true;
}

}  // namespace faultline
