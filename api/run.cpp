// Running: from an address, to one of several ends.
#include "api/engine.hpp"

using namespace faultline;
using namespace faultline::api;

namespace {

constexpr u64 never = ~u64{0};

/// The public reason of an end, unless whoever asked for it has left his own.
void note_reason(faultline_engine& engine, Stop stop) {
  switch (stop) {
    case Stop::Deadline:
      engine.stop_reason = FAULTLINE_STOP_CLOCKS;
      return;
    case Stop::Halted:
      engine.stop_reason = FAULTLINE_STOP_HALTED;
      return;
    case Stop::Shutdown:
      engine.stop_reason = FAULTLINE_STOP_SHUTDOWN;
      return;
    case Stop::Requested:
      return;
  }
}

int run(faultline_engine& engine, const RunLimits& limits, u64 clocks) {
  CpuContext& context = engine.context;
  Clock& clock = context.state.clock;
  clock.set_horizon(clocks == 0 || clocks > never - clock.now ? never : clock.now + clocks);
  context.lines.stop = false;
  context.lines.attention(clock);
  engine.stop_reason = FAULTLINE_STOP_REQUESTED;
  engine.watcher.begin(limits);
  Engine& core = engine.core(limits.watching() || engine.hooks.watching());
  engine.phase = Phase::InInstruction;
  const int result = guarded([&]() -> int {
    note_reason(engine, core.run());
    return FAULTLINE_OK;
  });
  engine.phase = Phase::Stopped;
  engine.hooks.sweep();
  if (result != FAULTLINE_OK)
    engine.drop_cores();  // whatever was thrown has left the core within an instruction
  return result;
}

}  // namespace

extern "C" {

int faultline_start(faultline_engine* engine, uint32_t begin, uint64_t until, uint64_t clocks,
                    uint64_t count) {
  return guarded([&]() -> int {
    if (engine == nullptr || (until != FAULTLINE_NOWHERE && until > UINT32_MAX))
      return FAULTLINE_ERROR_ARGUMENT;
    if (!engine->stopped()) return FAULTLINE_ERROR_RUNNING;
    State& s = engine->context.state;
    if (s.eip != begin) s.in_flight = 0;  // nothing was executed in front of it
    s.eip = begin;
    s.halted = false;
    return run(*engine, {until, count}, clocks);
  });
}

int faultline_step(faultline_engine* engine) {
  return guarded([&]() -> int {
    if (engine == nullptr) return FAULTLINE_ERROR_ARGUMENT;
    if (!engine->stopped()) return FAULTLINE_ERROR_RUNNING;
    return run(*engine, {FAULTLINE_NOWHERE, 1}, 0);
  });
}

int faultline_stop(faultline_engine* engine) {
  if (engine == nullptr) return FAULTLINE_ERROR_ARGUMENT;
  engine->context.lines.stop = true;
  engine->context.lines.attention(engine->context.state.clock);
  return FAULTLINE_OK;
}

int faultline_stop_reason(const faultline_engine* engine) {
  return engine == nullptr ? int{FAULTLINE_STOP_NONE} : engine->stop_reason;
}

}  // extern "C"
