// INT 10h.
#include "firmware/test/bios_test.hpp"

namespace bios_test {
namespace {

constexpr u32 screen = 0xB8000;

u16 cell(u32 row, u32 column, u32 page = 0) {
  return peek<u16>(screen + page * 4096 + row * 160 + column * 2);
}
void move_cursor(u32 row, u32 column, u32 page = 0) {
  interrupt(0x10, {.eax = 0x0200, .ebx = page << 8, .edx = row << 8 | column});
}
u16 cursor(u32 page = 0) { return interrupt(0x10, {.eax = 0x0300, .ebx = page << 8}).dx(); }
void type(const char* text) {
  for (; *text != 0; ++text) interrupt(0x10, {.eax = 0x0E00u | static_cast<u8>(*text), .ebx = 7});
}
u16 hardware_cursor() {
  outb(0x3D4, 0x0E);
  const u8 high = inb(0x3D5);
  outb(0x3D4, 0x0F);
  return static_cast<u16>(high << 8 | inb(0x3D5));
}

/// Mode 13h and the DAC services; mode 3 again at the end.
void test_graphics() {
  interrupt(0x10, {.eax = 0x0013});
  Registers r = interrupt(0x10, {.eax = 0x0F00});
  check(r.al() == 0x13 && r.ah() == 40, "AH=0Fh in mode 13h");
  bool clear = true;
  for (u32 i = 0; i < 64000; i += 4) clear = clear && peek<u32>(0xA0000 + i) == 0;
  check(clear, "mode 13h clears its memory");
  interrupt(0x10, {.eax = 0x0C9A, .ebx = 0, .ecx = 319, .edx = 199});
  check(peek<u8>(0xA0000 + 63999) == 0x9A, "AH=0Ch writes a pixel");
  check(interrupt(0x10, {.eax = 0x0D00, .ebx = 0, .ecx = 319, .edx = 199}).al() == 0x9A,
        "AH=0Dh reads it back");

  r = interrupt(0x10, {.eax = 0x1015, .ebx = 32});
  check(r.edx >> 8 == 0 && r.cx() == 0x003F, "AX=1015h: colour 32 is blue");
  static u8 colors[] = {1, 2, 3, 4, 5, 0xFF}, back[9] = {};
  interrupt(0x10, {.eax = 0x1012, .ebx = 254, .ecx = 2, .edx = reinterpret_cast<u32>(colors)});
  interrupt(0x10, {.eax = 0x1010, .ebx = 253, .ecx = 0x0A0B, .edx = 0x0900});
  interrupt(0x10, {.eax = 0x1017, .ebx = 253, .ecx = 3, .edx = reinterpret_cast<u32>(back)});
  check(back[0] == 9 && back[1] == 10 && back[2] == 11, "AX=1010h sets a colour");
  check(back[3] == 1 && back[5] == 3 && back[6] == 4 && back[8] == 0x3F,
        "AX=1012h and 1017h move a block of colours");
  interrupt(0x10, {.eax = 0x1018, .ebx = 0x0F});
  check((interrupt(0x10, {.eax = 0x1019}).ebx & 0xFF) == 0x0F, "AX=1018h and 1019h: the PEL mask");
  interrupt(0x10, {.eax = 0x1000, .ebx = 0x2A05});
  check(interrupt(0x10, {.eax = 0x1007, .ebx = 5}).ebx >> 8 == 0x2A, "AX=1000h and 1007h");
  interrupt(0x10, {.eax = 0x1001, .ebx = 0x3300});
  check(interrupt(0x10, {.eax = 0x1008}).ebx >> 8 == 0x33, "AX=1001h and 1008h: the border");
  u8 all[17];
  interrupt(0x10, {.eax = 0x1009, .edx = reinterpret_cast<u32>(all)});
  check(all[4] == 4 && all[5] == 0x2A && all[16] == 0x33, "AX=1009h reads all of them");
  all[15] = 0x21;
  interrupt(0x10, {.eax = 0x1002, .edx = reinterpret_cast<u32>(all)});
  check(interrupt(0x10, {.eax = 0x1007, .ebx = 15}).ebx >> 8 == 0x21, "AX=1002h sets them");

  interrupt(0x10, {.eax = 0x0003});
  check(interrupt(0x10, {.eax = 0x0F00}).ax() == 0x5003, "and back to mode 3");
  interrupt(0x10, {.eax = 0x1003, .ebx = 0});
  check((interrupt(0x10, {.eax = 0x1007, .ebx = 0x10}).ebx >> 8 & 8) == 0, "AX=1003h: no blinking");
  interrupt(0x10, {.eax = 0x1003, .ebx = 1});
  check((interrupt(0x10, {.eax = 0x1007, .ebx = 0x10}).ebx >> 8 & 8) == 8, "AX=1003h: blinking");
}

void test_text() {
  interrupt(0x10, {.eax = 0x0003});
  bool clear = true;
  for (u32 i = 0; i < 2000; ++i) clear = clear && peek<u16>(screen + i * 2) == 0x0720;
  check(clear && cursor() == 0, "mode 3 clears the screen");
  Registers r = interrupt(0x10, {.eax = 0x0F00});
  check(r.al() == 3 && r.ah() == 80 && (r.ebx >> 8 & 0xFF) == 0, "AH=0Fh");

  move_cursor(10, 78);
  check(hardware_cursor() == 10 * 80 + 78, "the CRTC's cursor follows");
  type("AB");
  check(cell(10, 78) == 0x0741 && cell(10, 79) == 0x0742 && cursor() == 11 << 8,
        "teletype goes on at the next row");
  type("xy\b\rZ\n");
  check(cell(11, 0) == 0x075A && cell(11, 1) == 0x0779 && cursor() == (12 << 8 | 1),
        "BS, CR and LF move the cursor");
  move_cursor(24, 0);
  type("last\n");
  check((cell(23, 0) & 0xFF) == 'l' && cell(24, 0) == 0x0720 && cursor() == (24 << 8 | 4),
        "LF in the last row scrolls");
  check((cell(9, 78) & 0xFF) == 'A', "scrolling moves every row");

  move_cursor(5, 5);
  interrupt(0x10, {.eax = 0x0923, .ebx = 0x001E, .ecx = 3});
  check(cell(5, 4) == 0x0720 && cell(5, 5) == 0x1E23 && cell(5, 7) == 0x1E23 &&
            cell(5, 8) == 0x0720 && cursor() == (5 << 8 | 5),
        "AH=09h repeats with the attribute");
  interrupt(0x10, {.eax = 0x0A2B, .ebx = 0, .ecx = 1});
  check(cell(5, 5) == 0x1E2B, "AH=0Ah keeps the attribute");
  check(interrupt(0x10, {.eax = 0x0800, .ebx = 0}).ax() == 0x1E2B, "AH=08h reads it back");

  // A window of rows 4 to 6, columns 4 to 10, one line up, then down, then cleared.
  interrupt(0x10, {.eax = 0x0601, .ebx = 0x2F00, .ecx = 0x0404, .edx = 0x060A});
  check(cell(4, 5) == 0x1E2B && cell(6, 4) == 0x2F20 && cell(6, 10) == 0x2F20 &&
            cell(6, 11) == 0x0720 && cell(5, 5) != 0x1E2B,
        "AH=06h scrolls a window up");
  interrupt(0x10, {.eax = 0x0702, .ebx = 0x3F00, .ecx = 0x0404, .edx = 0x060A});
  check(cell(6, 5) == 0x1E2B && cell(4, 4) == 0x3F20 && cell(5, 10) == 0x3F20,
        "AH=07h scrolls a window down");
  interrupt(0x10, {.eax = 0x0600, .ebx = 0x0700, .ecx = 0x0404, .edx = 0x060A});
  check(cell(6, 5) == 0x0720 && cell(4, 4) == 0x0720, "AL=0 clears the window");

  static const char text[] = "Hi\r\n!";
  interrupt(
      0x10,
      {.eax = 0x1301, .ebx = 0x004E, .ecx = 5, .edx = 0x0814, .ebp = reinterpret_cast<u32>(text)});
  check(cell(8, 20) == 0x4E48 && cell(8, 21) == 0x4E69 && cell(9, 0) == 0x4E21 &&
            cursor() == (9 << 8 | 1),
        "AH=13h writes a string and moves the cursor");
  static const u8 pairs[] = {'a', 0x1A, 'b', 0x2B};
  interrupt(
      0x10,
      {.eax = 0x1302, .ebx = 0, .ecx = 2, .edx = 0x0A00, .ebp = reinterpret_cast<u32>(pairs)});
  check(cell(10, 0) == 0x1A61 && cell(10, 1) == 0x2B62 && cursor() == (9 << 8 | 1),
        "AH=13h with attributes in the string");

  interrupt(0x10, {.eax = 0x0501});
  move_cursor(1, 2, 1);
  type("p");
  check(cell(1, 2, 1) == 0x0770 && peek<u16>(0x44E) == 4096 && cursor() == (9 << 8 | 1),
        "page 1 has its own cells and cursor");
  interrupt(0x10, {.eax = 0x0500});
  interrupt(0x10, {.eax = 0x0100, .ecx = 0x0607});
  check(interrupt(0x10, {.eax = 0x0300, .ebx = 0}).cx() == 0x0607, "AH=01h: the cursor's shape");
  r = interrupt(0x10, {.eax = 0x1A00});
  check(r.al() == 0x1A && (r.ebx & 0xFF) == 8, "AH=1Ah: VGA, colour");
}

}  // namespace

void test_video() {
  test_text();
  test_graphics();
}

}  // namespace bios_test
