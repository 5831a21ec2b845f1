#include "debugger/trace/heat_picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "arch/vga_font.hpp"

namespace faultline {
namespace {

using Geometry = AddressSpaceHeat::Geometry;

constexpr u32 background = 0x14161A, untouched = 0x23272E, ink = 0xC8CCD4, dim = 0x7A808C;
constexpr unsigned margin = 16, line = 20, letter = 8;
constexpr unsigned directory_columns = 32, directory_cell = 14;
constexpr unsigned table_columns = 64, table_cell = 6, most_tables = 12, tables_across = 2;
constexpr unsigned label = 9 * letter;  // an address and a space

struct Canvas {
  Image image;
  Canvas(unsigned width, unsigned height) {
    image.width = width;
    image.height = height;
    image.pixels.assign(std::size_t{width} * height, background);
  }
  void box(unsigned x, unsigned y, unsigned width, unsigned height, u32 colour) {
    for (unsigned row = y; row < std::min(y + height, image.height); ++row)
      for (unsigned column = x; column < std::min(x + width, image.width); ++column)
        image.pixels[std::size_t{row} * image.width + column] = colour;
  }
  void text(unsigned x, unsigned y, std::string_view words, u32 colour) {
    for (const char c : words) {
      const arch::Glyph& glyph = arch::default_font[static_cast<arch::u8>(c)];
      for (unsigned row = 0; row < 16; ++row)
        for (unsigned column = 0; column < letter; ++column)
          if ((glyph[row] & 0x80 >> column) != 0) box(x + column, y + row, 1, 1, colour);
      x += letter;
    }
  }
};

/// 0 to 255, full at 2^20.
u32 shade(u64 count) {
  if (count == 0) return 0;
  return std::min<u32>(70 + static_cast<u32>(std::bit_width(count)) * 185 / 20, 255);
}

u32 colour_of(const Heat& heat) {
  if (heat.total() == 0) return untouched;
  return shade(heat.writes) << 16 | shade(heat.fetches) << 8 | shade(heat.reads);
}

/// The hottest page tables, in the order of their addresses.
std::vector<u32> hottest(const AddressSpaceHeat& heat) {
  std::vector<u32> tables;
  for (u32 i = 0; i < AddressSpaceHeat::tables; ++i)
    if (!heat.table_pages(i).empty()) tables.push_back(i);
  std::stable_sort(tables.begin(), tables.end(),
                   [&](u32 a, u32 b) { return heat.table(a).total() > heat.table(b).total(); });
  if (tables.size() > most_tables) tables.resize(most_tables);
  std::sort(tables.begin(), tables.end());
  return tables;
}

void draw_directory(Canvas& canvas, const AddressSpaceHeat& heat, unsigned x, unsigned y) {
  for (u32 i = 0; i < AddressSpaceHeat::tables; ++i) {
    const unsigned column = i % directory_columns, row = i / directory_columns;
    const unsigned top = y + row * directory_cell;
    if (column == 0 && row % 2 == 0)
      canvas.text(x, top, fmt::format("{:08X}", i << Geometry::directory_shift), dim);
    canvas.box(x + label + column * directory_cell, top, directory_cell - 1, directory_cell - 1,
               colour_of(heat.table(i)));
  }
}

void draw_table(Canvas& canvas, const AddressSpaceHeat& heat, u32 table, unsigned x, unsigned y) {
  const Heat sum = heat.table(table);
  canvas.text(x, y,
              fmt::format("{:08X}  {} accesses", table << Geometry::directory_shift, sum.total()),
              ink);
  const std::vector<Heat>& pages = heat.table_pages(table);
  for (u32 i = 0; i < AddressSpaceHeat::pages; ++i)
    canvas.box(x + i % table_columns * table_cell, y + line + i / table_columns * table_cell,
               table_cell - 1, table_cell - 1, colour_of(pages[i]));
}

void draw_legend(Canvas& canvas, unsigned x, unsigned y) {
  const struct {
    std::string_view name;
    Heat heat;
  } entries[] = {{"writes", {.reads = 0, .writes = 1 << 16, .fetches = 0}},
                 {"fetches", {.reads = 0, .writes = 0, .fetches = 1 << 16}},
                 {"reads", {.reads = 1 << 16, .writes = 0, .fetches = 0}},
                 {"reads and writes", {.reads = 1 << 16, .writes = 1 << 16, .fetches = 0}},
                 {"untouched", {}}};
  for (const auto& entry : entries) {
    canvas.box(x, y + 2, 12, 12, colour_of(entry.heat));
    canvas.text(x + 18, y, entry.name, ink);
    x += 18 + static_cast<unsigned>(entry.name.size() + 2) * letter;
  }
}

}  // namespace

Image draw_heat(const AddressSpaceHeat& heat, std::string_view title) {
  const std::vector<u32> tables = hottest(heat);
  constexpr unsigned directory_rows = AddressSpaceHeat::tables / directory_columns;
  constexpr unsigned table_height = AddressSpaceHeat::pages / table_columns * table_cell + 2 * line;
  constexpr unsigned table_width = table_columns * table_cell + margin;
  const unsigned table_rows =
      (static_cast<unsigned>(tables.size()) + tables_across - 1) / tables_across;
  const unsigned top = margin + 2 * line;
  const unsigned right = margin + label + directory_columns * directory_cell + 2 * margin;
  Canvas canvas(
      right + tables_across * table_width + margin,
      top + line + std::max(directory_rows * directory_cell, table_rows * table_height) + margin);
  canvas.text(margin, margin, title, ink);
  draw_legend(canvas, right, margin);
  canvas.text(margin, margin + line,
              fmt::format("a cell a PDE: {} KB", Geometry::bytes_per_table / 1024), dim);
  canvas.text(right, margin + line,
              fmt::format("the hottest of them, a cell a PTE: {} KB", Geometry::page_size / 1024),
              dim);
  draw_directory(canvas, heat, margin, top + line);
  for (unsigned i = 0; i < tables.size(); ++i)
    draw_table(canvas, heat, tables[i], right + i % tables_across * table_width,
               top + line + i / tables_across * table_height);
  return std::move(canvas.image);
}

}  // namespace faultline
