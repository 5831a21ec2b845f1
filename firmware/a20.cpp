// Port 92h is the fast way; the 8042's output port is the AT's own.
#include "firmware/a20.hpp"

#include "arch/ports.hpp"
#include "firmware/far_memory.hpp"
#include "firmware/keyboard_controller.hpp"
#include "firmware/processor.hpp"

namespace firmware {

bool a20_is_open() {
  const u32 here = 0x4F0;  // intra-application area of the BIOS data area
  const u32 saved = far_read<u32>(0, here);
  bool open = false;
  for (u32 probe = 0; probe < 2 && !open; ++probe) {  // twice: equal once may be chance
    far_write<u32>(0, here, saved + probe);
    open = far_read<u32>(0xFFFF, here + 0x10) != saved + probe;
  }
  far_write<u32>(0, here, saved);
  return open;
}

void set_a20(bool open) {
  const u8 gate = inb(port::system_control_a);
  outb(port::system_control_a, static_cast<u8>((gate & 0xFC) | (open ? 2 : 0)));
  if (a20_is_open() != open) {
    write_controller_output(open ? 0xDF : 0xDD);
  }
}

}  // namespace firmware
