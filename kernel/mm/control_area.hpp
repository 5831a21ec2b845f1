// Control areas: what stands behind the pages of a file. Subsections say which bytes of the file
// the pages are, prototype PTEs where the pages are now; whoever maps the file shares them.
#pragma once

#include "kernel/ke/dispatcher_objects.hpp"
#include "kernel/mm/layout.hpp"
#include "kernel/mm/section.hpp"

struct FILE_OBJECT;
struct MMINPAGE_SUPPORT;

/// Consecutive pages of a segment with prototype PTEs side by side.
struct SUBSECTION {
  LIST_ENTRY SubsectionLinks;  // of a data file: in MmSubsectionHead
  CONTROL_AREA* ControlArea;
  SUBSECTION* NextSubsection;
  PMMPTE SubsectionBase;  // its prototype PTEs
  ULONG PtesInSubsection;
  ULONG StartingPage;  // of the segment
  /// Bytes of the segment that come from the file; around them are zeros.
  ULONG SegmentOffset, FileOffset, FileBytes;
};

extern "C" {
extern LIST_ENTRY MmSubsectionHead;  // every subsection of a data file
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

/// Does a dirty page with this OriginalPte go to its file? Not one of an image: to the paging file.
inline bool MiIsMappedFilePte(MMPTE original) {
  return MiIsSubsectionPte(original) && MiSubsectionOfPte(original)->ControlArea->Image == nullptr;
}

/// The prototype PTE of a page of a data file, and the last one side by side with it; null past the
/// end of the segment.
PMMPTE MiFindPrototypePte(const CONTROL_AREA* area, ULONG page, MMPTE** last = nullptr);

// Data files. With the file's Resource held:
/// The control area of the file's data, made if there is none; the caller counts its reference.
NTSTATUS MiFindDataFile(FCB* file, CONTROL_AREA*& area);
/// Gives the segment prototype PTEs for `bytes` bytes at least.
NTSTATUS MiExtendDataFile(CONTROL_AREA* area, ULONG bytes);

// Without any lock:
/// One of the counts less. With the last reference everything that is dirty is written, and the
/// pages go.
void MiDereferenceFile(CONTROL_AREA* area, ULONG& count);
/// A section's reference to the data of a file, `size` bytes of it; 0: all. A file that is shorter
/// grows if `writable`.
NTSTATUS MiReferenceDataFile(FILE_OBJECT& file, bool writable, ULONGLONG& size,
                             CONTROL_AREA*& area);
/// The same to the file's image: STATUS_INVALID_IMAGE_FORMAT when it is none.
NTSTATUS MiReferenceImageFile(FILE_OBJECT& file, CONTROL_AREA*& area);
/// The image's pages and all that describes them; nobody knows it any more.
void MiDeleteImageFile(CONTROL_AREA* area);

/// Reads what MiBeginInPage chose of a file; waits for the disk. False is a disk error.
bool MiReadFilePages(const MMINPAGE_SUPPORT& support);
/// Waits until no transfer of the control area runs.
void MiWaitForPagingIo(CONTROL_AREA* area);

// Pages of files, whether anybody maps them or not. Without a working-set lock.
/// Makes a page resident and holds its frame until it is unpinned. `fresh` pages have no bytes in
/// the file yet: they are zeros, and nothing is read.
NTSTATUS MiPinFilePage(CONTROL_AREA* area, ULONG page, bool fresh, ULONG& frame);
void MiUnpinFilePage(ULONG frame, bool modified);
/// The frame stays in memory whatever happens to the page's mappings; at DISPATCH_LEVEL.
void MiHoldFrame(ULONG frame);

/// One of the control area's transfers has ended; at DISPATCH_LEVEL.
inline void MiEndPagingIo(CONTROL_AREA* area) {
  --area->PagingIoCount;
  KeSetEvent(&area->PagingIoDone);
}

/// Writes what is dirty of [first, last]; on return it is on the disk.
NTSTATUS MiFlushFilePages(CONTROL_AREA* area, ULONG first, ULONG last);
/// The same for every file.
void MmFlushAllFiles();
/// Pages from `first` on are forgotten, dirty or not. Nobody maps or pins them.
void MiPurgeFilePages(CONTROL_AREA* area, ULONG first);

// The mapped page writer: dirty pages of files that nobody maps go to their files.
void MiInitializeMappedPageWriter();
// At DISPATCH_LEVEL.
void MiMappedPageCame();  // a dirty page of a file has come to the list
void MiWakeMappedPageWriter();
[[noreturn]] void MiMappedPageWriter(PVOID);
