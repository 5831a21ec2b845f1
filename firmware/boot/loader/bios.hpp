// BIOS services, called from the 32-bit loader through real mode.
#pragma once

#include "arch/integers.hpp"
#include "arch/registers.hpp"

namespace loader {

using namespace arch;

/// Registers for a service and its results; entry.S knows the offsets.
struct BiosRegisters {
  u32 eax = 0, ebx = 0, ecx = 0, edx = 0, esi = 0, edi = 0, flags = 0;
  u16 ds = 0, es = 0;
  u8 vector = 0;

  bool carry() const { return (flags & eflags::CF) != 0; }
};
static_assert(offsetof(BiosRegisters, flags) == 24 && offsetof(BiosRegisters, vector) == 32);

extern "C" void call_bios(BiosRegisters* registers);

/// Opens the A20 gate; false when no way works.
bool open_a20();

}  // namespace loader
