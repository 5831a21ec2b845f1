// What watching, recording and snapshots cost, on a program that pages out and in: PRESSURE.EXE in
// 16 MB of RAM. Compare within one run; the ratio of two lines is what a busy host leaves true.
#include <benchmark/benchmark.h>

#include <filesystem>

#include "machine/recording.hpp"
#include "machine/snapshot_file.hpp"
#include "tests/boot/guest_machine.hpp"

namespace faultline::tests {
namespace {

constexpr unsigned memory_mb = 16;
constexpr u64 begin = 30'000'000;  // clocks: the kernel has booted, the processes are at work
constexpr u64 span = 330'000'000;  // clocks: ten seconds of the machine

std::unique_ptr<GuestMachine> running_guest() {
  auto guest = std::make_unique<GuestMachine>("pressure.exe 8 4", memory_mb);
  guest->machine->run_for(begin);
  return guest;
}

void count(benchmark::State& state, const GuestMachine& guest) {
  const CpuContext& context = guest.machine->context();
  state.counters["instructions"] = benchmark::Counter(
      static_cast<double>(context.state.instructions), benchmark::Counter::kDefaults);
}

void run(benchmark::State& state) {
  for (auto _ : state) {
    state.PauseTiming();
    const auto guest = running_guest();
    state.ResumeTiming();
    guest->machine->run_for(span);
    count(state, *guest);
  }
}
BENCHMARK(run)->Unit(benchmark::kMillisecond);

/// A snapshot each second of the machine's, as `faultline debug` keeps them.
void run_recorded(benchmark::State& state) {
  for (auto _ : state) {
    state.PauseTiming();
    const auto guest = running_guest();
    state.ResumeTiming();
    Recording recording(*guest->machine);
    recording.run_for(span);
    count(state, *guest);
    state.counters["snapshots"] = static_cast<double>(recording.snapshots());
    state.counters["MB"] = static_cast<double>(recording.bytes()) / (1 << 20);
  }
}
BENCHMARK(run_recorded)->Unit(benchmark::kMillisecond);

struct Nothing final : Observation {
  explicit Nothing(bool micro) { micro_steps = micro; }
};

/// Instructions, accesses, faults and interrupts; with 1 every micro-step, too.
void run_watched(benchmark::State& state) {
  Nothing nothing(state.range(0) != 0);
  for (auto _ : state) {
    state.PauseTiming();
    const auto guest = running_guest();
    guest->machine->observe(&nothing);
    state.ResumeTiming();
    guest->machine->run_for(span);
    count(state, *guest);
  }
}
BENCHMARK(run_watched)->ArgName("micro")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

void snapshot(benchmark::State& state) {
  const auto guest = running_guest();
  for (auto _ : state) benchmark::DoNotOptimize(take_snapshot(*guest->machine));
}
BENCHMARK(snapshot)->Unit(benchmark::kMicrosecond);

/// The next one of a recording, 10 ms of the machine's later: it shares what is the same.
void next_snapshot(benchmark::State& state) {
  const auto guest = running_guest();
  Snapshot before = take_snapshot(*guest->machine);
  for (auto _ : state) {
    state.PauseTiming();
    guest->machine->run_for(330'000);
    state.ResumeTiming();
    Snapshot next = take_snapshot(*guest->machine, &before);
    before = std::move(next);
  }
}
BENCHMARK(next_snapshot)->Unit(benchmark::kMicrosecond)->Iterations(200);

void restore(benchmark::State& state) {
  const auto guest = running_guest();
  const Snapshot snapshot = take_snapshot(*guest->machine);
  for (auto _ : state) restore_snapshot(*guest->machine, snapshot);
}
BENCHMARK(restore)->Unit(benchmark::kMicrosecond);

struct SavedGuest {
  std::unique_ptr<GuestMachine> guest = running_guest();
  Snapshot snapshot = take_snapshot(*guest->machine);
  SnapshotHeader header = header_of(*guest->machine, {}, snapshot);
};

void encode_file(benchmark::State& state) {
  SavedGuest saved;
  for (auto _ : state) {
    const auto bytes = encode_snapshot(saved.header, saved.snapshot);
    state.counters["KB"] = static_cast<double>(bytes.size()) / 1024;
  }
}
BENCHMARK(encode_file)->Unit(benchmark::kMillisecond);

void decode_file(benchmark::State& state) {
  SavedGuest saved;
  const auto bytes = encode_snapshot(saved.header, saved.snapshot);
  for (auto _ : state) {
    const SnapshotFile file = decode_snapshot("benchmark", bytes);
    state.counters["KB"] = static_cast<double>(file.payload_bytes) / 1024;
  }
}
BENCHMARK(decode_file)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace faultline::tests
