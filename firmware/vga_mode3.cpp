// Mode 3, 80 x 25 text in 16 colours at 720 x 400: the register values and how they are loaded.
// [VGA]
#include "arch/ports.hpp"
#include "firmware/bios_data.hpp"
#include "firmware/console.hpp"
#include "firmware/processor.hpp"

namespace firmware {
namespace {

constexpr u16 misc_output = 0x3C2, sequencer = 0x3C4, graphics = 0x3CE, attribute = 0x3C0,
              dac_mask = 0x3C6, dac_write_index = 0x3C8, dac_data = 0x3C9;

constexpr RomTable<u8, 5> sequencer_values{{0x03, 0x00, 0x03, 0x00, 0x02}};
constexpr RomTable<u8, 25> crtc_values{{0x5F, 0x4F, 0x50, 0x82, 0x55, 0x81, 0xBF, 0x1F, 0x00,
                                        0x4F, 0x0D, 0x0E, 0x00, 0x00, 0x00, 0x00, 0x9C, 0x8E,
                                        0x8F, 0x28, 0x1F, 0x96, 0xB9, 0xA3, 0xFF}};
constexpr RomTable<u8, 9> graphics_values{{0x00, 0x00, 0x00, 0x00, 0x00, 0x10, 0x0E, 0x00, 0xFF}};
constexpr RomTable<u8, 21> attribute_values{
    {0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x14, 0x07, 0x38, 0x39, 0x3A,
     0x3B, 0x3C, 0x3D, 0x3E, 0x3F, 0x0C, 0x00, 0x0F, 0x08, 0x00}};  // 10h: blinking, ninth dot
                                                                    // repeated for line graphics

template <unsigned N>
void load_indexed(u16 port, const RomTable<u8, N>& values) {
  for (u8 i = 0; i < N; ++i) {
    outb(port, i);
    outb(static_cast<u16>(port + 1), values[i]);
  }
}

/// The 64 colours of the EGA: two bits a primary, `rgbRGB`, worth 1/3 and 2/3.
void load_palette() {
  outb(dac_mask, 0xFF);
  outb(dac_write_index, 0);
  for (unsigned colour = 0; colour < 64; ++colour) {
    for (int primary = 2; primary >= 0; --primary) {
      const unsigned bright = colour >> primary & 1, dim = colour >> (primary + 3) & 1;
      outb(dac_data, static_cast<u8>(bright * 0x2A + dim * 0x15));
    }
  }
}

}  // namespace

void set_text_mode(bool clear) {
  outb(misc_output, 0x67);  // 28 MHz clock, colour addresses, RAM on
  load_indexed(sequencer, sequencer_values);
  outb(port::vga_crtc_index, 0x11);  // bit 7 protects registers 0 to 7
  outb(port::vga_crtc_data, 0x0E);
  load_indexed(port::vga_crtc_index, crtc_values);
  load_indexed(graphics, graphics_values);
  inb(port::vga_status1);  // the attribute port's flip-flop to index
  for (u8 i = 0; i < attribute_values.size; ++i) {
    outb(attribute, i);
    outb(attribute, attribute_values[i]);
  }
  outb(attribute, 0x20);  // screen on
  load_palette();

  bda::video_mode = 3;
  bda::columns = 80;
  bda::page_bytes = 4096;
  bda::page_start = 0;
  bda::cursor_shape = 0x0D0E;
  bda::active_page = 0;
  bda::crtc_port = port::vga_crtc_index;
  bda::last_row = 24;
  bda::character_height = 16;
  bda::video_control = static_cast<u8>(clear ? 0x60 : 0xE0);
  bda::video_switches = 0xF9;
  bda::video_flags = 0x11;
  bda::display_combination = 0x0B;
  for (unsigned page = 0; page < 8; ++page) bda::cursor.set(page, 0);
  if (clear) far_fill_words(0xB800, 0, 0x0720, 0x4000);
}

}  // namespace firmware
