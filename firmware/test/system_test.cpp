// INT 11h, 12h, 15h.
#include "firmware/test/bios_test.hpp"

namespace bios_test {
namespace {

constexpr u32 buffer = 0x20000, other = 0x28000;

/// FNINIT clears the status word; where there is no coprocessor nobody answers. [387 §4 FINIT]
bool coprocessor_answers() {
  u16 status = 0x5A5A;
  asm volatile("fninit; fnstsw %0" : "+m"(status));
  return status == 0;
}

void test_sizes() {
  const u32 base = interrupt(0x12, {}).ax();
  check(base == peek<u16>(0x413) && base == 639, "INT 12h tells 639 KB");
  const u16 equipment = interrupt(0x11, {}).ax();
  check(equipment == peek<u16>(0x410) && (equipment & 0x30) == 0x20, "INT 11h: 80 columns, colour");
  check((equipment >> 1 & 1) == coprocessor_answers(), "INT 11h: a coprocessor, or none");
  check((equipment & 0xC1) == 0, "INT 11h: no diskette");
  check((equipment >> 9 & 7) == 1 && peek<u16>(0x400) == 0x3F8, "one serial port, COM1");
  check(peek<u8>(0x475) >= 1 && boot_drive == 0x80, "the boot disk is 80h");

  Registers r = interrupt(0x15, {.eax = 0x8800});
  const u32 extended = r.ax();
  check(!r.carry() && extended != 0, "AH=88h");
  r = interrupt(0x15, {.eax = 0xE801});
  check(!r.carry() && r.ax() == r.cx() && r.bx() == r.dx(), "AX=E801h");
  const u32 total = r.ax() + r.bx() * 64u;
  check(r.ax() <= 15 * 1024 && (total == extended || extended == 0xFFFF), "E801h agrees with 88h");

  u32 usable = 0, calls = 0, next = 0;
  do {
    r = interrupt(
        0x15,
        {.eax = 0xE820, .ebx = next, .ecx = 20, .edx = 0x534D4150, .edi = 0, .es = buffer >> 4});
    check(!r.carry() && r.eax == 0x534D4150 && r.ecx == 20, "AX=E820h");
    if (peek<u32>(buffer + 16) == 1) usable += peek<u32>(buffer + 8);
    next = r.ebx;
  } while (!r.carry() && next != 0 && ++calls < 20);
  check(usable / 1024 == base + total, "E820h sums up to the RAM");
  r = interrupt(0x15, {.eax = 0xE820, .ebx = 99, .ecx = 20, .edx = 0x534D4150, .es = buffer >> 4});
  check(r.carry(), "E820h past the end");
}

void test_a20() {
  check(interrupt(0x15, {.eax = 0x2401}).ah() == 0, "AX=2401h");
  check(interrupt(0x15, {.eax = 0x2402}).al() == 1, "A20 is open");
  poke<u32>(0x600, 0x11111111);
  poke<u32>(0x100600, 0x22222222);
  check(peek<u32>(0x600) == 0x11111111, "no wrap at 1 MB");
  interrupt(0x15, {.eax = 0x2400});
  check(interrupt(0x15, {.eax = 0x2402}).al() == 0, "A20 is closed");
  check(peek<u32>(0x100600) == 0x11111111, "addresses wrap at 1 MB");
  interrupt(0x15, {.eax = 0x2401});
  check(peek<u32>(0x100600) == 0x22222222, "A20 is open again");
  const Registers r = interrupt(0x15, {.eax = 0x2403});
  check(!r.carry() && (r.bx() & 3) == 3, "AX=2403h");
  check(interrupt(0x15, {.eax = 0x2477}).carry(), "unknown A20 function");
}

/// Describes a segment in the table AH=87h wants.
void describe(u32 entry, u32 base) {
  poke<u32>(entry, 0x0000FFFF | base << 16);
  poke<u32>(entry + 4, (base >> 16 & 0xFF) | 0x9300 | (base & 0xFF000000));
}

void move(u32 to, u32 from, u16 words) {
  constexpr u32 table = 0x30000;
  for (u32 i = 0; i < 48; i += 4) poke<u32>(table + i, 0);
  describe(table + 0x10, from);
  describe(table + 0x18, to);
  const Registers r = interrupt(0x15, {.eax = 0x8700, .ecx = words, .esi = 0, .es = table >> 4});
  check(!r.carry() && r.ah() == 0, "AH=87h");
}

void test_block_move() {
  constexpr u32 size = 1000;
  for (u32 i = 0; i < size; i += 4) poke<u32>(buffer + i, i * 0x9E3779B9u);
  for (u32 i = 0; i < size; i += 4) poke<u32>(other + i, 0);
  poke<u32>(other + size, 0x600D600D);
  move(0x180000, buffer, size / 2);
  move(other, 0x180000, size / 2);
  bool same = true;
  for (u32 i = 0; i < size; i += 4) same = same && peek<u32>(other + i) == i * 0x9E3779B9u;
  check(same, "a block goes above 1 MB and back");
  check(peek<u32>(other + size) == 0x600D600D, "and no further");
  interrupt(0x15, {.eax = 0x2400});
  move(0x180000, buffer, 8);
  check(interrupt(0x15, {.eax = 0x2402}).al() == 0, "AH=87h leaves A20 as it was");
  interrupt(0x15, {.eax = 0x2401});
}

}  // namespace

void test_system() {
  test_sizes();
  test_a20();
  test_block_move();
  Registers r = interrupt(0x15, {.eax = 0xC000});
  const u32 table = r.es * 16u + r.bx();
  check(!r.carry() && peek<u16>(table) >= 8 && peek<u8>(table + 2) == 0xFC, "AH=C0h: an AT");
  r = interrupt(0x15, {.eax = 0x4F1E});
  check(r.carry() && r.al() == 0x1E, "AH=4Fh passes the scan code");
  r = interrupt(0x15, {.eax = 0x7700});
  check(r.carry() && r.ah() == 0x86, "unknown function of INT 15h");
  check(interrupt(0x17, {.eax = 0x0200}).ah() != 0, "INT 17h: no printer");
}

}  // namespace bios_test
