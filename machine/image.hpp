// A picture of the screen, and its way into a PNG file.
#pragma once

#include <string>
#include <vector>

#include "arch/integers.hpp"

namespace faultline {

/// Rows from the top, pixels from the left, each 0x00RRGGBB.
struct Image {
  unsigned width = 0;
  unsigned height = 0;
  std::vector<arch::u32> pixels;

  arch::u32 at(unsigned x, unsigned y) const { return pixels[std::size_t{y} * width + x]; }
};

/// Throws std::runtime_error with a message that names the file.
void write_png(const Image& image, const std::string& path);

}  // namespace faultline
