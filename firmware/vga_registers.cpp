// How a mode's values get into the VGA's registers and the BIOS data area. [VGA]
#include "firmware/bios_data.hpp"
#include "firmware/video_mode.hpp"

namespace firmware {
namespace vga {
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

}  // namespace vga

void describe_mode(u8 mode, u16 columns, u16 page_bytes, u16 cursor_shape, u8 character_height,
                   bool clear) {
  bda::video_mode = mode;
  bda::columns = columns;
  bda::page_bytes = page_bytes;
  bda::page_start = 0;
  bda::cursor_shape = cursor_shape;
  bda::active_page = 0;
  bda::crtc_port = port::vga_crtc_index;
  bda::last_row = 24;
  bda::character_height = character_height;
  bda::video_control = static_cast<u8>(clear ? 0x60 : 0xE0);
  bda::video_switches = 0xF9;
  bda::video_flags = 0x11;
  bda::display_combination = 0x0B;
  for (unsigned page = 0; page < 8; ++page) bda::cursor.set(page, 0);
}

}  // namespace firmware
