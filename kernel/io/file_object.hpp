// File objects: what a file handle stands for.
#pragma once

#include "kernel/io/fcb.hpp"
#include "kernel/ob/object.hpp"
#include "kernel/rtl/list.hpp"

enum class IoDevice : UCHAR { Console, Null, Disk };

struct FILE_OBJECT {
  LIST_ENTRY OpenLinks;  // disk files: for the sharing check
  IoDevice Device;
  BOOLEAN DeletePending, Linked, WriteThrough, NoBuffering;
  ACCESS_MASK GrantedAccess;
  ULONG ShareAccess;
  VCB* Vcb;  // disk files: the volume
  FCB* Fcb;
  FatFile* File;  // the block's
  CONTROL_AREA* CacheMap;  // of the file's data, once something was read or written
  LONGLONG CurrentByteOffset;  // may lie past the end, and past what a file can hold
  ULONG DirectoryCursor;
  BOOLEAN DirectoryStarted;
  char Pattern[13];          // of the enumeration; empty: every name
  char Path[IoLongestPath];  // on the volume: \DIR\NAME.EXT
};

/// An NT path name taken apart.
struct IoPath {
  IoDevice device;
  VCB* volume;  // disk files
  char path[IoLongestPath];
};
/// A path on the system volume.
IoPath IoSystemPath(const char* path);
NTSTATUS IoParsePath(const OBJECT_ATTRIBUTES* user_attributes, IoPath& path, ULONG& flags);
/// \??\C:\NAME or C:\NAME to a volume and a path on it.
NTSTATUS IoParseName(const UNICODE_STRING& name, IoPath& path);

struct IoOpenRequest {
  ACCESS_MASK access;
  ULONG share, disposition, options;
  ULONG attributes = 0;  // of a file that is made
};
/// A file object with one reference; `information` is FILE_OPENED and so on.
NTSTATUS IoOpenFile(const IoPath& path, const IoOpenRequest& request, FILE_OBJECT*& file,
                    ULONG& information);
