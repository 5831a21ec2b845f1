// File reading with errors that name the file.
#include "app/files.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <span>

#include "app/exit_code.hpp"

namespace faultline::app {
namespace fs = std::filesystem;
namespace {

fs::path beside_executable(std::span<const char* const> candidates, const char* what,
                           const std::string& remedy) {
  std::error_code error;
  const fs::path directory = fs::read_symlink("/proc/self/exe", error).parent_path();
  for (const char* candidate : candidates) {
    if (fs::exists(directory / candidate, error)) return directory / candidate;
  }
  throw InputError(
      fmt::format("no {} beside the executable in {}: {}", what, directory.string(), remedy));
}

}  // namespace

std::vector<arch::u8> read_file(const fs::path& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) throw InputError(path.string() + ": is a directory");
  if (fs::exists(path, error) && !fs::is_regular_file(path, error)) {
    throw InputError(path.string() + ": is not a regular file");  // it might have no end
  }
  errno = 0;
  std::ifstream stream(path, std::ios::binary);
  std::vector<arch::u8> bytes{std::istreambuf_iterator<char>(stream), {}};
  if (!stream.is_open() || stream.bad()) {
    throw InputError(fmt::format("{}: {}", path.string(), std::strerror(errno)));
  }
  return bytes;
}

void write_file(const fs::path& path, std::string_view text) {
  errno = 0;
  std::ofstream stream(path, std::ios::binary);
  stream << text << std::flush;
  if (!stream) throw OutputError(fmt::format("{}: {}", path.string(), std::strerror(errno)));
}

void require_writable(const fs::path& path) {
  errno = 0;
  const std::ofstream stream(path, std::ios::binary | std::ios::app);
  if (!stream) throw InputError(fmt::format("{}: {}", path.string(), std::strerror(errno)));
}

fs::path default_firmware() {
  constexpr std::array candidates = {"faultline.rom", "guest/firmware/faultline.rom"};
  return beside_executable(candidates, "firmware ROM (faultline.rom)",
                           "build it, or give --firmware FILE");
}

fs::path default_disk() {
  constexpr std::array candidates = {"system.img", "guest/guest/disk/system.img"};
  return beside_executable(candidates, "system disk (system.img)", "build it, or give --disk FILE");
}

fs::path conformance_folder() {
  constexpr std::array candidates = {"conformance", "guest/guest/conformance"};
  return beside_executable(candidates, "conformance programs (conformance)", "build them");
}

}  // namespace faultline::app
