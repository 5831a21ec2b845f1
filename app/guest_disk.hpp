// A system disk seen from the host: its FAT16 volume, files in and out with mtools.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "arch/integers.hpp"

namespace faultline::app {

/// A directory in $TMPDIR that goes with its object.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::filesystem::path& path() const { return path_; }
  /// Gone at once; files that are open stay readable.
  void remove();

 private:
  std::filesystem::path path_;
};

/// Byte offset of the FAT16 volume in an image: of the active partition, or 0 for a volume without
/// partition table; nothing when there is none. Throws InputError for a partition that reaches past
/// the end of the image: the image is truncated.
std::optional<arch::u64> find_fat16_volume(const std::filesystem::path& image);

class GuestDisk {
 public:
  /// Throws InputError when `image` has no FAT16 volume.
  explicit GuestDisk(std::filesystem::path image);

  /// The file's bytes, or nothing when the volume has no such file.
  std::optional<std::vector<arch::u8>> read(const std::string& name) const;
  void write(const std::string& name, std::span<const arch::u8> bytes);
  /// The files in the root directory that match a pattern such as "*.EXE", by their names.
  std::map<std::string, std::vector<arch::u8>> read_all(const std::string& pattern) const;
  /// Names in the root directory that match a pattern such as "*.EXE".
  std::vector<std::string> list(const std::string& pattern) const;

 private:
  std::string volume() const;  // as mtools names it: IMAGE@@OFFSET

  std::filesystem::path image_;
  arch::u64 offset_ = 0;
};

/// Throws InputError when `image` carries a kernel that is not a PE32 image for the i386, or is
/// truncated. Disks of other systems pass.
void check_kernel(const std::filesystem::path& image);

/// The 8.3 name under which a host file goes to the disk: "my-program.exe" is "MY-PROGR.EXE". Never
/// the name of one of the system's own files.
std::string name_on_disk(const std::filesystem::path& host_file);

}  // namespace faultline::app
