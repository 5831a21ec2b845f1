// Section objects: memory that processes share, and what stands behind it. A section names a
// control area, which owns the segment: one prototype PTE a page, wherever views of the page lie.
#pragma once

#include "kernel/mm/pte.hpp"
#include "kernel/ob/object.hpp"
#include "kernel/rtl/list.hpp"

struct CONTROL_AREA;
struct EPROCESS;

struct SEGMENT {
  CONTROL_AREA* ControlArea;
  ULONG TotalNumberOfPtes;
  ULONG NumberOfCommittedPages;  // charged to the system, once for all views
  ULONGLONG SizeOfSegment;       // bytes
  MMPROTECTION Protection;       // the most a view may have
  PMMPTE PrototypePte;           // an entry each page; 0: reserved only
};

struct CONTROL_AREA {
  LIST_ENTRY Links;  // in MmControlAreas
  SEGMENT Segment;
  // At DISPATCH_LEVEL. With the last of both the segment goes.
  ULONG NumberOfSectionReferences, NumberOfMappedViews;
  USHORT* CloneReferences;  // of pages of clones: entries with each prototype PTE's address
};

struct SECTION {
  CONTROL_AREA* ControlArea;
  ULONG AllocationAttributes;  // SEC_xxx
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
void MiDereferenceView(CONTROL_AREA* area);
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
NTSTATUS MmMapViewOfSection(SECTION* section, EPROCESS* process, MmView& view, ULONG zero_bits,
                            ULONG commit_size, bool inherit, ULONG type, ULONG protect);
NTSTATUS MmUnmapViewOfSection(EPROCESS* process, ULONG address);
