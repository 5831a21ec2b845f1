// Mode 3, 80 x 25 text in 16 colours at 720 x 400: registers, palette and font. [VGA]
#include "arch/vga_font.hpp"
#include "firmware/video_mode.hpp"

namespace firmware {
namespace {

constexpr vga::ModeRegisters mode3 = {
    .misc_output = 0x67,  // 28 MHz clock, colour addresses, RAM on
    .sequencer = {{0x03, 0x00, 0x03, 0x00, 0x02}},
    .crtc = {{0x5F, 0x4F, 0x50, 0x82, 0x55, 0x81, 0xBF, 0x1F, 0x00, 0x4F, 0x0D, 0x0E, 0x00,
              0x00, 0x00, 0x00, 0x9C, 0x8E, 0x8F, 0x28, 0x1F, 0x96, 0xB9, 0xA3, 0xFF}},
    .graphics = {{0x00, 0x00, 0x00, 0x00, 0x00, 0x10, 0x0E, 0x00, 0xFF}},
    // 10h: blinking, ninth dot repeated for line graphics
    .attribute = {{0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x14, 0x07, 0x38, 0x39, 0x3A,
                   0x3B, 0x3C, 0x3D, 0x3E, 0x3F, 0x0C, 0x00, 0x0F, 0x08, 0x00}}};

constexpr RomTable<Glyph, 256> glyphs = [] {
  RomTable<Glyph, 256> table{};
  for (unsigned i = 0; i < table.size; ++i) table.value[i] = default_font[i];
  return table;
}();

/// The 64 colours of the EGA: two bits a primary, `rgbRGB`, worth 1/3 and 2/3.
void load_palette() {
  outb(vga::dac_mask, 0xFF);
  outb(vga::dac_write_index, 0);
  for (unsigned colour = 0; colour < 64; ++colour) {
    for (int primary = 2; primary >= 0; --primary) {
      const unsigned bright = colour >> primary & 1, dim = colour >> (primary + 3) & 1;
      outb(vga::dac_data, static_cast<u8>(bright * 0x2A + dim * 0x15));
    }
  }
}

/// Into plane 2, which graphics modes use for their picture; 32 bytes a character.
void load_font() {
  vga::write_indexed(vga::sequencer, 2, 0x04);  // write plane 2 alone,
  vga::write_indexed(vga::sequencer, 4, 0x06);  // every address of it
  vga::write_indexed(vga::graphics, 5, 0x00);
  vga::write_indexed(vga::graphics, 6, 0x04);  // at A0000h
  for (u32 i = 0; i < glyphs.size; ++i) {
    for (u32 row = 0; row < 16; ++row) {
      far_write<u8>(0xA000, i * 32 + row, rom_read(&glyphs.value[i].row[row]));
    }
  }
}

}  // namespace

void set_text_mode(bool clear) {
  vga::load_registers(mode3);
  load_font();
  vga::load_registers(mode3);
  load_palette();

  describe_mode(text_mode, 80, 4096, 0x0D0E, 16, clear);
  if (clear) far_fill_words(0xB800, 0, 0x0720, 0x4000);
}

}  // namespace firmware
