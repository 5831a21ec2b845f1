// The font a VGA's text modes start with: code page 437 in cells of 8 x 16; letters from the sheet,
// lines and blocks by construction.
#pragma once

#include "arch/integers.hpp"
#include "arch/vga_font_sheet.hpp"

namespace arch {

/// One byte a row from the top, bit 7 the leftmost pixel.
struct Glyph {
  u8 row[16];
  constexpr u8& operator[](unsigned i) { return row[i]; }
  constexpr u8 operator[](unsigned i) const { return row[i]; }
  bool operator==(const Glyph&) const = default;
};
struct Font {
  Glyph glyph[256];
  constexpr Glyph& operator[](unsigned i) { return glyph[i]; }
  constexpr const Glyph& operator[](unsigned i) const { return glyph[i]; }
};

namespace font_detail {
constexpr unsigned band_rows = 13, first_row = 2, band_characters = 8;

/// Pixels first..last of a row, column 0 on the left.
constexpr u8 columns(unsigned first, unsigned last) {
  return static_cast<u8>((0xFF >> first) & (0xFF << (7 - last)));
}

constexpr void fill(Glyph& glyph, unsigned top, unsigned bottom, unsigned left, unsigned right) {
  for (unsigned row = top; row <= bottom; ++row) glyph[row] |= columns(left, right);
}

constexpr void clear(Glyph& glyph, unsigned top, unsigned bottom, unsigned left, unsigned right) {
  for (unsigned row = top; row <= bottom; ++row)
    glyph[row] &= static_cast<u8>(~columns(left, right));
}

constexpr void draw_sheet(Font& font) {
  const char* at = font_sheet + 1;
  constexpr unsigned characters = sizeof font_sheet_characters - 1;
  for (unsigned first = 0; first < characters; first += band_characters) {
    for (unsigned row = 0; row < band_rows; ++row, ++at) {
      for (unsigned column = 0; *at != '\n'; ++column, ++at) {
        if (*at != '#') continue;
        const auto character = static_cast<u8>(font_sheet_characters[first + column / 9]);
        font[character][first_row + row] |= static_cast<u8>(0x80 >> column % 9);
      }
    }
    if (*at != 0) ++at;  // the blank line between bands
  }
}

/// How many strokes leave the cell's centre in each direction: none, one or two.
struct Arms {
  u8 up, down, left, right;
};

// Characters B3h to DAh.
inline constexpr Arms line_arms[40] = {
    {1, 1, 0, 0}, {1, 1, 1, 0}, {1, 1, 2, 0}, {2, 2, 1, 0}, {0, 2, 1, 0}, {0, 1, 2, 0},
    {2, 2, 2, 0}, {2, 2, 0, 0}, {0, 2, 2, 0}, {2, 0, 2, 0}, {2, 0, 1, 0}, {1, 0, 2, 0},
    {0, 1, 1, 0}, {1, 0, 0, 1}, {1, 0, 1, 1}, {0, 1, 1, 1}, {1, 1, 0, 1}, {0, 0, 1, 1},
    {1, 1, 1, 1}, {1, 1, 0, 2}, {2, 2, 0, 1}, {2, 0, 0, 2}, {0, 2, 0, 2}, {2, 0, 2, 2},
    {0, 2, 2, 2}, {2, 2, 0, 2}, {0, 0, 2, 2}, {2, 2, 2, 2}, {1, 0, 2, 2}, {2, 0, 1, 1},
    {0, 1, 2, 2}, {0, 2, 1, 1}, {2, 0, 0, 1}, {1, 0, 0, 2}, {0, 1, 0, 2}, {0, 2, 0, 1},
    {2, 2, 1, 1}, {1, 1, 2, 2}, {1, 0, 1, 0}, {0, 1, 0, 1},
};

/// A double stroke is a tube: filled to the middle of the crossing, hollowed out afterwards.
constexpr void draw_double(Glyph& glyph, const Arms& arms) {
  const bool tall = arms.up == 2 || arms.down == 2, wide = arms.left == 2 || arms.right == 2;
  const bool crossed = tall && wide;
  if (arms.up == 2) fill(glyph, 0, crossed ? 8 : 7, 2, 6);
  if (arms.down == 2) fill(glyph, crossed ? 6 : 7, 15, 2, 6);
  if (arms.left == 2) fill(glyph, 6, 8, 0, crossed ? 6 : 4);
  if (arms.right == 2) fill(glyph, 6, 8, crossed ? 2 : 3, 7);
  // A stroke that ends on a single line stays closed there.
  const bool open_rows = crossed || arms.up == arms.down,
             open_columns = crossed || arms.left == arms.right;
  if (arms.up == 2) clear(glyph, 0, open_rows ? 7 : 6, 4, 4);
  if (arms.down == 2) clear(glyph, open_rows ? 7 : 8, 15, 4, 4);
  if (arms.left == 2) clear(glyph, 7, 7, 0, open_columns ? 4 : 2);
  if (arms.right == 2) clear(glyph, 7, 7, open_columns ? 4 : 5, 7);
}

/// A single stroke goes to the centre; at a double line it ends at the near stroke of a straight
/// one and at the far stroke of a corner; it passes through when it goes on beyond.
constexpr void draw_single(Glyph& glyph, const Arms& arms) {
  const bool tall = arms.up == 2 || arms.down == 2, wide = arms.left == 2 || arms.right == 2;
  const bool near_rows = arms.left == arms.right && arms.up != arms.down;
  const bool near_columns = arms.up == arms.down && arms.left != arms.right;
  if (arms.up == 1) fill(glyph, 0, !wide ? 7 : near_rows ? 6 : 8, 3, 4);
  if (arms.down == 1) fill(glyph, !wide ? 7 : near_rows ? 8 : 6, 15, 3, 4);
  if (arms.left == 1) fill(glyph, 7, 7, 0, !tall ? 4 : near_columns ? 3 : 6);
  if (arms.right == 1) fill(glyph, 7, 7, !tall ? 3 : near_columns ? 5 : 2, 7);
}

constexpr void draw_lines(Font& font) {
  for (unsigned i = 0; i < sizeof line_arms / sizeof line_arms[0]; ++i) {
    draw_double(font[0xB3 + i], line_arms[i]);
    draw_single(font[0xB3 + i], line_arms[i]);
  }
}

constexpr void draw_blocks(Font& font) {
  for (unsigned row = 0; row < 16; ++row) {
    const bool odd = row % 2 != 0;
    font[0xB0][row] = odd ? 0x44 : 0x11;
    font[0xB1][row] = odd ? 0xAA : 0x55;
    font[0xB2][row] = odd ? 0xBB : 0xEE;
  }
  fill(font[0xDB], 0, 15, 0, 7);
  fill(font[0xDC], 8, 15, 0, 7);
  fill(font[0xDD], 0, 15, 0, 3);
  fill(font[0xDE], 0, 15, 4, 7);
  fill(font[0xDF], 0, 7, 0, 7);
}

constexpr Font build() {
  Font font{};
  draw_sheet(font);
  draw_lines(font);
  draw_blocks(font);
  return font;
}

}  // namespace font_detail

inline constexpr Font default_font = font_detail::build();

}  // namespace arch
