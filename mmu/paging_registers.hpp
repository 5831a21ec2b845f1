// The control registers that paging reads. [386 §4.1.3]
#pragma once

#include "arch/registers.hpp"
#include "mmu/clock.hpp"

namespace faultline {

struct PagingRegisters {
  u32 cr0 = 0;
  u32 cr2 = 0;
  u32 cr3 = 0;
  constexpr bool paging() const { return (cr0 & cr0::PG) != 0; }
  constexpr bool write_protect() const { return (cr0 & cr0::WP) != 0; }
};

}  // namespace faultline
