// PNG files through libpng.
#include "machine/image.hpp"

#include <png.h>

#include <cerrno>
#include <cstdio>
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
  // Not png_image_write_to_file, which removes the file, or device, that it cannot write.
  errno = 0;
  std::FILE* file = std::fopen(path.c_str(), "wb");
  const bool written =
      file != nullptr && png_image_write_to_stdio(&png, file, 0, rgb.data(), 0, nullptr) != 0;
  const bool closed = file == nullptr || std::fclose(file) == 0;
  if (written && closed) return;
  const std::string why = errno != 0 ? std::strerror(errno) : png.message;
  throw std::runtime_error("picture '" + path + "': " + why);
}

}  // namespace faultline
