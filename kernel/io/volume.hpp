// Volumes: the FAT16 partitions of all disks, a drive letter each.
#pragma once

#include "kernel/io/drive_letters.hpp"
#include "kernel/io/fat16.hpp"
#include "kernel/ke/dispatcher_objects.hpp"
#include "kernel/rtl/list.hpp"

/// A volume control block. They are made at start and stay.
struct VCB {
  FatVolume Fat;
  FAST_MUTEX Lock;       // FatVolume is not reentrant
  LIST_ENTRY OpenFiles;  // file objects, for the sharing check; under the lock
  BlockDevice* Disk;
  unsigned DiskNumber;
  char DriveLetter;
};

/// Mounts every partition that can be mounted; what can't is named on the console. Bugchecks when
/// it's the boot partition.
void IoMountVolumes();

/// C:, the volume the system was started from.
VCB& IoSystemVolume();
/// Null when there is no such drive. Letter case does not matter.
VCB* IoFindVolume(char letter);
/// Bit 0 is A:.
ULONG IoDriveMap();

/// A volume, for as long as one of these lives.
class IoVolumeGuard {
 public:
  explicit IoVolumeGuard(VCB& vcb) : vcb_(vcb) { ExAcquireFastMutex(&vcb_.Lock); }
  ~IoVolumeGuard() { ExReleaseFastMutex(&vcb_.Lock); }
  IoVolumeGuard(const IoVolumeGuard&) = delete;
  IoVolumeGuard& operator=(const IoVolumeGuard&) = delete;
  FatVolume* operator->() const { return &vcb_.Fat; }
  FatVolume& operator*() const { return vcb_.Fat; }

 private:
  VCB& vcb_;
};
