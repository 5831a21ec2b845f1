// A disk with bad sectors: what the host makes go wrong on purpose.
#pragma once

#include <vector>

#include "machine/disk_image.hpp"

namespace faultline {

/// Transfers of one direction that touch one of these sectors fail.
struct DiskFault {
  enum class Direction : u8 { Read, Write };
  Direction direction = Direction::Read;
  u32 first = 0, sectors = 1;
  u32 times = 0;  // how many of them, until the sectors are good again; 0: for ever
};

class FaultyDisk : public DiskImage {
 public:
  FaultyDisk(std::unique_ptr<DiskImage> base, std::vector<DiskFault> faults)
      : base_(std::move(base)), faults_(std::move(faults)) {}

  u32 sectors() const override { return base_->sectors(); }
  bool read(u32 lba, std::span<u8, sector_size> data) override {
    return !fails(DiskFault::Direction::Read, lba) && base_->read(lba, data);
  }
  bool write(u32 lba, std::span<const u8, sector_size> data) override {
    return !fails(DiskFault::Direction::Write, lba) && base_->write(lba, data);
  }
  bool flush() override { return base_->flush(); }

 private:
  bool fails(DiskFault::Direction direction, u32 lba);

  std::unique_ptr<DiskImage> base_;
  std::vector<DiskFault> faults_;
};

}  // namespace faultline
