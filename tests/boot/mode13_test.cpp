// Mode 13h from a boot sector to the screenshot: pixels, palette, and the way back to text.
#include <gtest/gtest.h>
#include <png.h>

#include "tests/boot/command.hpp"

namespace faultline::tests {
namespace {

using Bytes = std::vector<std::uint8_t>;

/// A screenshot, each pixel 00RRGGBBh.
struct Picture {
  unsigned width = 0, height = 0;
  Bytes rgb;
  std::uint32_t at(unsigned x, unsigned y) const {
    const std::uint8_t* p = &rgb.at((std::size_t{y} * width + x) * 3);
    return static_cast<std::uint32_t>(p[0] << 16 | p[1] << 8 | p[2]);
  }
};

Picture read_png(const std::string& path) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  EXPECT_NE(png_image_begin_read_from_file(&image, path.c_str()), 0) << image.message;
  image.format = PNG_FORMAT_RGB;
  Picture picture{image.width, image.height, Bytes(PNG_IMAGE_SIZE(image))};
  EXPECT_NE(png_image_finish_read(&image, nullptr, picture.rgb.data(), 0, nullptr), 0);
  return picture;
}

const Bytes leave = {0xB0, 0x00, 0xE6, 0xF4, 0xF4};  // mov al, 0; out F4h, al; hlt
const Bytes mode_13h = {0xB8, 0x13, 0x00, 0xCD, 0x10};
const Bytes mode_3_and_a_letter = {
    0xB8, 0x03, 0x00, 0xCD, 0x10,  // mov ax, 3; int 10h
    0xB8, 0x67, 0x0E, 0xCD, 0x10,  // mov ax, 0E67h: 'g'; int 10h
};

/// Boots the pieces as one boot sector, which ends by itself.
Outcome boot(const Scratch& scratch, std::initializer_list<Bytes> pieces) {
  Bytes code;
  for (const Bytes& piece : pieces) code.insert(code.end(), piece.begin(), piece.end());
  const Outcome run = faultline({"boot", "--headless", "--overlay", "--serial", "none", "--disk",
                                 scratch.boot_sector(code), "--screenshot", scratch.path("png")});
  EXPECT_EQ(run.status, 1) << run.err;
  return run;
}

/// Pixel (x, y) gets colour (x xor y) mod 256.
const Bytes draw = {
    0x68, 0x00, 0xA0, 0x07,                    // push A000h; pop es
    0x31, 0xFF, 0x31, 0xDB,                    // xor di, di; xor bx, bx
    0x31, 0xD2,                                // row: xor dx, dx
    0x88, 0xD0, 0x30, 0xD8, 0xAA,              // next: mov al, dl; xor al, bl; stosb
    0x42, 0x81, 0xFA, 0x40, 0x01, 0x75, 0xF4,  // inc dx; cmp dx, 320; jne next
    0x43, 0x81, 0xFB, 0xC8, 0x00, 0x75, 0xEB,  // inc bx; cmp bx, 200; jne row
};

TEST(Mode13h, EveryPixelIsDoubledAndInItsPalettesColour) {
  const Scratch scratch;
  boot(scratch, {mode_13h, draw, leave});
  const Picture picture = read_png(scratch.path("png"));
  ASSERT_EQ(picture.width, 640u);
  ASSERT_EQ(picture.height, 400u);
  std::vector<std::uint32_t> palette(256);
  for (unsigned x = 0; x < 256; ++x) palette[x] = picture.at(2 * x, 0);
  for (unsigned y = 0; y < 400; ++y) {
    for (unsigned x = 0; x < 640; ++x) {
      ASSERT_EQ(picture.at(x, y), palette[(x / 2 ^ y / 2) & 0xFF]) << x << "," << y;
    }
  }
  // Values of the standard palette that every description of it gives.
  struct Color {
    unsigned index;
    std::uint32_t rgb;
  };
  for (const Color color :
       {Color{0, 0x000000}, {1, 0x0000AA},   {6, 0xAA5500},   {7, 0xAAAAAA},   {8, 0x555555},
        {15, 0xFFFFFF},     {16, 0x000000},  {24, 0x717171},  {31, 0xFFFFFF},  {32, 0x0000FF},
        {33, 0x4100FF},     {36, 0xFF00FF},  {40, 0xFF0000},  {44, 0xFFFF00},  {48, 0x00FF00},
        {52, 0x00FFFF},     {55, 0x0041FF},  {56, 0x7D7DFF},  {80, 0xB6B6FF},  {104, 0x000071},
        {105, 0x1C0071},    {152, 0x515171}, {176, 0x000041}, {200, 0x202041}, {224, 0x2C2C41},
        {247, 0x2C3041},    {248, 0x000000}, {255, 0x000000}}) {
    EXPECT_EQ(palette[color.index], color.rgb) << color.index;
  }
}

TEST(Mode13h, ProgramsChangePaletteAndPixels) {
  const Scratch scratch;
  const Bytes change = {
      0xBA, 0xC8, 0x03, 0xB0, 0x01, 0xEE,              // mov dx, 3C8h; mov al, 1; out dx, al
      0x42, 0xB0, 0x3F, 0xEE, 0xB0, 0x15, 0xEE,        // inc dx; 63 red, 21 green,
      0x30, 0xC0, 0xEE,                                // and no blue
      0xB8, 0x10, 0x10, 0xBB, 0x02, 0x00,              // mov ax, 1010h; mov bx, 2
      0xB9, 0x15, 0x3F, 0xBA, 0x00, 0x00, 0xCD, 0x10,  // 63 green, 21 blue; int 10h
      0xB8, 0x28, 0x0C, 0xB9, 0x0A, 0x00,              // mov ax, 0C28h; mov cx, 10
      0xBA, 0x14, 0x00, 0xCD, 0x10,                    // mov dx, 20; int 10h
      0x31, 0xC0, 0xB4, 0x0D, 0xCD, 0x10,              // mov ax, 0D00h; int 10h: read it
      0xE6, 0xE9,                                      // out E9h, al
      0x31, 0xC9, 0xB4, 0x0D, 0xCD, 0x10, 0xE6, 0xE9,  // and that at column 0
  };
  const Outcome run = boot(scratch, {mode_13h, draw, change, leave});
  EXPECT_EQ(run.out, "\x28\x14");
  const Picture picture = read_png(scratch.path("png"));
  EXPECT_EQ(picture.at(2, 0), 0xFF5500u);
  EXPECT_EQ(picture.at(4, 0), 0x00FF55u);
  EXPECT_EQ(picture.at(20, 40), 0xFF0000u);
  EXPECT_EQ(picture.at(21, 41), 0xFF0000u);
}

TEST(Mode13h, TextIsAsBeforeAfterwards) {
  const Scratch scratch;
  boot(scratch, {mode_3_and_a_letter, leave});
  const std::string text = scratch.read("png");
  // Every byte of all four planes, the font's among them: planes unchained, as "mode X" does.
  const Bytes scribble = {
      0xBA, 0xC4, 0x03, 0xB8, 0x04, 0x06, 0xEF,  // mov dx, 3C4h; mov ax, 0604h; out dx, ax
      0xB8, 0x02, 0x0F, 0xEF,                    // mov ax, 0F02h; out dx, ax
      0x68, 0x00, 0xA0, 0x07,                    // push A000h; pop es
      0x31, 0xFF, 0xB0, 0xA5,                    // xor di, di; mov al, A5h
      0xB9, 0xFF, 0xFF, 0xF3, 0xAA,              // mov cx, FFFFh; rep stosb
  };
  boot(scratch, {mode_13h, draw, scribble, mode_3_and_a_letter, leave});
  EXPECT_EQ(scratch.read("png"), text);
}

TEST(Mode13h, AModeThatIsNotThereChangesNothing) {
  const Scratch scratch;
  boot(scratch, {mode_3_and_a_letter, leave});
  const std::string text = scratch.read("png");
  boot(scratch, {mode_3_and_a_letter, {0xB8, 0x12, 0x00, 0xCD, 0x10}, leave});
  EXPECT_EQ(scratch.read("png"), text);
}

}  // namespace
}  // namespace faultline::tests
