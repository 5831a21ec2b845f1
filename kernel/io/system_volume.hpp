// Files that the kernel reads for itself; time stamps of FAT.
#pragma once

#include "kernel/io/volume.hpp"
#include "kernel/nt/types.hpp"

struct FILE_OBJECT;
struct IoPath;

/// A file the kernel reads for itself.
class IoSystemFile {
 public:
  IoSystemFile() = default;
  ~IoSystemFile();
  IoSystemFile(const IoSystemFile&) = delete;
  IoSystemFile& operator=(const IoSystemFile&) = delete;

  NTSTATUS open(const IoPath& path);
  /// All of it, or STATUS_END_OF_FILE.
  NTSTATUS read_exactly(ULONG offset, void* buffer, ULONG size);
  ULONG size() const;

 private:
  FILE_OBJECT* file_ = nullptr;
};

/// NT time (UTC and local time are the same here) to FAT's and back.
FatTimestamp IoTimeToFat(LONGLONG time);
LONGLONG IoTimeFromFat(const FatTimestamp& stamp);
