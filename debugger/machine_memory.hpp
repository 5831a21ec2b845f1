// GuestMemory of a whole machine.
#pragma once

#include <algorithm>

#include "debugger/guest_memory.hpp"
#include "machine/machine.hpp"
#include "mmu/peek.hpp"

namespace faultline {

class MachineMemory final : public GuestMemory {
 public:
  explicit MachineMemory(const CpuContext& context)
      : peek_(context.mmu.registers, context.memory), memory_(context.memory) {}
  bool read(u32 linear, std::span<u8> to) const override {
    while (!to.empty()) {
      const std::size_t rest = Geometry::page_size - (linear & Geometry::offset_mask);
      const std::size_t size = std::min(to.size(), rest);
      const auto at = peek_.translate({linear});
      if (!at) return false;
      memory_.read_bytes(*at, to.first(size));
      to = to.subspan(size);
      linear += static_cast<u32>(size);
    }
    return true;
  }

 private:
  using Geometry = arch::Geometry<Paging>;
  Peek<Paging> peek_;
  const PhysicalMemory& memory_;
};

}  // namespace faultline
