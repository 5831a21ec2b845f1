// INT 08h, 1Ch, 1Ah and the waits of INT 15h.
#include "firmware/test/bios_test.hpp"

extern "C" {
void count_tick();
extern volatile arch::u32 hooked_ticks;
}

namespace bios_test {
namespace {

u32 ticks() {
  const Registers r = interrupt(0x1A, {});
  return u32{r.cx()} << 16 | r.dx();
}

bool is_bcd(u32 value, u32 limit) {
  return (value & 15) <= 9 && value >> 4 <= 9 && (value >> 4) * 10 + (value & 15) <= limit;
}

}  // namespace

void test_clock() {
  const u32 old_hook = peek<u32>(0x1C * 4);
  poke<u32>(0x1C * 4, reinterpret_cast<u32>(count_tick));
  const u32 begin = ticks();
  hooked_ticks = 0;
  while (hooked_ticks < 3) asm volatile("sti; hlt");
  const u32 elapsed = ticks() - begin;
  check(elapsed == 3 || elapsed == 4, "INT 1Ch comes with every tick");
  // 200 ms are 3.6 ticks.
  const u32 before = ticks();
  check(!interrupt(0x15, {.eax = 0x8600, .ecx = 0x0003, .edx = 0x0D40}).carry(), "AH=86h");
  const u32 waited = ticks() - before;
  check(waited >= 3 && waited <= 5, "AH=86h waits as long as it says");
  poke<u32>(0x1C * 4, old_hook);

  interrupt(0x1A, {.eax = 0x0100, .ecx = 0x0018, .edx = 0x00AF});  // the day's last tick
  while (ticks() > 0x1000) asm volatile("sti; hlt");
  check(ticks() < 0x10, "the count starts anew at midnight");
  interrupt(0x1A, {.eax = 0x0100, .ecx = 0x0018, .edx = 0x00AF});
  while (peek<u32>(0x46C) > 0x1000) asm volatile("sti; hlt");
  check(interrupt(0x1A, {}).al() == 1 && interrupt(0x1A, {}).al() == 0, "midnight is told once");

  Registers r = interrupt(0x1A, {.eax = 0x0200});
  check(
      !r.carry() && is_bcd(r.cx() >> 8, 23) && is_bcd(r.cx() & 0xFF, 59) && is_bcd(r.dx() >> 8, 59),
      "AH=02h: the time");
  r = interrupt(0x1A, {.eax = 0x0400});
  check(!r.carry() && is_bcd(r.cx() >> 8, 99) && is_bcd(r.cx() & 0xFF, 99) &&
            is_bcd(r.dx() >> 8, 12) && is_bcd(r.dx() & 0xFF, 31),
        "AH=04h: the date");
  interrupt(0x1A, {.eax = 0x0500, .ecx = 0x1999, .edx = 0x1231});
  interrupt(0x1A, {.eax = 0x0300, .ecx = 0x1234, .edx = 0x5600});
  r = interrupt(0x1A, {.eax = 0x0200});
  check(r.cx() == 0x1234 && (r.dx() >> 8) >= 0x56 && (r.dx() >> 8) <= 0x58, "AH=03h sets the time");
  r = interrupt(0x1A, {.eax = 0x0400});
  check(r.cx() == 0x1999 && r.dx() == 0x1231, "AH=05h sets the date");
  check(interrupt(0x1A, {.eax = 0x7700}).carry(), "unknown function of INT 1Ah");
}

}  // namespace bios_test
