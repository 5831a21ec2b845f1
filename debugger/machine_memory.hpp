// GuestMemory of a whole machine.
#pragma once

#include "debugger/guest_memory.hpp"
#include "machine/machine.hpp"
#include "mmu/peek.hpp"

namespace faultline {

class MachineMemory final : public GuestMemory {
 public:
  explicit MachineMemory(const CpuContext& context)
      : peek_(context.mmu.registers, context.memory) {}
  bool read(u32 linear, std::span<u8> to) const override {
    return peek_.read({linear}, to) == to.size();
  }

 private:
  Peek<Paging> peek_;
};

}  // namespace faultline
