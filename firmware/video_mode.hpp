// Video modes: what INT 10h AH=00h loads into the VGA's registers. [VGA]
#pragma once

#include "arch/ports.hpp"
#include "firmware/far_memory.hpp"
#include "firmware/processor.hpp"

namespace firmware {

namespace vga {
inline constexpr u16 attribute = 0x3C0, attribute_read = 0x3C1, misc_output = 0x3C2,
                     sequencer = 0x3C4, dac_mask = 0x3C6, dac_read_index = 0x3C7,
                     dac_write_index = 0x3C8, dac_data = 0x3C9, graphics = 0x3CE;

struct ModeRegisters {
  u8 misc_output;
  RomTable<u8, 5> sequencer;
  RomTable<u8, 25> crtc;
  RomTable<u8, 9> graphics;
  RomTable<u8, 21> attribute;
};

/// Loads every register; the screen is on afterwards.
void load_registers(const ModeRegisters& mode);
/// Index and data of the sequencer, CRTC or graphics controller.
inline void write_indexed(u16 port, u8 index, u8 value) {
  outb(port, index);
  outb(static_cast<u16>(port + 1), value);
}
}  // namespace vga

inline constexpr u8 text_mode = 0x03, graphics_mode = 0x13;

/// What the BIOS data area says of a colour mode on page 0, its cursor in the corner. `page_bytes`
/// is a page of video memory, 0 for 64 KB.
void describe_mode(u8 mode, u16 columns, u16 page_bytes, u16 cursor_shape, u8 character_height,
                   bool clear);

/// 80 x 25 characters at 720 x 400.
void set_text_mode(bool clear);
/// 320 x 200 pixels, a byte each from A0000h, in 256 colours.
void set_graphics_mode(bool clear);

}  // namespace firmware
