// The picture a VGA makes of its memory.
#include <algorithm>

#include "machine/vga.hpp"
#include "machine/vga_registers.hpp"

namespace faultline {

namespace {
namespace reg = vga::crtc;
// Where in plane 2 each of the eight character maps begins. [VGA, Character Map Select]
constexpr std::array<u32, 8> map_base{0x0000, 0x4000, 0x8000, 0xC000,
                                      0x2000, 0x6000, 0xA000, 0xE000};
constexpr u32 expand6(u8 value) { return u32{value} << 2 | value >> 4; }
}  // namespace

bool Vga::text_mode() const {
  return !(graphics_[vga::graphics::miscellaneous] & vga::graphics::graphics_mode);
}

u32 Vga::start_address() const { return u32{crtc_[reg::start_high]} << 8 | crtc_[reg::start_low]; }

/// The plane address the CRTC puts out for a count: bytes, words or doublewords.
u32 Vga::plane_address(u32 count) const {
  unsigned shift = crtc_[reg::mode] & reg::byte_mode ? 0 : 1;
  if (crtc_[reg::underline] & reg::doubleword) shift = 2;
  return (count << shift) % plane_size;
}

u32 Vga::row_start(u32 row) const { return start_address() + row * crtc_[reg::offset] * 2u; }

/// Scan lines of one character row, or of one row of pixels.
u32 Vga::lines_per_row() const {
  const u8 value = crtc_[reg::maximum_scan_line];
  return ((value & 0x1F) + 1u) * (value & reg::double_scan ? 2 : 1);
}

Vga::TextLayout Vga::text_layout() const {
  const unsigned width = sequencer_[vga::sequencer::clocking] & vga::sequencer::eight_dots ? 8 : 9;
  const unsigned height = lines_per_row();
  return {crtc_[reg::horizontal_end] + 1u, std::max(1u, display_lines() / height), width, height};
}

u32 Vga::dac_color(u8 index) const {
  const u8* rgb = &dac_[3u * (index & pel_mask_)];
  return expand6(rgb[0]) << 16 | expand6(rgb[1]) << 8 | expand6(rgb[2]);
}

/// The colour of a 4-bit attribute through palette and colour select. [VGA, Attribute Controller]
u32 Vga::color(u8 attribute) const {
  attribute &= attribute_[vga::attribute::plane_enable] & 15;
  const u8 select = attribute_[vga::attribute::color_select];
  u8 index = attribute_[attribute] & 0x3F;
  if (attribute_[vga::attribute::mode] & vga::attribute::palette_high) {
    index = static_cast<u8>((index & 0x0F) | (select & 3) << 4);
  }
  return dac_color(static_cast<u8>(index | (select & 0x0C) << 4));
}

u8 Vga::glyph_row(u8 character, u8 attribute, unsigned line) const {
  const u8 select = sequencer_[vga::sequencer::character_map];
  const unsigned map = attribute & 8 ? (select >> 2 & 3) | (select >> 3 & 4)  // map A
                                     : (select & 3) | (select >> 2 & 4);      // map B
  return memory_[(map_base[map] + character * 32u + line % 32) % plane_size][2];
}

void Vga::render_cell(Image& image, const TextLayout& layout, unsigned row, unsigned column) const {
  const u32 count = (row_start(row) + column) & 0xFFFF;
  const auto& planes = memory_[plane_address(count)];
  const u8 character = planes[0], attribute = planes[1];
  const u8 mode = attribute_[vga::attribute::mode];
  // A blinking character is shown in its lit half.
  const u8 background = attribute >> 4 & (mode & vga::attribute::blink ? 7 : 15);
  const u32 ink = color(attribute & 15), paper = color(background);
  const bool joins = (mode & vga::attribute::line_graphics) && (character & 0xE0) == 0xC0;
  const unsigned scale = crtc_[reg::maximum_scan_line] & reg::double_scan ? 2 : 1;
  const u8 cursor_first = crtc_[reg::cursor_start], cursor_last = crtc_[reg::cursor_end] & 0x1F;
  const bool cursor = count == (u32{crtc_[reg::cursor_high]} << 8 | crtc_[reg::cursor_low]) &&
                      !(cursor_first & reg::cursor_off);
  for (unsigned y = 0; y < layout.cell_height; ++y) {
    const unsigned line = y / scale;
    u32 bits = u32{glyph_row(character, attribute, line)} << 1;
    if (joins) bits |= bits >> 1 & 1;  // the ninth dot repeats the eighth
    if (cursor && line >= (cursor_first & 0x1F) && line <= cursor_last) bits = 0x1FF;
    u32* pixel = &image.pixels[std::size_t{row * layout.cell_height + y} * image.width +
                               column * layout.cell_width];
    for (unsigned x = 0; x < layout.cell_width; ++x) pixel[x] = bits >> (8 - x) & 1 ? ink : paper;
  }
}

Image Vga::render_text() const {
  const TextLayout layout = text_layout();
  Image image{layout.columns * layout.cell_width, layout.rows * layout.cell_height, {}};
  image.pixels.resize(std::size_t{image.width} * image.height);
  for (unsigned row = 0; row < layout.rows; ++row) {
    for (unsigned column = 0; column < layout.columns; ++column) {
      render_cell(image, layout, row, column);
    }
  }
  return image;
}

/// Sixteen colours from four planes of bits, or 256 from four pixels a doubleword, two dots wide.
Image Vga::render_graphics() const {
  const bool deep = (graphics_[vga::graphics::mode] & vga::graphics::shift256) != 0;
  Image image{(crtc_[reg::horizontal_end] + 1u) * 8, display_lines(), {}};
  image.pixels.reserve(std::size_t{image.width} * image.height);
  for (unsigned y = 0; y < image.height; ++y) {
    const u32 start = row_start(y / lines_per_row());
    for (unsigned x = 0; x < image.width; ++x) {
      const auto& planes = memory_[plane_address(start + x / 8)];
      if (deep) {
        image.pixels.push_back(dac_color(planes[x / 2 % 4]));
        continue;
      }
      u8 value = 0;
      for (unsigned plane = 0; plane < 4; ++plane) {
        value |= static_cast<u8>((planes[plane] >> (7 - x % 8) & 1) << plane);
      }
      image.pixels.push_back(color(value));
    }
  }
  return image;
}

Image Vga::render() const {
  Image image = text_mode() ? render_text() : render_graphics();
  const bool blank = (sequencer_[vga::sequencer::clocking] & vga::sequencer::screen_off) ||
                     !(attribute_index_ & vga::attribute::palette_source);
  if (blank) std::fill(image.pixels.begin(), image.pixels.end(), 0);
  return image;
}

std::string Vga::text() const {
  std::string text;
  if (!text_mode()) return text;
  const TextLayout layout = text_layout();
  for (unsigned row = 0; row < layout.rows; ++row) {
    std::string line;
    for (unsigned column = 0; column < layout.columns; ++column) {
      const u8 character = memory_[plane_address((row_start(row) + column) & 0xFFFF)][0];
      const bool printable = character >= 0x20 && character < 0x7F;
      line += printable ? static_cast<char>(character) : character == 0 ? ' ' : '?';
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

}  // namespace faultline
