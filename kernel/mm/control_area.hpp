// Control areas: what stands behind the pages of a file. Subsections say which bytes of the file
// the pages are, prototype PTEs where the pages are now; whoever maps the file shares them.
#pragma once

#include "kernel/ke/dispatcher_objects.hpp"
#include "kernel/mm/layout.hpp"
#include "kernel/mm/pte.hpp"
#include "kernel/rtl/list.hpp"

struct FCB;
struct FILE_CONTROL_AREA;

/// Consecutive pages of a segment with prototype PTEs side by side.
struct SUBSECTION {
  LIST_ENTRY SubsectionLinks;  // in MmSubsectionHead
  FILE_CONTROL_AREA* ControlArea;
  SUBSECTION* NextSubsection;
  PMMPTE SubsectionBase;  // its prototype PTEs
  ULONG PtesInSubsection;
  ULONG StartingPage;  // of the segment
  /// Bytes of the segment that come from the file; around them are zeros.
  ULONG SegmentOffset, FileOffset, FileBytes;
};

struct FILE_CONTROL_AREA {
  FCB* File;
  SUBSECTION *FirstSubsection, *LastSubsection;
  ULONG TotalNumberOfPtes;
  ULONG NumberOfReferences;      // all of them; under the file's Resource
  ULONG NumberOfUserReferences;  // section objects and views
  ULONG PagingIoCount;           // transfers that run, with the PFN lock
  KEVENT PagingIoDone;           // when one has ended
};

extern "C" {
extern LIST_ENTRY MmSubsectionHead;  // every subsection there is
/// Transfers of dirty pages to their files, and the pages they moved.
extern ULONG MmMappedWriteIoCount, MmMappedPagesWriteCount;
}

/// Of a prototype PTE: the page is in its file only.
constexpr bool MiIsSubsectionPte(MMPTE pte) {
  return (pte.Long & (Pte::Valid | Pte::Prototype)) == Pte::Prototype;
}
inline SUBSECTION* MiSubsectionOfPte(MMPTE pte) {
  return reinterpret_cast<SUBSECTION*>(MM_NONPAGED_POOL_START +
                                       Pte::subsection_index(pte.Long) * 8);
}
inline MMPTE MiMakeSubsectionPte(MMPROTECTION code, const SUBSECTION* subsection) {
  const ULONG index = (reinterpret_cast<ULONG>(subsection) - MM_NONPAGED_POOL_START) / 8;
  return {Pte::Prototype | code << Pte::protection_shift | Pte::subsection_bits(index)};
}

/// The prototype PTE of a page of the segment; null past the last one.
PMMPTE MiFindPrototypePte(const FILE_CONTROL_AREA* area, ULONG page);

// Data files. With the file's Resource held:
/// The control area of the file's data, made if there is none, with a reference more.
NTSTATUS MiReferenceDataFile(FCB* file, FILE_CONTROL_AREA*& area);
/// Gives the segment prototype PTEs for `bytes` bytes at least.
NTSTATUS MiExtendDataFile(FILE_CONTROL_AREA* area, ULONG bytes);
/// Without any lock: with the last reference everything that is dirty is written, and the pages go.
NTSTATUS MiDereferenceDataFile(FILE_CONTROL_AREA* area);

// Pages of files, whether anybody maps them or not. Without a working-set lock.
/// Makes a page resident and holds its frame until it is unpinned. `fresh` pages have no bytes in
/// the file yet: they are zeros, and nothing is read.
NTSTATUS MiPinFilePage(FILE_CONTROL_AREA* area, ULONG page, bool fresh, ULONG& frame);
void MiUnpinFilePage(ULONG frame, bool modified);
/// The frame stays in memory whatever happens to the page's mappings; at DISPATCH_LEVEL.
void MiHoldFrame(ULONG frame);

/// One of the control area's transfers has ended; at DISPATCH_LEVEL.
inline void MiEndPagingIo(FILE_CONTROL_AREA* area) {
  --area->PagingIoCount;
  KeSetEvent(&area->PagingIoDone);
}

/// Writes what is dirty of [first, last]; on return it is on the disk.
NTSTATUS MiFlushFilePages(FILE_CONTROL_AREA* area, ULONG first, ULONG last);
/// The same for every file.
void MmFlushAllFiles();
/// Pages from `first` on are forgotten, dirty or not. Nobody maps or pins them.
void MiPurgeFilePages(FILE_CONTROL_AREA* area, ULONG first);

// The mapped page writer: dirty pages of files that nobody maps go to their files.
void MiInitializeMappedPageWriter();
// At DISPATCH_LEVEL.
void MiMappedPageCame();  // a dirty page of a file has come to the list
void MiWakeMappedPageWriter();
[[noreturn]] void MiMappedPageWriter(PVOID);
