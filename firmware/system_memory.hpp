// How much RAM there is, by the CMOS cells the board sets. [PC/AT TR "CMOS RAM"]
#pragma once

#include "arch/integers.hpp"

namespace firmware {

using namespace arch;

u32 base_kilobytes();
u32 extended_kilobytes();  // above 1 MB

struct MemoryRange {
  u32 base, size;
  bool usable;
};
/// Range `index` of the E820 map; false past the last.
bool memory_range(u32 index, MemoryRange& range);

/// Current count of counter 0 of the 8254, which runs down from 65536 at 105/88 MHz.
u16 read_timer();

/// CR0.PE: set when the caller runs in virtual-8086 mode. SMSW is not privileged. [386 §17]
inline bool in_protected_mode() {
  u16 machine_status;
  asm volatile("smsw %0" : "=r"(machine_status));
  return (machine_status & 1) != 0;
}

}  // namespace firmware
