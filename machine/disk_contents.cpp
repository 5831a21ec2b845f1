// Image files in blocks, holes left out.
#include "machine/disk_contents.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace faultline {
namespace {

constexpr std::size_t block_size = 64 << 10;

class ImageFile {
 public:
  explicit ImageFile(const std::string& path)
      : path_(path), descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (descriptor_ < 0) fail();
    size_ = static_cast<u64>(std::max(::lseek(descriptor_, 0, SEEK_END), off_t{0}));
  }
  ~ImageFile() { ::close(descriptor_); }
  ImageFile(const ImageFile&) = delete;
  ImageFile& operator=(const ImageFile&) = delete;

  u64 size() const { return size_; }
  /// The first block at or after `at` that is no hole; size() when there is none.
  u64 next(u64 at) const {
    if (at >= size_) return size_;
    const off_t data = ::lseek(descriptor_, static_cast<off_t>(at), SEEK_DATA);
    if (data >= 0) return static_cast<u64>(data) / block_size * block_size;
    return errno == ENXIO ? size_ : at;  // a file system that knows no holes has none
  }
  std::span<const u8> read(u64 at) {
    std::size_t done = 0;
    const std::size_t wanted = static_cast<std::size_t>(std::min<u64>(block_size, size_ - at));
    while (done < wanted) {
      const ssize_t got =
          ::pread(descriptor_, block_.data() + done, wanted - done, static_cast<off_t>(at + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) fail();
      if (got == 0) throw DiskError("disk image '" + path_ + "': became shorter");
      done += static_cast<std::size_t>(got);
    }
    return {block_.data(), wanted};
  }

 private:
  [[noreturn]] void fail() const {
    throw DiskError("disk image '" + path_ + "': " + std::strerror(errno));
  }
  std::string path_;
  int descriptor_;
  u64 size_ = 0;
  std::vector<u8> block_ = std::vector<u8>(block_size);
};

bool zero(std::span<const u8> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](u8 byte) { return byte == 0; });
}

}  // namespace

u64 hash_of_image(const std::string& path) {
  ImageFile file(path);
  u64 hash = XXH3_64bits_withSeed(nullptr, 0, file.size());
  for (u64 at = file.next(0); at < file.size(); at = file.next(at + block_size)) {
    const std::span<const u8> block = file.read(at);
    if (zero(block)) continue;
    const u64 parts[] = {hash, at, XXH3_64bits(block.data(), block.size())};
    hash = XXH3_64bits(parts, sizeof parts);
  }
  return hash;
}

DiskState difference_of_images(const std::string& base, const std::string& changed) {
  ImageFile a(base), b(changed);
  if (a.size() != b.size()) throw DiskError("disk image '" + changed + "': has another size");
  DiskState state;
  for (u64 at = std::min(a.next(0), b.next(0)); at < a.size();
       at = std::min(a.next(at + block_size), b.next(at + block_size))) {
    const std::span<const u8> old = a.read(at), now = b.read(at);
    for (std::size_t i = 0; i + sector_size <= now.size(); i += sector_size) {
      if (std::memcmp(&old[i], &now[i], sector_size) == 0) continue;
      auto sector = std::make_shared<Sector>();
      std::copy_n(now.begin() + static_cast<std::ptrdiff_t>(i), sector_size, sector->begin());
      state.written.emplace(static_cast<u32>((at + i) / sector_size), std::move(sector));
    }
  }
  return state;
}

std::unique_ptr<DiskImage> open_disk_difference(const std::string& base,
                                                const std::string& changed) {
  auto disk = open_disk_overlay(base);
  disk->restore(difference_of_images(base, changed));
  return disk;
}

}  // namespace faultline
