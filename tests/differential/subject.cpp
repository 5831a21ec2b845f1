// Our interpreter behind the interface of the comparison. The IDT is empty: an exception shuts the
// processor down with its registers as the fault left them; a watched run then tells the vector.
#include "tests/differential/subject.hpp"

#include <algorithm>

namespace faultline::differential {
namespace {

/// Base 0. In real mode 64 KB, data; else limit FFFFFFFF and D/B set, DPL 0.
DescriptorCache whole(Mode mode, u8 access) {
  DescriptorCache segment;
  segment.access = mode == Mode::Real ? 0x93 : access;
  segment.big = mode != Mode::Real;
  segment.limit = mode == Mode::Real ? 0xFFFF : 0xFFFFFFFF;
  segment.derive();
  return segment;
}

}  // namespace

Subject::Subject(Mode mode) {
  State& s = context_.state;
  for (DescriptorCache& segment : s.segment) segment = whole(mode, 0x93);
  s.segment[CS] = whole(mode, 0x9B);
  context_.mmu.registers.cr0 = mode == Mode::Real ? 0 : 1;  // PE
  engine_ = make_engine(Timing::None, context_);
  watched_ = make_engine(Timing::None, context_, &first_exception_);
  const std::vector<u8> halts(code_last - code_first + 1, hlt);
  memory_.write_bytes({code_first}, halts);
}

void Subject::set_code(u32 address, std::span<const u8> bytes) {
  memory_.write_bytes({address}, bytes);
}

Stop Subject::run_with(Engine& engine, const Registers& from) {
  State& s = context_.state;
  std::ranges::copy(from.general, s.general);
  s.eip = from.eip;
  s.flags.set(from.eflags);
  s.halted = s.shadow = false;
  s.clock.horizon = s.clock.now + 10'000;
  s.clock.attention();
  return engine.run();
}

Outcome Subject::run(const Registers& from) {
  Stop stop = run_with(*engine_, from);
  Outcome outcome;
  const State& s = context_.state;
  std::copy_n(s.general, 8, outcome.registers.general.begin());
  outcome.registers.eip = s.eip;
  outcome.registers.eflags = s.flags.value();
  if (stop == Stop::Shutdown) {
    first_exception_.vector = no_exception;
    stop = run_with(*watched_, from);
    outcome.exception = first_exception_.vector;
  } else if (stop != Stop::Halted) {
    outcome.exception = runaway;
  }
  return outcome;
}

}  // namespace faultline::differential
