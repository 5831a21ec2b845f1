// The FAT16 volume the system was started from: \??\C:.
#pragma once

#include "kernel/io/fat16.hpp"
#include "kernel/ke/dispatcher_objects.hpp"
#include "kernel/nt/types.hpp"

struct FILE_OBJECT;

/// Finds the boot disk and mounts its partition; bugchecks when it can't.
void IoMountSystemVolume();

/// The volume, for as long as one of these lives: FatVolume is not reentrant.
class IoVolumeGuard {
 public:
  IoVolumeGuard();
  ~IoVolumeGuard();
  IoVolumeGuard(const IoVolumeGuard&) = delete;
  IoVolumeGuard& operator=(const IoVolumeGuard&) = delete;
  FatVolume* operator->() const;
  FatVolume& operator*() const { return *operator->(); }
};

/// A file the kernel reads for itself.
class IoSystemFile {
 public:
  IoSystemFile() = default;
  ~IoSystemFile();
  IoSystemFile(const IoSystemFile&) = delete;
  IoSystemFile& operator=(const IoSystemFile&) = delete;

  NTSTATUS open(const char* path);
  /// All of it, or STATUS_END_OF_FILE.
  NTSTATUS read_exactly(ULONG offset, void* buffer, ULONG size);
  ULONG size() const;

 private:
  FILE_OBJECT* file_ = nullptr;
};

/// NT time (UTC and local time are the same here) to FAT's and back.
FatTimestamp IoTimeToFat(LONGLONG time);
LONGLONG IoTimeFromFat(const FatTimestamp& stamp);
