// A disk with bad sectors: what the host makes go wrong on purpose.
#pragma once

#include <vector>

#include "machine/disk_image.hpp"

namespace faultline {

class FaultyDisk : public DiskImage {
 public:
  FaultyDisk(std::unique_ptr<DiskImage> base, std::vector<DiskFault> faults)
      : base_(std::move(base)), faults_(std::move(faults)) {}

  bool reversible() const override { return base_->reversible(); }
  DiskState state() const override {
    DiskState state = base_->state();
    state.faults = faults_;
    return state;
  }
  void restore(const DiskState& state) override {
    base_->restore(state);
    faults_ = state.faults;
  }
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
