// Unicorn behind the interface of the comparison.
#include "tests/differential/reference.hpp"

#include <cstring>
#include <stdexcept>
#include <vector>

namespace faultline::differential {
namespace {

void check(uc_err error) {
  if (error != UC_ERR_OK) throw std::runtime_error(uc_strerror(error));
}

int register_ids[] = {UC_X86_REG_EAX, UC_X86_REG_ECX,   UC_X86_REG_EDX, UC_X86_REG_EBX,
                      UC_X86_REG_ESP, UC_X86_REG_EBP,   UC_X86_REG_ESI, UC_X86_REG_EDI,
                      UC_X86_REG_EIP, UC_X86_REG_EFLAGS};
constexpr int register_count = 10;

// Unicorn does not run on after a HLT; a breakpoint, one byte too, stands in its place.
constexpr u8 int3 = 0xCC;
constexpr int breakpoint = 3;

std::array<void*, register_count> pointers(Registers& r) {
  std::array<void*, register_count> to{};
  for (unsigned i = 0; i < 8; ++i) to[i] = &r.general[i];
  to[8] = &r.eip;
  to[9] = &r.eflags;
  return to;
}

}  // namespace

Reference::Reference(Mode mode) {
  check(uc_open(UC_ARCH_X86, mode == Mode::Real ? UC_MODE_16 : UC_MODE_32, &engine_));
  check(uc_ctl_set_cpu_model(engine_, UC_CPU_X86_486));
  std::memset(memory() + code_first, int3, code_last - code_first + 1);
  check(uc_mem_map_ptr(engine_, 0, memory_size, UC_PROT_ALL, memory()));
  uc_hook hook;
  check(uc_hook_add(engine_, &hook, UC_HOOK_INTR, reinterpret_cast<void*>(&on_interrupt), this, 1,
                    0));
  check(uc_context_alloc(engine_, &clean_));
  check(uc_context_save(engine_, clean_));
}

Reference::~Reference() {
  uc_context_free(clean_);
  uc_close(engine_);
}

void Reference::on_interrupt(uc_engine* engine, u32 vector, void* self) {
  static_cast<Reference*>(self)->exception_ = static_cast<int>(vector);
  uc_emu_stop(engine);
}

void Reference::set_code(u32 address, std::span<const u8> bytes) {
  std::vector<u8> replaced(bytes.begin(), bytes.end());
  if (!replaced.empty() && replaced.back() == hlt) replaced.back() = int3;
  check(uc_mem_write(engine_, address, replaced.data(), replaced.size()));
  check(uc_ctl_remove_cache(engine_, u64{address}, u64{address} + replaced.size()));
}

Outcome Reference::run(const Registers& from) {
  Registers start = from;
  check(uc_reg_write_batch(engine_, register_ids, pointers(start).data(), register_count));
  exception_ = no_exception;
  const uc_err error = uc_emu_start(engine_, from.eip, ~u64{0}, 0, 0);
  Outcome outcome;
  check(
      uc_reg_read_batch(engine_, register_ids, pointers(outcome.registers).data(), register_count));
  outcome.exception = exception_ == breakpoint ? no_exception : exception_;
  if (error == UC_ERR_INSN_INVALID)
    outcome.exception = 6;
  else if (error != UC_ERR_OK)
    outcome.exception = runaway - static_cast<int>(error);
  // Unicorn takes the next exception for one inside this one's handler.
  if (exception_ != no_exception) check(uc_context_restore(engine_, clean_));
  return outcome;
}

}  // namespace faultline::differential
