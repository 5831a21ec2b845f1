// INT 09h and INT 16h; scan codes are put into the 8042's output buffer by its command D2h.
#include "firmware/test/bios_test.hpp"

namespace bios_test {
namespace {

void send(u8 scan) {
  const u32 tail = peek<u16>(0x41C);
  while ((inb(0x64) & 2) != 0) {
  }
  outb(0x64, 0xD2);
  while ((inb(0x64) & 2) != 0) {
  }
  outb(0x60, scan);
  for (u32 i = 0; i < 2000 && peek<u16>(0x41C) == tail; ++i) inb(0x64);  // IRQ 1 comes and goes
}
void press(u8 scan) {
  send(scan);
  send(static_cast<u8>(scan | 0x80));
}
void press_extended(u8 scan) {
  send(0xE0);
  send(scan);
  send(0xE0);
  send(static_cast<u8>(scan | 0x80));
}

bool empty(u32 service = 0x1100) { return interrupt(0x16, {.eax = service}).zero(); }
/// The next key stroke, or FFFFh when there is none.
u16 key(u32 wait = 0x1000) {
  if (empty(wait + 0x100)) return 0xFFFF;
  const u16 seen = interrupt(0x16, {.eax = wait + 0x100}).ax();
  const u16 got = interrupt(0x16, {.eax = wait}).ax();
  check(seen == got, "looking at a key and taking it agree");
  return got;
}

constexpr u8 left_shift = 0x2A, ctrl = 0x1D, alt = 0x38, caps = 0x3A, num = 0x45;

void with(u8 modifier, u8 scan) {
  send(modifier);
  press(scan);
  send(static_cast<u8>(modifier | 0x80));
}

}  // namespace

void test_keyboard() {
  check(empty() && empty(0x0100), "no key to begin with");
  press(0x1E);
  check(key() == 0x1E61, "a");
  with(left_shift, 0x1E);
  check(key() == 0x1E41, "Shift-A");
  with(ctrl, 0x1E);
  check(key() == 0x1E01, "Ctrl-A");
  with(alt, 0x1E);
  check(key() == 0x1E00, "Alt-A");
  with(left_shift, 0x03);
  check(key() == 0x0340, "Shift-2 is @");
  press(0x1C);
  check(key(0x0000) == 0x1C0D, "Enter");
  press(caps);
  press(0x10);
  with(left_shift, 0x10);
  press(0x02);
  check(key() == 0x1051 && key() == 0x1071 && key() == 0x0231, "Caps Lock turns letters only");
  check((interrupt(0x16, {.eax = 0x0200}).al() & 0x40) != 0, "AH=02h shows Caps Lock");
  press(caps);
  check((interrupt(0x16, {.eax = 0x0200}).al() & 0x40) == 0, "Caps Lock goes off");
  press(0x47);
  press(num);
  press(0x47);
  press(num);
  check(key() == 0x4700 && key() == 0x4737, "keypad: Home and 7");

  press(0x3B);
  with(left_shift, 0x3B);
  with(ctrl, 0x3B);
  with(alt, 0x3B);
  check(key() == 0x3B00 && key() == 0x5400 && key() == 0x5E00 && key() == 0x6800, "F1");
  press(0x57);
  check(key() == 0x8500, "F11");
  press(0x57);
  check(empty(0x0100), "AH=01h does not know F11");

  press_extended(0x48);
  check(key() == 0x48E0, "grey cursor up, AH=10h");
  press_extended(0x48);
  check(key(0x0000) == 0x4800, "grey cursor up, AH=00h");
  press_extended(0x1C);
  check(key() == 0xE00D, "keypad Enter");
  press_extended(0x35);
  check(key(0x0000) == 0x352F, "keypad / is an ordinary one for AH=00h");
  send(alt);
  press(0x4D);  // 6
  press(0x4C);  // 5
  send(alt | 0x80);
  check(key() == 0x0041, "Alt and the number 65");

  for (u32 i = 0; i < 20; ++i) press(0x30);
  u32 count = 0;
  while (key() == 0x3062) ++count;
  check(count == 15 && empty(), "the buffer holds 15 keys");
  check(interrupt(0x16, {.eax = 0x0500, .ecx = 0x1234}).al() == 0 && key() == 0x1234, "AH=05h");
}

}  // namespace bios_test
