// Our interpreter behind the interface of the comparison. The IDT is empty: an exception shuts the
// processor down with its registers as the fault left them; a run with a hook then tells the
// vector.
#include "tests/differential/subject.hpp"

#include <stdexcept>

namespace faultline::differential {
namespace {

constexpr u32 ram_size = 1u << 20;
constexpr u64 most_clocks = 10'000;

void check(int error) {
  if (error != FAULTLINE_OK) throw std::runtime_error(faultline_strerror(error));
}

/// Selector and base 0. In real mode 64 KB, data; else 4 GB and D/B set, DPL 0.
faultline_segment whole(Mode mode, u8 access) {
  if (mode == Mode::Real) return {0, 0xFFFF, 0, 0x93, 0};
  return {0, UINT32_MAX, 0, access, 1};
}

}  // namespace

Subject::Subject(Mode mode) : memory_(ram_size) {
  faultline_engine* engine = nullptr;
  check(faultline_open("compat", &engine));
  engine_.reset(engine);
  check(faultline_set_timing(engine, FAULTLINE_TIMING_NONE));
  check(faultline_map_host(engine, 0, ram_size, memory()));
  if (mode == Mode::Flat32) check(faultline_write_register(engine, FAULTLINE_CR0, 1));  // PE
  for (int reg = FAULTLINE_ES; reg <= FAULTLINE_GS; ++reg) {
    const faultline_segment segment = whole(mode, reg == FAULTLINE_CS ? 0x9B : 0x93);
    check(faultline_write_segment(engine, reg, &segment));
  }
  check(faultline_write_table(engine, FAULTLINE_IDTR, 0, 0));
  const std::vector<u8> halts(code_last - code_first + 1, hlt);
  set_code(code_first, halts);
}

void Subject::set_code(u32 address, std::span<const u8> bytes) {
  check(faultline_write_physical(engine_.get(), address, bytes.data(), bytes.size()));
}

int Subject::run_from(const Registers& from) {
  for (int reg = FAULTLINE_EAX; reg <= FAULTLINE_EDI; ++reg)
    check(faultline_write_register(engine_.get(), reg, from.general[static_cast<unsigned>(reg)]));
  check(faultline_write_register(engine_.get(), FAULTLINE_EFLAGS, from.eflags));
  check(faultline_start(engine_.get(), from.eip, FAULTLINE_NOWHERE, most_clocks, 0));
  return faultline_stop_reason(engine_.get());
}

int Subject::note_first(faultline_engine*, const faultline_interrupt* interrupt, uint32_t*,
                        void* vector) {
  int& first = *static_cast<int*>(vector);
  if (first == no_exception) first = interrupt->vector;
  return 0;
}

Outcome Subject::run(const Registers& from) {
  const int reason = run_from(from);
  Outcome outcome;
  for (int reg = FAULTLINE_EAX; reg <= FAULTLINE_EDI; ++reg)
    check(faultline_read_register(engine_.get(), reg,
                                  &outcome.registers.general[static_cast<unsigned>(reg)]));
  check(faultline_read_register(engine_.get(), FAULTLINE_EIP, &outcome.registers.eip));
  check(faultline_read_register(engine_.get(), FAULTLINE_EFLAGS, &outcome.registers.eflags));
  if (reason == FAULTLINE_STOP_SHUTDOWN) {
    faultline_hook hook = 0;
    check(faultline_hook_interrupt(engine_.get(), note_first, &outcome.exception, &hook));
    run_from(from);
    check(faultline_unhook(engine_.get(), hook));
  } else if (reason != FAULTLINE_STOP_HALTED) {
    outcome.exception = runaway;
  }
  return outcome;
}

}  // namespace faultline::differential
