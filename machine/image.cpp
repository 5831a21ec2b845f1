// PNG files through libpng.
#include "machine/image.hpp"

#include <png.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace faultline {

void write_png(const Image& image, const std::string& path) {
  std::vector<arch::u8> rgb;
  rgb.reserve(image.pixels.size() * 3);
  for (const arch::u32 pixel : image.pixels) {
    for (const int shift : {16, 8, 0}) rgb.push_back(static_cast<arch::u8>(pixel >> shift));
  }
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  png.width = image.width;
  png.height = image.height;
  png.format = PNG_FORMAT_RGB;
  errno = 0;
  if (!png_image_write_to_file(&png, path.c_str(), 0, rgb.data(), 0, nullptr)) {
    const std::string why = errno != 0 ? std::strerror(errno) : png.message;
    throw std::runtime_error("screenshot '" + path + "': " + why);
  }
}

}  // namespace faultline
