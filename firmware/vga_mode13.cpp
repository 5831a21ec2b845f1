// Mode 13h, 320 x 200 in 256 colours: registers, and the palette that programs expect. [VGA]
#include "firmware/video_mode.hpp"

namespace firmware {
namespace {

constexpr vga::ModeRegisters mode13 = {
    .misc_output = 0x63,                            // 25 MHz clock
    .sequencer = {{0x03, 0x01, 0x0F, 0x00, 0x0E}},  // chain-4: address bits 1:0 select the plane
    .crtc = {{0x5F, 0x4F, 0x50, 0x82, 0x54, 0x80, 0xBF, 0x1F, 0x00, 0x41, 0x00, 0x00, 0x00,
              0x00, 0x00, 0x00, 0x9C, 0x8E, 0x8F, 0x28, 0x40, 0x96, 0xB9, 0xA3, 0xFF}},
    .graphics = {{0x00, 0x00, 0x00, 0x00, 0x00, 0x40, 0x05, 0x0F, 0xFF}},
    .attribute = {{0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0A,
                   0x0B, 0x0C, 0x0D, 0x0E, 0x0F, 0x41, 0x00, 0x0F, 0x00, 0x00}}};

void write_color(u32 red, u32 green, u32 blue) {
  outb(vga::dac_data, static_cast<u8>(red));
  outb(vga::dac_data, static_cast<u8>(green));
  outb(vga::dac_data, static_cast<u8>(blue));
}

/// Colours 0 to 15: those of the text modes, brown instead of dark yellow.
void load_text_colors() {
  for (u32 color = 0; color < 16; ++color) {
    const u32 dim = color & 8 ? 0x15 : 0;
    const auto level = [=](u32 bit) { return dim + (color & bit ? 0x2Au : 0); };
    write_color(level(4), color == 6 ? 0x15 : level(2), level(1));
  }
}

/// Colours 16 to 31.
constexpr RomTable<u8, 16> grays{{0x00, 0x05, 0x08, 0x0B, 0x0E, 0x11, 0x14, 0x18, 0x1C, 0x20, 0x24,
                                  0x28, 0x2D, 0x32, 0x38, 0x3F}};

/// How much of a primary whose peak is at blue + 8 a hue of 24 has, in fourths: it rises over four
/// hues, stays for eight and falls over four.
u32 fourths(u32 hue) {
  hue %= 24;
  if (hue > 16) return 0;
  if (hue > 12) return 16 - hue;
  return hue > 4 ? 4 : hue;
}

/// Colours 32 to 247: three intensities of three saturations of 24 hues from blue by way of red and
/// green.
void load_hues() {
  for (u32 most = 63; most != 0; most = most == 63 ? 28 : most == 28 ? 16 : 0) {
    for (u32 step = 0; step < 3; ++step) {
      const u32 least = step == 0 ? 0 : step == 1 ? most / 2 : most * 5 / 7;
      const auto level = [=](u32 hue) {
        return (4 * least + (most - least) * fourths(hue) + 1) / 4;
      };
      for (u32 hue = 0; hue < 24; ++hue) write_color(level(hue), level(hue + 16), level(hue + 8));
    }
  }
}

void load_palette() {
  outb(vga::dac_mask, 0xFF);
  outb(vga::dac_write_index, 0);
  load_text_colors();
  for (u32 i = 0; i < grays.size; ++i) write_color(grays[i], grays[i], grays[i]);
  load_hues();
  for (u32 i = 248; i < 256; ++i) write_color(0, 0, 0);
}

}  // namespace

void set_graphics_mode(bool clear) {
  vga::load_registers(mode13);
  load_palette();

  describe_mode(graphics_mode, 40, 0, 0, 8, clear);
  if (clear) far_fill_words(0xA000, 0, 0, 0x8000);
}

}  // namespace firmware
