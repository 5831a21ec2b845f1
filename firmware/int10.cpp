// INT 10h: video services, for the 80 x 25 text screen and the pixels of mode 13h. [PC/AT TR "ROM
// BIOS", INT 10h]
#include "arch/ports.hpp"
#include "firmware/bios_data.hpp"
#include "firmware/console.hpp"
#include "firmware/processor.hpp"
#include "firmware/registers.hpp"
#include "firmware/video_mode.hpp"

namespace firmware {

void palette_service(Registers& r);  // int10_palette.cpp

namespace {

constexpr u16 text = 0xB800;
constexpr u8 rows = 25, columns = 80;

void crtc_write_word(u8 high_register, u16 value) {
  outb(port::vga_crtc_index, high_register);
  outb(port::vga_crtc_data, static_cast<u8>(value >> 8));
  outb(port::vga_crtc_index, static_cast<u8>(high_register + 1));
  outb(port::vga_crtc_data, static_cast<u8>(value));
}

/// Offset in the text segment of a cell of a page.
u16 cell(u8 page, u8 row, u8 column) {
  return static_cast<u16>((page & 7) * 4096 + (row * columns + column) * 2);
}
u16 cursor_cell(u8 page) {
  const u16 at = bda::cursor[page & 7];
  return cell(page, static_cast<u8>(at >> 8), static_cast<u8>(at));
}

void set_cursor(u8 page, u8 row, u8 column) {
  bda::cursor.set(page & 7, static_cast<u16>(row << 8 | column));
  if (page == bda::active_page) crtc_write_word(0x0E, cell(page, row, column) / 2);
}

void set_cursor_shape(u16 shape) {
  bda::cursor_shape = shape;
  u8 start = static_cast<u8>(shape >> 8), end = static_cast<u8>(shape);
  if ((start & 0x20) == 0 && end <= 8 && start <= end) {  // CGA lines scaled to 16 a character
    start = static_cast<u8>(start != 0 ? start * 2 + 1 : 0);
    end = static_cast<u8>(end * 2);
  }
  crtc_write_word(0x0A, static_cast<u16>(start << 8 | end));
}

void select_page(u8 page) {
  page &= 7;
  bda::active_page = page;
  bda::page_start = static_cast<u16>(page * 4096);
  crtc_write_word(0x0C, static_cast<u16>(page * 2048));
  const u16 at = bda::cursor[page];
  set_cursor(page, static_cast<u8>(at >> 8), static_cast<u8>(at));
}

struct Window {
  u8 top, left, bottom, right;
};

void scroll(u8 page, Window w, u8 lines, u8 attribute, bool up) {
  if (w.bottom >= rows) w.bottom = rows - 1;
  if (w.right >= columns) w.right = columns - 1;
  if (w.top > w.bottom || w.left > w.right) return;
  const u8 height = static_cast<u8>(w.bottom - w.top + 1);
  const u16 width = static_cast<u16>(w.right - w.left + 1);
  const u16 blank = static_cast<u16>(attribute << 8 | ' ');
  if (lines == 0 || lines > height) lines = height;  // 0 clears the window
  for (u8 i = 0; i < height; ++i) {
    const u8 row = static_cast<u8>(up ? w.top + i : w.bottom - i);
    const u16 to = cell(page, row, w.left);
    if (i + lines < height) {
      const u8 from = static_cast<u8>(up ? row + lines : row - lines);
      far_move_words(text, to, cell(page, from, w.left), width, false);
    } else {
      far_fill_words(text, to, blank, width);
    }
  }
}

void beep() {
  outb(port::pit_control, 0xB6);  // counter 2, square wave
  outb(port::pit_counter2, 0x33);
  outb(port::pit_counter2, 0x05);  // 896 Hz
  const u8 control = inb(port::system_control_b);
  outb(port::system_control_b, control | 3);
  for (u32 i = 0; i < poll_limit / 10; ++i) inb(port::system_control_b);
  outb(port::system_control_b, control);
}

void repeat_at_cursor(Registers& r, bool with_attribute) {
  u16 at = cursor_cell(r.bh());
  for (u16 n = r.cx(); n != 0; --n, at = static_cast<u16>(at + 2)) {
    far_write<u8>(text, at, r.al());
    if (with_attribute) far_write<u8>(text, at + 1u, r.bl());
  }
}

/// AH=13h: AL bit 0 moves the cursor, bit 1 says attributes lie between the characters.
void write_string(Registers& r) {
  const u8 page = r.bh();
  const u16 before = bda::cursor[page & 7];
  set_cursor(page, r.dh(), r.dl());
  u16 from = r.bp.word;
  for (u16 n = r.cx(); n != 0; --n) {
    const u8 character = far_read<u8>(r.es, from++);
    const bool control =
        character == '\r' || character == '\n' || character == '\b' || character == '\a';
    const u8 attribute = (r.al() & 2) != 0 ? far_read<u8>(r.es, from++) : r.bl();
    if (!control) far_write<u8>(text, cursor_cell(page) + 1u, attribute);
    teletype(character, page);
  }
  if ((r.al() & 1) == 0) set_cursor(page, static_cast<u8>(before >> 8), static_cast<u8>(before));
}

/// AH=00h: bit 7 of AL keeps the screen's memory. The text modes are all mode 3; modes that are not
/// there change nothing.
void set_mode(u8 mode) {
  const bool clear = (mode & 0x80) == 0;
  mode &= 0x7F;
  if (mode == graphics_mode) return set_graphics_mode(clear);
  if (mode <= 3 || mode == 7) set_text_mode(clear);
}

/// Where a pixel is in segment A000h.
u16 pixel(u16 column, u16 row) { return static_cast<u16>(row * 320 + column); }

}  // namespace

void teletype(u8 character, u8 page) {
  const u16 at = bda::cursor[page & 7];
  u8 row = static_cast<u8>(at >> 8), column = static_cast<u8>(at);
  switch (character) {
    case '\a':
      return beep();
    case '\b':
      column = static_cast<u8>(column - (column != 0));
      break;
    case '\n':
      ++row;
      break;
    case '\r':
      column = 0;
      break;
    default:
      far_write<u8>(text, cell(page, row, column), character);
      if (++column == columns) column = 0, ++row;
  }
  if (row >= rows) {
    row = rows - 1;
    const u8 attribute = far_read<u8>(text, cell(page, row, column) + 1u);
    scroll(page, {0, 0, rows - 1, columns - 1}, 1, attribute, true);
  }
  set_cursor(page, row, column);
}

extern "C" void int10(Registers& r) {
  switch (r.ah()) {
    case 0x00:
      set_mode(r.al());
      break;
    case 0x01:
      set_cursor_shape(r.cx());
      break;
    case 0x02:
      set_cursor(r.bh(), r.dh(), r.dl());
      break;
    case 0x03:
      r.dx() = bda::cursor[r.bh() & 7];
      r.cx() = bda::cursor_shape;
      break;
    case 0x05:
      select_page(r.al());
      break;
    case 0x06:
    case 0x07:
      scroll(bda::active_page, {r.ch(), r.cl(), r.dh(), r.dl()}, r.al(), r.bh(), r.ah() == 0x06);
      break;
    case 0x08:
      r.ax() = far_read<u16>(text, cursor_cell(r.bh()));
      break;
    case 0x09:
      repeat_at_cursor(r, true);
      break;
    case 0x0A:
      repeat_at_cursor(r, false);
      break;
    case 0x0C:
      if (bda::video_mode == graphics_mode) {
        far_write<u8>(0xA000, pixel(r.cx(), r.dx()), r.al());
      }
      break;
    case 0x0D:
      if (bda::video_mode == graphics_mode) {
        r.al() = far_read<u8>(0xA000, pixel(r.cx(), r.dx()));
      }
      break;
    case 0x0E:
      teletype(r.al(), bda::active_page);
      break;
    case 0x0F:
      r.al() = bda::video_mode;
      r.ah() = static_cast<u8>(bda::columns);
      r.bh() = bda::active_page;
      break;
    case 0x10:
      palette_service(r);
      break;
    case 0x12:
      if (r.bl() == 0x10) {  // a colour adapter with 256 KB
        r.bx() = 0x0003;
        r.cx() = 0x0009;
      }
      break;
    case 0x13:
      write_string(r);
      break;
    case 0x1A:
      if (r.al() == 0) {
        r.al() = 0x1A;
        r.bx() = 0x0008;  // one display: VGA with a colour monitor
      }
      break;
  }
}

void print(const char* rom_string) {
  for (u8 c; (c = static_cast<u8>(rom_read(rom_string))) != 0; ++rom_string) {
    if (c == '\n') teletype('\r', 0);
    teletype(c, 0);
  }
}

void print_decimal(u32 value) {
  u32 divisor = 1;
  while (value / divisor >= 10) divisor *= 10;
  for (; divisor != 0; divisor /= 10) teletype(static_cast<u8>('0' + value / divisor % 10), 0);
}

void print_hex(u32 value, unsigned digits) {
  while (digits-- != 0) {
    const u32 digit = value >> digits * 4 & 15;
    teletype(static_cast<u8>(digit + (digit < 10 ? '0' : 'A' - 10)), 0);
  }
}

}  // namespace firmware
