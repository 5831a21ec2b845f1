// Opening A20: INT 15h, then port 92h, then the 8042, until addresses stop wrapping.
#include "arch/ports.hpp"
#include "firmware/boot/loader/bios.hpp"
#include "firmware/boot/loader/ports.hpp"

namespace loader {
namespace {

/// Dwords 1 MB apart are the same one while A20 is closed.
bool a20_is_open() {
  auto& low = *reinterpret_cast<volatile u32*>(0x4F0);
  auto& high = *reinterpret_cast<volatile u32*>(0x1004F0);
  const u32 saved = low;
  bool same = true;
  for (u32 probe = 0; probe < 2; ++probe) {
    low = saved + probe;
    same = same && high == saved + probe;
  }
  low = saved;
  return !same;
}

void wait_for_input_buffer() {
  for (u32 i = 0; i < 100'000 && (inb(port::keyboard_status) & 2) != 0; ++i) {
  }
}

}  // namespace

bool open_a20() {
  if (a20_is_open()) return true;
  BiosRegisters r;
  r.vector = 0x15;
  r.eax = 0x2401;
  call_bios(&r);
  if (a20_is_open()) return true;
  outb(port::system_control_a, static_cast<u8>((inb(port::system_control_a) & 0xFC) | 2));
  if (a20_is_open()) return true;
  wait_for_input_buffer();
  outb(port::keyboard_status, 0xD1);  // write output port
  wait_for_input_buffer();
  outb(port::keyboard_data, 0xDF);
  wait_for_input_buffer();
  return a20_is_open();
}

}  // namespace loader
