// Section objects: memory that processes share, and what stands behind it. A section names a
// control area, which owns the segment: one prototype PTE a page, wherever views of the page lie.
// The paging file stands behind it, or a file: as data, or as the image of a program.
#pragma once

#include "kernel/ke/dispatcher_objects.hpp"
#include "kernel/mm/pte.hpp"
#include "kernel/ob/object.hpp"
#include "kernel/rtl/list.hpp"

struct CONTROL_AREA;
struct EPROCESS;
struct FCB;
struct FILE_OBJECT;
struct SUBSECTION;
struct LdrImageHeaders;

struct SEGMENT {
  CONTROL_AREA* ControlArea;
  ULONG TotalNumberOfPtes;
  ULONG NumberOfCommittedPages;  // charged to the system, once for all views
  ULONGLONG SizeOfSegment;       // bytes
  MMPROTECTION Protection;       // the most a view may have
  PMMPTE PrototypePte;           // an entry each page; 0: reserved only. Null: in subsections
};

struct CONTROL_AREA {
  LIST_ENTRY Links;  // in MmControlAreas; data files are not
  SEGMENT Segment;
  // At DISPATCH_LEVEL, and of a file with its Resource held. With the last of all the segment goes.
  ULONG NumberOfSectionReferences, NumberOfMappedViews;
  USHORT* CloneReferences;  // of pages of clones: entries with each prototype PTE's address
  ULONG NumberOfHolds;  // of those who work with it, whatever becomes of the others

  // Of files.
  ULONG NumberOfCacheReferences;  // file objects that read or write
  FCB* File;                      // null: the paging file
  SUBSECTION *FirstSubsection, *LastSubsection;
  const LdrImageHeaders* Image;  // null: a data file
  ULONG NumberOfCopyPages;       // of an image: those a process may get a copy of
  ULONG PagingIoCount;           // transfers that run, at DISPATCH_LEVEL
  KEVENT PagingIoDone;           // when one has ended
};

struct SECTION {
  CONTROL_AREA* ControlArea;
  ULONG AllocationAttributes;  // SEC_xxx
  ULONGLONG SizeOfSection;     // bytes
  MMPROTECTION Protection;     // the most a view may have
};

extern "C" {
extern OBJECT_TYPE MmSectionObjectType;
extern LIST_ENTRY MmControlAreas;
}

/// A control area for `bytes` of memory that the paging file backs, with one section reference.
/// `committed`: every page is charged and begins as demand zero.
NTSTATUS MiCreatePagingFileMap(ULONGLONG bytes, MMPROTECTION protection, bool committed,
                               CONTROL_AREA*& result);

void MiReferenceView(CONTROL_AREA* area);
/// Under the address space's locks the view goes; without them what is behind it may go, too.
void MiRemoveView(CONTROL_AREA* area);
void MiReleaseControlArea(CONTROL_AREA* area);
void MiHoldControlArea(CONTROL_AREA* area);
void MiDereferenceSection(CONTROL_AREA* area);

/// Commits pages [first, first + count) of the segment that are only reserved.
NTSTATUS MiCommitSegment(SEGMENT& segment, ULONG first, ULONG count);

/// What a view may do that a section, or a view before VirtualProtect, allows.
constexpr bool MiIsProtectionCompatible(MMPROTECTION of_section, MMPROTECTION wanted) {
  if (MiIsNoAccess(wanted)) return true;
  const bool shared_write = MiAllowsWrite(wanted) && !MiIsWriteCopy(wanted);
  const bool may_write = MiAllowsWrite(of_section) && !MiIsWriteCopy(of_section);
  return (!shared_write || may_write) && (!MiIsExecutable(wanted) || MiIsExecutable(of_section));
}

// For the rest of the kernel; the process is attached or the current one.
struct MmView {
  ULONG base, size;  // size 0: to the end of the section
  ULONGLONG offset;
};
/// Makes `section` stand for the image of a file. The last reference to a section's body gives it
/// up.
NTSTATUS MmOpenImage(FILE_OBJECT& file, SECTION& section);
NTSTATUS MmMapViewOfSection(SECTION* section, EPROCESS* process, MmView& view, ULONG zero_bits,
                            ULONG commit_size, bool inherit, ULONG type, ULONG protect);
NTSTATUS MmUnmapViewOfSection(EPROCESS* process, ULONG address);
/// Writes what is dirty of a view of a data file; size 0: up to its end.
NTSTATUS MmFlushVirtualMemory(EPROCESS* process, MmView& view);
/// What processes have written to their views of files is dirty from here on.
void MmCaptureDirtyPages();
