// A disk as the file system sees it: numbered 512-byte sectors.
#pragma once

#include "arch/integers.hpp"

/// Implemented by the IDE driver in the kernel and by a memory image in the host's tests.
class BlockDevice {
 public:
  static constexpr arch::u32 sector_size = 512;

  /// Transfers `count` sectors from `lba` on; false is a device error or a range past the end.
  virtual bool read(arch::u32 lba, arch::u32 count, void* buffer) = 0;
  virtual bool write(arch::u32 lba, arch::u32 count, const void* buffer) = 0;
  virtual arch::u32 sector_count() const = 0;

 protected:
  ~BlockDevice() = default;  // never deleted through the base: the kernel has no heap for devices
};
