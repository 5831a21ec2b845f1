// INT 14h, with COM1 looped back on itself.
#include "firmware/test/bios_test.hpp"

namespace bios_test {

void test_serial() {
  constexpr u16 modem_control = 0x3FC;
  Registers r = interrupt(0x14, {.eax = 0x00E3});  // 9600 8N1
  check((r.ah() & 0x60) == 0x60, "AH=00h: the transmitter is empty");
  outb(modem_control, 0x13);
  outb(0x3F8, 0xA7);
  r = interrupt(0x14, {.eax = 0x0200});
  check(r.ah() == 0 && r.al() == 0xA7, "AH=02h receives");
  r = interrupt(0x14, {.eax = 0x0300});
  check((r.ah() & 0x01) == 0, "AH=03h: nothing more has come");
  r = interrupt(0x14, {.eax = 0x0200});
  check((r.ah() & 0x80) != 0, "AH=02h gives up");
  outb(modem_control, 0x03);
  r = interrupt(0x14, {.eax = 0x0300, .edx = 3});
  check(r.ax() == 0x0300, "there is no COM4");
}

}  // namespace bios_test
