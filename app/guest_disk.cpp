// Partition table by hand, FAT16 by mtools.
#include "app/guest_disk.hpp"

#include <fmt/format.h>
#include <stdlib.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <sstream>

#include "app/exit_code.hpp"
#include "app/files.hpp"
#include "app/host_tool.hpp"
#include "debugger/pe_image.hpp"

namespace faultline::app {
namespace fs = std::filesystem;
using arch::u32;
using arch::u64;
using arch::u8;
namespace {

constexpr u64 sector_bytes = 512;

u32 little_endian(std::span<const u8> bytes) {
  return bytes[0] | bytes[1] << 8 | bytes[2] << 16 | u32{bytes[3]} << 24;
}

bool is_fat16_type(u8 type) { return type == 0x04 || type == 0x06 || type == 0x0E; }

/// What mtools had to say, as one line.
std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

TemporaryDirectory::TemporaryDirectory() {
  std::string pattern = (fs::temp_directory_path() / "faultline-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) {
    throw InputError(pattern + ": cannot make a temporary directory");
  }
  path_ = pattern;
}

TemporaryDirectory::~TemporaryDirectory() { remove(); }

void TemporaryDirectory::remove() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
  path_.clear();
}

std::optional<u64> find_fat16_volume(const fs::path& image) {
  std::ifstream stream(image, std::ios::binary);
  std::array<u8, sector_bytes> sector{};
  if (!stream.read(reinterpret_cast<char*>(sector.data()), sector.size())) return std::nullopt;
  if (sector[510] != 0x55 || sector[511] != 0xAA) return std::nullopt;
  if (std::equal(sector.begin() + 0x36, sector.begin() + 0x3B, "FAT16")) return 0;
  for (unsigned entry = 0x1BE; entry < 0x1FE; entry += 16) {
    if (sector[entry] != 0x80 || !is_fat16_type(sector[entry + 4])) continue;
    const u64 start = little_endian(std::span(sector).subspan(entry + 8, 4));
    const u64 count = little_endian(std::span(sector).subspan(entry + 12, 4));
    const u64 sectors = fs::file_size(image) / sector_bytes;
    if (start + count > sectors) {
      throw InputError(
          fmt::format("{}: truncated: its partition ends at sector {}, the image at {}",
                      image.string(), start + count, sectors));
    }
    return start * sector_bytes;
  }
  return std::nullopt;
}

GuestDisk::GuestDisk(fs::path image) : image_(std::move(image)) {
  const auto offset = find_fat16_volume(image_);
  if (!offset) throw InputError(image_.string() + ": not a system disk: no active FAT16 partition");
  offset_ = *offset;
}

std::string GuestDisk::volume() const { return fmt::format("{}@@{}", image_.string(), offset_); }

std::optional<std::vector<u8>> GuestDisk::read(const std::string& name) const {
  const TemporaryDirectory directory;
  const fs::path copy = directory.path() / "file";
  const auto result = run_tool({"mcopy", "-n", "-i", volume(), "::" + name, copy.string()});
  if (result.status == 0) return read_file(copy);
  if (result.errors.find("not found") != std::string::npos) return std::nullopt;
  throw InputError(fmt::format("{}: {}: {}", image_.string(), name, first_line(result.errors)));
}

void GuestDisk::write(const std::string& name, std::span<const u8> bytes) {
  const TemporaryDirectory directory;
  const fs::path copy = directory.path() / "file";
  write_file(copy, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  const auto result = run_tool({"mcopy", "-o", "-i", volume(), copy.string(), "::" + name});
  if (result.status != 0) {
    throw InputError(
        fmt::format("{}: cannot store {}: {}", image_.string(), name, first_line(result.errors)));
  }
}

std::map<std::string, std::vector<u8>> GuestDisk::read_all(const std::string& pattern) const {
  const TemporaryDirectory directory;
  const auto result =
      run_tool({"mcopy", "-n", "-i", volume(), "::" + pattern, directory.path().string() + "/"});
  if (result.status != 0 && result.errors.find("not found") == std::string::npos)
    throw InputError(
        fmt::format("{}: {}: {}", image_.string(), pattern, first_line(result.errors)));
  std::map<std::string, std::vector<u8>> files;
  for (const auto& entry : fs::directory_iterator(directory.path()))
    if (entry.is_regular_file()) files.emplace(entry.path().filename(), read_file(entry.path()));
  return files;
}

std::vector<std::string> GuestDisk::list(const std::string& pattern) const {
  const auto result = run_tool({"mdir", "-b", "-i", volume(), "::" + pattern});
  std::vector<std::string> names;
  std::istringstream lines(result.output);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("::/")) names.push_back(line.substr(3));
  }
  return names;
}

void check_kernel(const fs::path& image) {
  if (!find_fat16_volume(image)) return;
  std::optional<std::vector<u8>> kernel;
  try {
    kernel = GuestDisk(image).read("KERNEL.EXE");
  } catch (const std::runtime_error&) {
    return;  // another system's disk, or no mtools: the guest itself will tell
  }
  if (!kernel) return;
  try {
    read_pe_image(*kernel);
  } catch (const MalformedImage& error) {
    throw InputError(fmt::format("{}: KERNEL.EXE: {}", image.string(), error.what()));
  }
}

std::string name_on_disk(const fs::path& host_file) {
  const auto clean = [](const std::string& text, std::size_t most) {
    std::string result;
    for (const unsigned char c : text) {
      if (c == '.' || c == ' ' || result.size() == most) continue;
      const bool allowed =
          std::isalnum(c) != 0 ||
          std::string_view("_-~!#$%&@").find(static_cast<char>(c)) != std::string_view::npos;
      result += allowed ? static_cast<char>(std::toupper(c)) : '_';
    }
    return result;
  };
  std::string base = clean(host_file.stem().string(), 8);
  std::string extension = clean(host_file.extension().string(), 3);
  if (base.empty()) base = "PROGRAM";
  if (extension.empty()) extension = "EXE";
  const std::string name = base + "." + extension;
  if (name == "KERNEL.EXE" || name == "SHELL.EXE" || extension != "EXE") {
    return base.substr(0, 6) + "~1.EXE";
  }
  return name;
}

}  // namespace faultline::app
