// How a mode's values get into the VGA's registers. [VGA]
#include "firmware/video_mode.hpp"

namespace firmware::vga {
namespace {

template <unsigned N>
void load_indexed(u16 port, const RomTable<u8, N>& values) {
  for (u8 i = 0; i < N; ++i) write_indexed(port, i, values[i]);
}

}  // namespace

void load_registers(const ModeRegisters& mode) {
  outb(misc_output, rom_read(&mode.misc_output));
  load_indexed(sequencer, mode.sequencer);
  write_indexed(port::vga_crtc_index, 0x11, 0x0E);  // bit 7 protects registers 0 to 7
  load_indexed(port::vga_crtc_index, mode.crtc);
  load_indexed(graphics, mode.graphics);
  inb(port::vga_status1);  // the attribute port's flip-flop to index
  for (u8 i = 0; i < mode.attribute.size; ++i) {
    outb(attribute, i);
    outb(attribute, mode.attribute[i]);
  }
  outb(attribute, 0x20);  // screen on
}

}  // namespace firmware::vga
