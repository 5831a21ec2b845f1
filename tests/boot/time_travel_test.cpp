// Snapshots and recordings of the real guest: a machine that was brought back goes on as if nothing
// had happened, to the clock and to the byte.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <random>

#include "machine/recording.hpp"
#include "tests/boot/guest_machine.hpp"

namespace faultline::tests {
namespace {

constexpr u64 million = 1'000'000;

/// From a snapshot in the midst of the boot, of the run and of disk transfers to the same end.
TEST(Snapshots, GoOnAsIfNothingHadHappened) {
  GuestMachine reference("tour.exe");
  const RunResult end = reference.machine->run();
  const u64 hash = state_hash(*reference.machine);
  ASSERT_EQ(end.reason, EndReason::Exit) << end.text;

  GuestMachine saved("tour.exe"), loaded("tour.exe");
  loaded.machine->run_for(20 * million);  // anywhere else
  for (const u64 clock : {u64{1000}, u64{777'777}, 3 * million, 9 * million + 1, 14 * million}) {
    saved.machine->run_for(clock - std::min(clock, saved.machine->clocks()));
    const Snapshot snapshot = take_snapshot(*saved.machine);
    const u64 then = state_hash(*saved.machine);
    restore_snapshot(*loaded.machine, snapshot);
    EXPECT_EQ(state_hash(*loaded.machine), then) << clock;
    const RunResult again = loaded.machine->run();
    EXPECT_EQ(again.reason, EndReason::Exit) << again.text;
    EXPECT_EQ(again.clocks, end.clocks);
    EXPECT_EQ(again.instructions, end.instructions);
    EXPECT_EQ(state_hash(*loaded.machine), hash) << "from clock " << clock;
  }
}

/// The snapshot before lends what has not changed.
TEST(Snapshots, ShareWhatIsTheSame) {
  GuestMachine guest("hello.exe");
  guest.machine->run_for(8 * million);
  const Snapshot first = take_snapshot(*guest.machine);
  guest.machine->run_for(10'000);
  const Snapshot second = take_snapshot(*guest.machine, &first);
  std::size_t changed = 0;
  for (std::size_t i = 0; i < first.memory.size(); ++i)
    changed += first.memory[i] != second.memory[i];
  EXPECT_GT(changed, 0u);
  EXPECT_LT(changed, 100u);
}

TEST(Snapshots, DamagedOnesAreRefused) {
  GuestMachine guest("hello.exe");
  guest.machine->run_for(8 * million);
  Snapshot snapshot = take_snapshot(*guest.machine);
  Snapshot shorter = snapshot;
  shorter.board.resize(shorter.board.size() / 2);
  EXPECT_THROW(restore_snapshot(*guest.machine, shorter), SnapshotError);
  Snapshot longer = snapshot;
  longer.board.push_back(0);
  EXPECT_THROW(restore_snapshot(*guest.machine, longer), SnapshotError);
  Snapshot other = snapshot;
  other.memory.pop_back();
  EXPECT_THROW(restore_snapshot(*guest.machine, other), SnapshotError);
  restore_snapshot(*guest.machine, snapshot);
  EXPECT_EQ(guest.machine->run().reason, EndReason::Exit);
}

/// Bytes changed at random are refused or make another machine, which may do what it likes but harm
/// the host.
TEST(Snapshots, ChangedOnesHarmNobody) {
  GuestMachine guest("hello.exe");
  guest.machine->run_for(8 * million);
  const Snapshot snapshot = take_snapshot(*guest.machine);
  std::mt19937 random(1);
  unsigned accepted = 0;
  for (unsigned i = 0; i < 300; ++i) {
    Snapshot changed = snapshot;
    // The VGA's memory is most of it, and takes any byte: beyond it the interesting part begins.
    for (unsigned change = 0; change < 4; ++change) {
      const std::size_t half = random() % 2 == 0 ? 4096 : changed.board.size();
      changed.board[random() % half] = static_cast<u8>(random());
    }
    try {
      restore_snapshot(*guest.machine, changed);
    } catch (const SnapshotError&) {
      continue;
    }
    ++accepted;
    guest.machine->run_for(100'000);
  }
  EXPECT_GT(accepted, 10u);
}

unsigned targets() {
  const char* wanted = std::getenv("FAULTLINE_REVERSE_TARGETS");
  return wanted != nullptr ? static_cast<unsigned>(std::atoi(wanted)) : 150;
}

/// To random instructions of a run with page-ins and threads, forward and back, against the hashes
/// of a machine that only went forward.
TEST(TimeTravel, LandsWhereForwardExecutionWas) {
  GuestMachine forward("pressure.exe 2 1", 2), traveller("pressure.exe 2 1", 2);
  Recording recording(*traveller.machine, {.interval = 2 * million});
  EXPECT_EQ(recording.run_for(60 * million).reason, EndReason::Running);
  std::mt19937_64 random(7);
  std::map<u64, u64> hashes;  // by instruction
  for (unsigned i = 0; i < targets(); ++i) hashes[random() % recording.latest()] = 0;

  Recording straight(*forward.machine, {.interval = ~u64{0}});
  struct Stop final : Observation {
    explicit Stop(Machine& m) : machine(m) { micro_steps = false; }
    void instruction() override {
      if (machine.context().state.instructions >= wanted) machine.request_stop();
    }
    Machine& machine;
    u64 wanted = 0;
  } stop(*forward.machine);
  forward.machine->observe(&stop);
  for (auto& [instruction, hash] : hashes) {
    stop.wanted = instruction;
    while (straight.run_for(~u64{0}).reason != EndReason::Requested) {
    }
    ASSERT_EQ(forward.machine->context().state.instructions, instruction);
    hash = state_hash(*forward.machine);
  }

  std::vector<u64> order;
  for (const auto& [instruction, hash] : hashes) order.push_back(instruction);
  std::shuffle(order.begin(), order.end(), random);
  for (const u64 instruction : order) {
    ASSERT_TRUE(recording.go_to(instruction));
    ASSERT_EQ(traveller.machine->context().state.instructions, instruction);
    ASSERT_EQ(state_hash(*traveller.machine), hashes[instruction]) << instruction;
  }
}

/// What was shown once is not shown again, and the end is the same.
TEST(TimeTravel, RepeatsSilently) {
  GuestMachine guest("tour.exe");
  Recording recording(*guest.machine, {.interval = million});
  const RunResult end = recording.run_for(~u64{0});
  ASSERT_EQ(end.reason, EndReason::Exit);
  const std::string console = guest.console;
  const u64 hash = state_hash(*guest.machine);
  ASSERT_TRUE(recording.go_to(recording.latest() / 2));
  EXPECT_TRUE(recording.replaying());
  EXPECT_EQ(recording.run_for(~u64{0}).clocks, end.clocks);
  EXPECT_EQ(guest.console, console);
  EXPECT_EQ(state_hash(*guest.machine), hash);
  EXPECT_FALSE(recording.go_to(recording.latest() + 1));
}

TEST(TimeTravel, AnotherFutureIsHeard) {
  GuestMachine guest("");
  Recording recording(*guest.machine, {.interval = 5 * million});
  recording.run_for(60 * million);
  recording.serial_input("echo a line that is a good deal longer\r");
  recording.run_for(60 * million);
  const std::string first = guest.terminal;
  EXPECT_NE(first.find("good deal longer"), std::string::npos);
  ASSERT_TRUE(recording.go_to_clock(61 * million));
  recording.serial_input("echo short\r");
  recording.run_for(60 * million);
  EXPECT_TRUE(guest.terminal.starts_with(first));
  EXPECT_NE(guest.terminal.find("echo short", first.size()), std::string::npos);
}

/// A small budget leaves fewer snapshots, and every place can still be reached.
TEST(TimeTravel, KeepsWithinItsBudget) {
  GuestMachine guest("tour.exe");
  Recording recording(*guest.machine, {.interval = 100'000, .budget = 16 << 20});
  recording.run_for(~u64{0});
  EXPECT_LT(recording.bytes(), std::size_t{24} << 20);
  EXPECT_GT(recording.snapshots(), 4u);
  for (const u64 place : {u64{0}, u64{12'345}, recording.latest() / 3, recording.latest() - 1}) {
    ASSERT_TRUE(recording.go_to(place));
    EXPECT_EQ(guest.machine->context().state.instructions, place);
  }
}

/// Input comes again at its clock; other input in the past makes another future.
TEST(TimeTravel, InputIsPartOfTheRecording) {
  GuestMachine guest("");
  Recording recording(*guest.machine, {.interval = 5 * million});
  recording.run_for(60 * million);
  recording.serial_input("ver\r");
  recording.run_for(20 * million);
  const u64 hash = state_hash(*guest.machine), clock = guest.machine->clocks();
  ASSERT_TRUE(recording.go_to_clock(30 * million));
  recording.run_for(clock - guest.machine->clocks());
  EXPECT_EQ(state_hash(*guest.machine), hash);
  ASSERT_TRUE(recording.go_to_clock(61 * million));
  recording.serial_input("dir\r");
  EXPECT_EQ(recording.latest_clock(), guest.machine->clocks());
  recording.run_for(clock - guest.machine->clocks());
  EXPECT_NE(state_hash(*guest.machine), hash);
}

}  // namespace
}  // namespace faultline::tests
