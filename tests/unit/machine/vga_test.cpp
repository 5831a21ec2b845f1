// VGA: pixels of known cells, registers that read back, retrace, planes, the font.
#include "machine/vga.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include "arch/vga_font.hpp"
#include "temporary_file.hpp"

namespace faultline {
namespace {

class VgaTest : public ::testing::Test {
 protected:
  void put(unsigned row, unsigned column, u8 character, u8 attribute) {
    vga.mmio_write(0x18000 + 2 * (row * 80 + column), 2, u32{attribute} << 8 | character);
  }
  void out(u16 port, u8 value) { vga.port_write(port, 1, value); }
  u8 in(u16 port) { return static_cast<u8>(vga.port_read(port, 1)); }
  void set(u16 port, u8 index, u8 value) {
    out(port, index);
    out(static_cast<u16>(port + 1), value);
  }

  Clock clock;
  Vga vga{clock, 25000000};
};

TEST_F(VgaTest, DrawsACellInItsColours) {
  put(2, 3, 0xDB, 0x4E);  // full block, yellow on red
  put(2, 4, ' ', 0x1F);   // white on blue
  const Image image = vga.render();
  ASSERT_EQ(image.width, 720u);
  ASSERT_EQ(image.height, 400u);
  EXPECT_EQ(image.at(3 * 9, 2 * 16), 0xFFFF55u);
  EXPECT_EQ(image.at(3 * 9 + 8, 2 * 16 + 15), 0xFFFF55u);  // DBh repeats its eighth dot
  EXPECT_EQ(image.at(4 * 9, 2 * 16), 0x0000AAu);
  EXPECT_EQ(image.at(2 * 9, 2 * 16), 0x000000u);
  put(2, 3, 0x00, 0x60);
  EXPECT_EQ(vga.render().at(3 * 9, 2 * 16), 0xAA5500u);  // brown
}

TEST_F(VgaTest, DrawsTheGlyphBitByBit) {
  put(0, 1, 'F', 0x07);
  const Image image = vga.render();
  for (unsigned y = 0; y < 16; ++y) {
    for (unsigned x = 0; x < 8; ++x) {
      const bool ink = arch::default_font['F'][y] >> (7 - x) & 1;
      EXPECT_EQ(image.at(9 + x, y), ink ? 0xAAAAAAu : 0u) << x << "," << y;
    }
    EXPECT_EQ(image.at(9 + 8, y), 0u);
  }
}

TEST_F(VgaTest, BlinkOrSixteenBackgrounds) {
  put(0, 1, ' ', 0xC0);
  EXPECT_EQ(vga.render().at(9, 0), 0xAA0000u);  // blink on: three bits of background
  in(0x3DA);
  out(0x3C0, 0x30);
  out(0x3C0, 0x04);
  EXPECT_EQ(vga.render().at(9, 0), 0xFF5555u);
}

TEST_F(VgaTest, CursorAndStartAddress) {
  set(0x3D4, 0x0E, 0x00);
  set(0x3D4, 0x0F, 81);
  EXPECT_EQ(vga.render().at(9, 16 + 13), 0xAAAAAAu);
  EXPECT_EQ(vga.render().at(9, 16 + 12), 0x000000u);
  set(0x3D4, 0x0A, 0x20);  // off
  EXPECT_EQ(vga.render().at(9, 16 + 13), 0x000000u);
  put(1, 0, 'Z', 0x07);
  set(0x3D4, 0x0D, 80);  // one row further
  EXPECT_EQ(vga.text().substr(0, 2), "Z\n");
}

TEST_F(VgaTest, TextOfTheScreen) {
  const std::string hello = "hello";
  for (unsigned i = 0; i < hello.size(); ++i) put(24, i, static_cast<u8>(hello[i]), 7);
  EXPECT_EQ(vga.text(), std::string(24, '\n') + "hello\n");
}

TEST_F(VgaTest, RegistersReadBack) {
  set(0x3C4, 0x02, 0xFF);
  EXPECT_EQ(in(0x3C5), 0x0F);
  set(0x3CE, 0x08, 0x5A);
  EXPECT_EQ(in(0x3CF), 0x5A);
  set(0x3D4, 0x0E, 0x12);
  EXPECT_EQ(in(0x3D5), 0x12);
  set(0x3D4, 0x00, 0x77);  // protected by register 11h
  EXPECT_EQ(in(0x3D5), 0x5F);
  set(0x3D4, 0x11, 0x0E);
  set(0x3D4, 0x00, 0x77);
  EXPECT_EQ(in(0x3D5), 0x77);
  set(0x3D4, 0x1F, 0x01);  // no such register
  EXPECT_EQ(in(0x3D5), 0x00);
  in(0x3DA);
  out(0x3C0, 0x13);
  out(0x3C0, 0x08);
  EXPECT_EQ(in(0x3C1), 0x08);
  EXPECT_EQ(in(0x3CC), 0x67);
  out(0x3C2, 0x66);  // monochrome addresses
  EXPECT_EQ(in(0x3D5), 0xFF);
  EXPECT_EQ(in(0x3B4), 0x1F);
}

TEST_F(VgaTest, DacReadsAndWritesTriples) {
  out(0x3C8, 5);
  for (u8 value : {1, 2, 0xFF, 4}) out(0x3C9, value);
  out(0x3C7, 5);
  EXPECT_EQ(in(0x3C9), 1);
  EXPECT_EQ(in(0x3C9), 2);
  EXPECT_EQ(in(0x3C9), 0x3F);
  EXPECT_EQ(in(0x3C9), 4);
  EXPECT_EQ(in(0x3C7), 3);
}

TEST_F(VgaTest, RetraceSeventyTimesASecond) {
  int retraces = 0;
  bool before = false;
  for (clock.now = 0; clock.now < 25000000; clock.now += 250) {
    const bool now = (in(0x3DA) & 0x08) != 0;
    retraces += now && !before;
    before = now;
  }
  EXPECT_EQ(retraces, 70);
}

TEST_F(VgaTest, PlanesWriteModesAndLatches) {
  set(0x3C4, 4, 0x06);  // planar
  set(0x3CE, 6, 0x05);  // graphics at A0000h
  set(0x3C4, 2, 0x0F);
  set(0x3CE, 5, 0x02);  // write mode 2
  vga.mmio_write(0x1000, 1, 0x0A);
  for (u8 plane = 0; plane < 4; ++plane) {
    set(0x3CE, 4, plane);
    EXPECT_EQ(vga.mmio_read(0x1000, 1), plane & 1 ? 0xFFu : 0x00u);
  }
  set(0x3CE, 5, 0x01);  // write mode 1 copies the latches
  vga.mmio_write(0x2000, 1, 0);
  set(0x3CE, 5, 0x08);  // read mode 1 compares
  set(0x3CE, 2, 0x0A);
  EXPECT_EQ(vga.mmio_read(0x2000, 1), 0xFFu);
  set(0x3CE, 5, 0x00);
  set(0x3CE, 3, 0x18);  // XOR
  set(0x3CE, 8, 0x0F);  // with four bits
  vga.mmio_read(0x2000, 1);
  vga.mmio_write(0x2000, 1, 0xFF);
  set(0x3CE, 4, 1);
  EXPECT_EQ(vga.mmio_read(0x2000, 1), 0xF0u);
  EXPECT_EQ(vga.mmio_read(0x18000, 1), 0xFFu);  // outside the window
}

TEST_F(VgaTest, EveryRegisterValueRenders) {
  u32 noise = 1;
  for (int i = 0; i < 20000; ++i) {
    noise = noise * 1664525 + 1013904223;
    out(static_cast<u16>(0x3B4 + (noise >> 24) % 39), static_cast<u8>(noise >> 16));
    if (i % 64 == 0) {
      in(0x3DA);
      const Image image = vga.render();
      EXPECT_EQ(image.pixels.size(), std::size_t{image.width} * image.height);
      vga.text();
      vga.mmio_write(noise % 0x1FFFC, 4, noise);
    }
  }
}

TEST_F(VgaTest, WritesPngFiles) {
  const TemporaryFile file(0);
  write_png(vga.render(), file.path());
  std::ifstream png(file.path(), std::ios::binary);
  char signature[8]{};
  png.read(signature, sizeof signature);
  EXPECT_EQ(std::memcmp(signature, "\x89PNG\r\n\x1A\n", 8), 0);
  EXPECT_THROW(write_png(vga.render(), "/no/such/place.png"), std::runtime_error);
}

TEST(VgaFont, EveryPrintableCharacterHasItsOwnShape) {
  const arch::Font& font = arch::default_font;
  for (unsigned a = 0x20; a < 0x7F; ++a) {
    for (unsigned b = a + 1; b < 0x7F; ++b) EXPECT_FALSE(font[a] == font[b]) << a << " " << b;
  }
  EXPECT_TRUE(font[' '] == arch::Glyph{});
  EXPECT_EQ(font[0xC4][7], 0xFF);  // horizontal line
  EXPECT_EQ(font[0xCE][6], 0xF7);  // the crossing of double lines is hollow
  EXPECT_EQ(font[0xCE][7], 0x00);
}

}  // namespace
}  // namespace faultline
