// A copy of a disk image: holes stay holes, so that a large disk with little on it is copied fast.
#include "app/image_copy.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "app/exit_code.hpp"

namespace faultline::app {
namespace fs = std::filesystem;
namespace {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  operator int() const { return number_; }

 private:
  int number_;
};

bool copy_range(int from, int to, off_t first, off_t end) {
  std::array<char, 65536> buffer;
  while (first < end) {
    const auto wanted = std::min<off_t>(end - first, buffer.size());
    const ssize_t count = ::pread(from, buffer.data(), static_cast<std::size_t>(wanted), first);
    if (count <= 0 || ::pwrite(to, buffer.data(), static_cast<std::size_t>(count), first) != count)
      return false;
    first += count;
  }
  return true;
}

/// Piece of data by piece of data; where the file system knows no holes, all of it is one.
bool copy_data(int from, int to) {
  const off_t end = ::lseek(from, 0, SEEK_END);
  if (end < 0 || ::ftruncate(to, end) != 0) return false;
  for (off_t at = 0; at < end;) {
    const off_t data = ::lseek(from, at, SEEK_DATA);
    if (data < 0) return errno == ENXIO;  // nothing but a hole up to the end
    at = ::lseek(from, data, SEEK_HOLE);
    if (at < 0 || !copy_range(from, to, data, at)) return false;
  }
  return true;
}

}  // namespace

void copy_image(const fs::path& from, const fs::path& to) {
  errno = 0;
  const Descriptor source(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
  if (source < 0) throw InputError(fmt::format("{}: {}", from.string(), std::strerror(errno)));
  const Descriptor copy(::open(to.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (copy < 0 || !copy_data(source, copy)) {
    throw OutputError(fmt::format("{}: {}", to.string(), std::strerror(errno)));
  }
}

}  // namespace faultline::app
