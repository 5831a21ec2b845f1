// Disk images.
#include "machine/disk_image.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace faultline {

namespace {
constexpr u64 smallest = 2880;               // a 1.44 MB diskette
constexpr u64 largest = (u64{1} << 28) - 1;  // what LBA28 addresses
}  // namespace

DiskGeometry geometry_of(u32 total) {
  if (total == 2880) return {80, 2, 18};        // 1.44 MB
  if (total == 5760) return {80, 2, 36};        // 2.88 MB
  const u32 sectors = total < 16384 ? 17 : 63;  // below 8 MB, a small drive's track
  u32 heads = 2;
  while (heads < 16 && total / (heads * sectors) > 1024) heads *= 2;
  return {std::clamp(total / (heads * sectors), u32{1}, u32{16383}), heads, sectors};
}

FileDisk::FileDisk(const std::string& path, Access access) {
  const auto fail = [&path](const std::string& why) {
    throw DiskError("disk image '" + path + "': " + why);
  };
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) fail(std::strerror(errno));
  if (S_ISDIR(info.st_mode)) fail("is a directory");
  const u64 bytes = static_cast<u64>(info.st_size);
  if (bytes % sector_size != 0) {
    fail("truncated: its " + std::to_string(bytes) + " bytes are not whole 512-byte sectors");
  }
  const u64 sectors = bytes / sector_size;
  if (sectors < smallest) {
    fail("too small: " + std::to_string(bytes) + " bytes, the least is 1474560 (1.44 MB)");
  }
  if (sectors > largest) fail("too large: a disk has at most 128 GB");
  sectors_ = static_cast<u32>(sectors);
  read_only_ = access == Access::ReadOnly;
  file_.reset(std::fopen(path.c_str(), access == Access::ReadWrite ? "r+b" : "rb"));
  if (!file_) fail(std::strerror(errno));
}

bool FileDisk::seek(u32 lba) {
  return ::fseeko(file_.get(), static_cast<off_t>(lba) * static_cast<off_t>(sector_size),
                  SEEK_SET) == 0;
}

bool FileDisk::read(u32 lba, std::span<u8, sector_size> data) {
  return seek(lba) && std::fread(data.data(), sector_size, 1, file_.get()) == 1;
}

bool FileDisk::write(u32 lba, std::span<const u8, sector_size> data) {
  return seek(lba) && std::fwrite(data.data(), sector_size, 1, file_.get()) == 1;
}

bool FileDisk::flush() { return std::fflush(file_.get()) == 0; }

bool OverlayDisk::read(u32 lba, std::span<u8, sector_size> data) {
  const auto found = written_.find(lba);
  if (found == written_.end()) return base_->read(lba, data);
  std::copy(found->second->begin(), found->second->end(), data.begin());
  return true;
}

bool OverlayDisk::write(u32 lba, std::span<const u8, sector_size> data) {
  auto sector = std::make_shared<Sector>();
  std::copy(data.begin(), data.end(), sector->begin());
  written_[lba] = std::move(sector);
  return true;
}

std::unique_ptr<DiskImage> open_disk(const std::string& path) {
  return std::make_unique<FileDisk>(path, FileDisk::Access::ReadWrite);
}

std::unique_ptr<DiskImage> open_disk_overlay(const std::string& path) {
  return std::make_unique<OverlayDisk>(
      std::make_unique<FileDisk>(path, FileDisk::Access::ReadOnly));
}

}  // namespace faultline
