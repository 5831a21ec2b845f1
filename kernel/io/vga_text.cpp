// Writing to the VGA's text memory: a character and an attribute byte a cell. [VGA]
#include "kernel/io/vga_text.hpp"

#include "arch/ports.hpp"
#include "kernel/ke/processor.hpp"
#include "kernel/mm/layout.hpp"
#include "kernel/rtl/memory.hpp"

namespace {

constexpr unsigned columns = 80, rows = 25, tab_stop = 8;
constexpr arch::u8 light_grey_on_black = 0x07, white_on_blue = 0x1F;
constexpr arch::u8 cursor_high = 0x0E, cursor_low = 0x0F;

constinit unsigned column = 0, row = 0;
constinit arch::u8 attribute = light_grey_on_black;

arch::u16* cells() { return reinterpret_cast<arch::u16*>(KSEG0_BASE + arch::memory_map::vga_text); }

arch::u16 cell(char c) {
  return static_cast<arch::u16>(static_cast<unsigned char>(c) | attribute << 8);
}

void fill(unsigned first, unsigned count) {
  for (unsigned i = 0; i < count; ++i) cells()[first + i] = cell(' ');
}

void place_cursor() {
  const unsigned position = row * columns + column;
  WRITE_PORT_UCHAR(arch::port::vga_crtc_index, cursor_high);
  WRITE_PORT_UCHAR(arch::port::vga_crtc_data, static_cast<arch::u8>(position >> 8));
  WRITE_PORT_UCHAR(arch::port::vga_crtc_index, cursor_low);
  WRITE_PORT_UCHAR(arch::port::vga_crtc_data, static_cast<arch::u8>(position));
}

void new_line() {
  if (++row < rows) return;
  row = rows - 1;
  memmove(cells(), cells() + columns, (rows - 1) * columns * sizeof(arch::u16));
  fill((rows - 1) * columns, columns);
}

void put(char c) {
  switch (c) {
    case '\n':
      new_line();
      return;
    case '\r':
      column = 0;
      return;
    case '\b':
      if (column != 0) --column;
      return;
    case '\t':
      do {
        put(' ');
      } while (column % tab_stop != 0);
      return;
    case '\a':
      return;
    default:
      break;
  }
  cells()[row * columns + column] = cell(c);
  if (++column == columns) {
    column = 0;
    new_line();
  }
}

void clear() {
  column = row = 0;
  fill(0, columns * rows);
}

}  // namespace

void HalInitializeDisplay() {
  clear();
  place_cursor();
}

void HalDisplayText(const char* text, std::size_t length) {
  for (std::size_t i = 0; i < length; ++i) put(text[i]);
  place_cursor();
}

void HalDisplayStopScreen(const char* text) {
  attribute = white_on_blue;
  clear();
  for (; *text != '\0'; ++text) {
    if (*text == '\n') put('\r');
    put(*text);
  }
  place_cursor();
}
