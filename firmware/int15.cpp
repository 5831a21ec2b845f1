// INT 15h: system services: A20, memory size, block move, waiting. [PC/AT TR "ROM BIOS", INT 15h]
// [ACPI "System Address Map Interfaces"]
#include "arch/ports.hpp"
#include "firmware/a20.hpp"
#include "firmware/bios_data.hpp"
#include "firmware/processor.hpp"
#include "firmware/protected_mode.hpp"
#include "firmware/registers.hpp"
#include "firmware/system_memory.hpp"

namespace firmware {
namespace {

constexpr u8 unsupported = 0x86;

/// AH=C0h's answer. Byte 5, features: second 8259, RTC, INT 15h/4Fh called by INT 09h.
constexpr RomTable<u8, 10> configuration{{8, 0, 0xFC, 0x00, 0x01, 0x70, 0, 0, 0, 0}};

void gate_a20(Registers& r) {
  r.set_carry(false);
  r.ah() = 0;
  switch (r.al()) {
    case 0x00:
      set_a20(false);
      break;
    case 0x01:
      set_a20(true);
      break;
    case 0x02:
      r.al() = a20_is_open() ? 1 : 0;
      break;
    case 0x03:
      r.bx() = 0x0003;
      break;  // both ways: 8042 and port 92h
    default:
      r.ah() = unsupported;
      r.set_carry(true);
  }
}

/// AH=86h: waits CX:DX microseconds on counter 0 of the 8254, whose clock is 105/88 MHz.
void wait(Registers& r) {
  const u32 microseconds = r.dx() | u32{r.cx()} << 16;
  const u32 quarters = microseconds / 88;
  u32 clocks =
      quarters < 0xFFFFFFFF / 106 ? quarters * 105 + microseconds % 88 * 105 / 88 : 0xFFFFFFFF;
  enable_interrupts();
  for (u16 before = read_timer(); clocks != 0;) {
    const u16 now = read_timer();
    const u16 elapsed = static_cast<u16>(before - now);  // it counts down
    clocks = elapsed < clocks ? clocks - elapsed : 0;
    before = now;
  }
  r.set_carry(false);
}

/// Base address in descriptor `index` of the table at ES:SI.
u32 descriptor_base(const Registers& r, u16 offset) {
  const u32 at = r.si.word + offset;
  const u32 low = far_read<u32>(r.es, at + 2) & 0x00FFFFFF;
  return low | u32{far_read<u8>(r.es, at + 7)} << 24;
}

/// AH=87h: CX words from the segment described at ES:SI+10h to that at +18h.
void move_extended(Registers& r) {
  const BlockMove move{descriptor_base(r, 0x10), descriptor_base(r, 0x18), r.cx()};
  if (in_protected_mode() || r.cx() > 0x8000) {
    r.ah() = 2;
    r.set_carry(true);
    return;
  }
  const bool open = a20_is_open();
  if (!open) set_a20(true);
  call_protected(move_block, linear_address(&move));
  if (!open) set_a20(false);
  r.ah() = 0;
  r.set_carry(false);
}

/// AX=E820h: one range a call; EBX is where to go on, 0 to begin and after the last.
void tell_range(Registers& r) {
  MemoryRange range;
  if (r.d.extended != 0x534D4150 || r.c.extended < 20 || !memory_range(r.b.extended, range)) {
    r.ah() = unsupported;
    r.set_carry(true);
    return;
  }
  const u16 at = r.di.word;
  far_write<u32>(r.es, at, range.base);
  far_write<u32>(r.es, at + 4u, 0);
  far_write<u32>(r.es, at + 8u, range.size);
  far_write<u32>(r.es, at + 12u, 0);
  far_write<u32>(r.es, at + 16u, range.usable ? 1 : 2);
  MemoryRange next;
  const u32 following = r.b.extended + 1;
  r.b.extended = memory_range(following, next) ? following : 0;
  r.a.extended = 0x534D4150;  // "SMAP"
  r.c.extended = 20;
  r.set_carry(false);
}

void tell_sizes(Registers& r) {
  const u32 kilobytes = extended_kilobytes();
  const u32 below = kilobytes < 15 * 1024 ? kilobytes : 15 * 1024;
  r.ax() = r.cx() = static_cast<u16>(below);
  r.bx() = r.dx() = static_cast<u16>((kilobytes - below) / 64);
  r.set_carry(false);
}

}  // namespace

extern "C" void int15(Registers& r) {
  switch (r.ah()) {
    case 0x24:
      return gate_a20(r);
    case 0x4F:
      return r.set_carry(true);  // keystroke intercept: keep the scan code in AL
    case 0x86:
      return wait(r);
    case 0x87:
      return move_extended(r);
    case 0x88: {
      const u32 kilobytes = extended_kilobytes();
      r.ax() = static_cast<u16>(kilobytes < 0xFFFF ? kilobytes : 0xFFFF);
      return r.set_carry(false);
    }
    case 0xC0:
      r.es = 0xF000;
      r.bx() = static_cast<u16>(reinterpret_cast<u32>(&configuration.value));
      r.ah() = 0;
      return r.set_carry(false);
    case 0xC1:
      r.es = ebda::segment;
      return r.set_carry(false);
    case 0xE8:
      if (r.al() == 0x01) return tell_sizes(r);
      if (r.al() == 0x20) return tell_range(r);
      break;
  }
  r.ah() = unsupported;
  r.set_carry(true);
}

}  // namespace firmware
