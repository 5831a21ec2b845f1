// Time travel: a machine whose run is recorded can be taken back to any instruction of it.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "machine/snapshot.hpp"

namespace faultline {

/// Snapshots at intervals, and every input with the clock it came at. Between two snapshots a run
/// repeats itself, because nothing but these inputs reaches it from outside.
class Recording {
 public:
  struct Options {
    u64 interval = 0;  // clocks between snapshots; 0: one second of the machine's
    /// What the snapshots may hold, bytes. Beyond that every second one of the older goes.
    std::size_t budget = std::size_t{512} << 20;
  };

  /// Begins here: nothing before can be reached. `machine` outlives the recording. Throws
  /// SnapshotError.
  explicit Recording(Machine& machine) : Recording(machine, Options()) {}
  Recording(Machine& machine, Options options);

  /// Machine::run_for; all runs of the machine go through here.
  RunResult run_for(u64 clocks);
  /// The terminal on COM1 types. In the past this begins another future: the old one is forgotten.
  void serial_input(std::string text);

  /// To where `instructions` have been executed since power-on and the next is about to begin, its
  /// interrupts delivered; false, and nothing done, before the beginning or beyond what has been
  /// run. Afterwards nobody observes the machine.
  bool go_to(u64 instructions);
  /// To the first boundary at or after that clock; the same conditions.
  bool go_to_clock(u64 clock);

  /// The last snapshot at or before that many instructions, less one: from there backwards one can
  /// search part by part. Nothing if there is none.
  std::optional<u64> snapshot_before(u64 instructions) const;
  u64 earliest() const { return begin_.instructions; }
  u64 latest() const { return latest_instructions_; }
  u64 latest_clock() const { return latest_clock_; }
  /// The machine is in its past: it will do again what it has done.
  bool replaying() const { return machine_.clocks() < latest_clock_; }

  std::size_t snapshots() const { return kept_.size(); }
  /// Host memory that the snapshots hold, bytes, about.
  std::size_t bytes() const { return bytes_; }

 private:
  struct Kept {
    Snapshot snapshot;
    std::size_t bytes = 0;  // that it does not share with the one before it
  };
  void keep_if_due();
  void thin();
  void forget_future();
  void restore(const Snapshot& snapshot);
  void apply_inputs();
  u64 room() const;  // clocks to the next input of the past
  void note_progress();
  void advance_to(u64 instructions);
  void settle();

  Machine& machine_;
  Options options_;
  std::map<u64, Kept> kept_;  // by clock
  struct {
    u64 clock = 0, instructions = 0;
  } begin_;
  std::multimap<u64, std::string> inputs_;  // by clock
  std::multimap<u64, std::string>::iterator next_input_ = inputs_.end();
  u64 latest_clock_ = 0, latest_instructions_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace faultline
