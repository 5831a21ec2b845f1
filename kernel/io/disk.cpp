// The disks, a lock each channel: one transfer at a time.
#include "kernel/io/disk.hpp"

#include "kernel/io/ide.hpp"
#include "kernel/io/ide_ports.hpp"
#include "kernel/ke/dispatcher_objects.hpp"

namespace {

class Disk final : public BlockDevice {
 public:
  bool attach(unsigned number) { return disk_.attach(number); }
  bool read(arch::u32 lba, arch::u32 count, void* buffer) override;
  bool write(arch::u32 lba, arch::u32 count, const void* buffer) override;
  arch::u32 sector_count() const override { return disk_.sector_count(); }

 private:
  IdeDisk<IdePorts> disk_;
};

constinit FAST_MUTEX IopDiskMutex = {};
constinit Disk IopDisks[IoMostDisks];
constinit unsigned IopDiskCount = 0;

bool Disk::read(arch::u32 lba, arch::u32 count, void* buffer) {
  const FastMutexGuard lock(IopDiskMutex);
  return disk_.read(lba, count, buffer);
}

bool Disk::write(arch::u32 lba, arch::u32 count, const void* buffer) {
  const FastMutexGuard lock(IopDiskMutex);
  return disk_.write(lba, count, buffer);
}

}  // namespace

void IoInitializeDisks() {
  ExInitializeFastMutex(&IopDiskMutex);
  while (IopDiskCount < IoMostDisks && IopDisks[IopDiskCount].attach(IopDiskCount)) ++IopDiskCount;
}

unsigned IoDiskCount() { return IopDiskCount; }

BlockDevice* IoGetDisk(unsigned number) {
  return number < IopDiskCount ? &IopDisks[number] : nullptr;
}
