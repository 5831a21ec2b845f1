// MOV to and from the test registers: TR6 and TR7 of the TLB, and the 486's TR3 to TR5 of its
// cache. [386 §10.6, §12.3] [486 §10.3, §10.4]
#pragma once

#include "cpu/interpreter/core.hpp"
#include "cpu/semantics/semantics.hpp"

namespace faultline {

template <Timing t, class O>
u32 Core<t, O>::test_register(unsigned number) const {
  const OnChipCache& cache = context.mmu.cache;
  switch (number) {
    case 3:
      return cache.data();
    case 4:
      return cache.status();
    case 5:
      return cache.control();
    default:
      return context.mmu.tlb_test[number - 6];
  }
}

template <Timing t, class O>
void Core<t, O>::load_test(unsigned number, u32 value) {
  OnChipCache& cache = context.mmu.cache;
  switch (number) {
    case 3:
      return cache.write_data(value);
    case 4:
      return cache.write_status(value);
    case 5:
      return cache.write_control(value);
    case 6:
      return is486() ? mmu.template test_tlb<tlb_test::I486>(value)
                     : mmu.template test_tlb<tlb_test::I386>(value);
    default:
      context.mmu.tlb_test[1] = value;
      break;
  }
}

template <>
struct Semantics<Mnemonic::MOVTR> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    u32& value = core.gpr(insn.rm);
    if constexpr (S::op1 == Operand::Rd)
      value = core.test_register(insn.reg);
    else
      core.load_test(insn.reg, value);
  }
};

}  // namespace faultline
