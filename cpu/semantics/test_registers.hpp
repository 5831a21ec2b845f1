// MOV to and from the test registers: TR6 and TR7 of the TLB, and the 486's TR3 to TR5 of its
// cache. [386 §10.6, §12.3] [486 §10.3, §10.4]
#pragma once

#include "cpu/semantics/semantics.hpp"

namespace faultline {

template <>
struct Semantics<Mnemonic::MOVTR> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    OnChipCache& cache = core.context.mmu.cache;
    u32& value = core.gpr(insn.rm);
    if constexpr (S::op1 == Operand::Rd) {
      switch (insn.reg) {
        case 3: value = cache.data(); break;
        case 4: value = cache.status(); break;
        case 5: value = cache.control(); break;
        default: value = core.context.mmu.tlb_test[insn.reg - 6]; break;
      }
    } else {
      switch (insn.reg) {
        case 3: return cache.write_data(value);
        case 4: return cache.write_status(value);
        case 5: return cache.write_control(value);
        case 6:
          return core.is486() ? core.mmu.template test_tlb<tlb_test::I486>(value)
                              : core.mmu.template test_tlb<tlb_test::I386>(value);
        default: core.context.mmu.tlb_test[1] = value; break;
      }
    }
  }
};

}  // namespace faultline
