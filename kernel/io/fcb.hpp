// File control blocks: what everybody who has one file open shares, its sections among it.
#pragma once

#include "kernel/io/volume.hpp"

struct CONTROL_AREA;

/// Where Mm finds a file's sections again, whichever handle it comes from.
struct SECTION_OBJECT_POINTERS {
  CONTROL_AREA *DataSectionObject, *ImageSectionObject;
};

inline constexpr unsigned IoLongestPath = 260;
inline constexpr ULONG IoLargestFile = 0x7FFFFFFF;

struct FCB {
  VCB* Vcb;
  FatFile* File;
  ULONG References;     // file objects and control areas; under the volume's lock
  FAST_MUTEX Resource;  // the file's size and transfers that depend on it
  SECTION_OBJECT_POINTERS SectionObjectPointers;  // under the PFN lock
  BOOLEAN DeleteOnClose;                          // the name goes with the last reference
  BOOLEAN DeletePending;                          // it will, and nobody may open it any more
  char Path[IoLongestPath];                       // on the volume: \DIR\NAME.EXT
};

/// The block of an open file, made for its first opener. Takes over the caller's reference to
/// `file`, on failure too. With the volume locked; null when memory has run out.
FCB* IopOpenFcb(VCB& vcb, FatFile* file, const char* path);
/// With the volume locked.
void IopCloseFcb(FCB* fcb);

// Without the volume's lock.
void IoReferenceFcb(FCB* fcb);
void IoDereferenceFcb(FCB* fcb);
