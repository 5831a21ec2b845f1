// Disks as arrays of 512-byte sectors: an image file, or a throw-away overlay over one.
#pragma once

#include <array>
#include <cstdio>
#include <map>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "mmu/clock.hpp"

namespace faultline {

inline constexpr std::size_t sector_size = 512;
using Sector = std::array<u8, sector_size>;

/// A disk image that cannot be used; the message names the file.
struct DiskError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The drive's default translation. [ATA-1 §9.9 words 1, 3, 6]
struct DiskGeometry {
  u32 cylinders;
  u32 heads;
  u32 sectors;  // a track, numbered from 1
};

/// The CHS geometry of a disk of that many sectors: the format's own for the diskette sizes,
/// otherwise the smallest of 2, 4, 8 or 16 heads of 63 sectors (17 below 8 MB) that keeps
/// cylinders at or below 1024; from 504 MB on, 16 heads and up to 16383 cylinders.
DiskGeometry geometry_of(u32 total_sectors);

/// Transfers of one direction that touch one of these sectors fail.
struct DiskFault {
  enum class Direction : u8 { Read, Write };
  Direction direction = Direction::Read;
  u32 first = 0, sectors = 1;
  u32 times = 0;  // how many of them, until the sectors are good again; 0: for ever
  void archive(auto& a) { a(direction, first, sectors, times); }
};

/// What a snapshot keeps of a disk. Sectors are shared, and never change.
struct DiskState {
  std::map<u32, std::shared_ptr<const Sector>> written;
  std::vector<DiskFault> faults;
};

class DiskImage {
 public:
  virtual ~DiskImage() = default;
  /// Whether the disk can be brought back to an earlier state: what was written is not in a file.
  virtual bool reversible() const { return false; }
  virtual DiskState state() const { return {}; }
  virtual void restore(const DiskState&) {}
  virtual u32 sectors() const = 0;
  /// `lba` is below sectors(). False: the host could not read or write.
  virtual bool read(u32 lba, std::span<u8, sector_size> data) = 0;
  virtual bool write(u32 lba, std::span<const u8, sector_size> data) = 0;
  virtual bool flush() { return true; }

  DiskGeometry geometry() const { return geometry_of(sectors()); }
};

/// An image file, whose size is a whole number of sectors from 1.44 MB to 128 GB (LBA28).
class FileDisk : public DiskImage {
 public:
  enum class Access : u8 { ReadWrite, ReadOnly };
  /// Throws DiskError.
  FileDisk(const std::string& path, Access access);

  bool reversible() const override { return read_only_; }
  u32 sectors() const override { return sectors_; }
  bool read(u32 lba, std::span<u8, sector_size> data) override;
  bool write(u32 lba, std::span<const u8, sector_size> data) override;
  bool flush() override;

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  bool seek(u32 lba);

  std::unique_ptr<std::FILE, Close> file_;
  u32 sectors_ = 0;
  bool read_only_ = false;
};

/// Copy on write: what is written stays in memory and ends with the overlay; the base is only read.
class OverlayDisk : public DiskImage {
 public:
  explicit OverlayDisk(std::unique_ptr<DiskImage> base) : base_(std::move(base)) {}

  bool reversible() const override { return true; }
  DiskState state() const override { return {written_, {}}; }
  void restore(const DiskState& state) override { written_ = state.written; }
  u32 sectors() const override { return base_->sectors(); }
  bool read(u32 lba, std::span<u8, sector_size> data) override;
  bool write(u32 lba, std::span<const u8, sector_size> data) override;

 private:
  std::unique_ptr<DiskImage> base_;
  std::map<u32, std::shared_ptr<const Sector>> written_;
};

/// Both throw DiskError.
std::unique_ptr<DiskImage> open_disk(const std::string& path);          // writes reach the file
std::unique_ptr<DiskImage> open_disk_overlay(const std::string& path);  // the file stays as it is

}  // namespace faultline
