// The control area of a data file: made with the first reference, extended with the file, gone with
// the last reference.
#include "kernel/io/cache.hpp"
#include "kernel/ke/irql.hpp"
#include "kernel/mm/control_area.hpp"
#include "kernel/mm/pool.hpp"
#include "kernel/rtl/memory.hpp"

extern "C" {
constinit LIST_ENTRY MmSubsectionHead = {&MmSubsectionHead, &MmSubsectionHead};
}

namespace {

constexpr ULONG control_tag = PoolTag("MmCa"), subsection_tag = PoolTag("MmSb"),
                prototype_tag = PoolTag("MmSt");
constexpr ULONG least_extension = 64;           // pages: a file that grows does so again
constexpr ULONGLONG largest_file = 0x7FFFFFFF;  // bytes

/// `pages` more pages at the end of the segment.
NTSTATUS add_subsection(CONTROL_AREA* area, ULONG pages) {
  auto* subsection = static_cast<SUBSECTION*>(
      ExAllocatePoolWithTag(NonPagedPool, sizeof(SUBSECTION), subsection_tag));
  if (subsection == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  auto* ptes = static_cast<PMMPTE>(
      ExAllocatePoolWithTag(NonPagedPool, pages * sizeof(MMPTE), prototype_tag));
  if (ptes == nullptr) {
    ExFreePool(subsection);
    return STATUS_INSUFFICIENT_RESOURCES;
  }
  const ULONG first = area->Segment.TotalNumberOfPtes, offset = first << PAGE_SHIFT;
  *subsection = {{}, area, nullptr, ptes, pages, first, offset, offset, pages << PAGE_SHIFT};
  for (ULONG i = 0; i < pages; ++i) ptes[i] = MiMakeSubsectionPte(MM_READWRITE, subsection);
  const KDispatchGuard guard;
  (area->FirstSubsection == nullptr ? area->FirstSubsection
                                    : area->LastSubsection->NextSubsection) = subsection;
  area->LastSubsection = subsection;
  area->Segment.TotalNumberOfPtes += pages;
  InsertTailList(&MmSubsectionHead, &subsection->SubsectionLinks);
  return STATUS_SUCCESS;
}

void delete_data_file(CONTROL_AREA* area) {
  MiPurgeFilePages(area, 0);
  for (SUBSECTION* subsection = area->FirstSubsection; subsection != nullptr;) {
    SUBSECTION* next = subsection->NextSubsection;
    {
      const KDispatchGuard guard;
      RemoveEntryList(&subsection->SubsectionLinks);
    }
    ExFreePool(subsection->SubsectionBase);
    ExFreePool(subsection);
    subsection = next;
  }
  ExFreePool(area);
}

}  // namespace

PMMPTE MiFindPrototypePte(const CONTROL_AREA* area, ULONG page, MMPTE** last) {
  for (const SUBSECTION* subsection = area->FirstSubsection; subsection != nullptr;
       subsection = subsection->NextSubsection) {
    const ULONG index = page - subsection->StartingPage;
    if (index >= subsection->PtesInSubsection) continue;
    if (last != nullptr) *last = subsection->SubsectionBase + subsection->PtesInSubsection - 1;
    return subsection->SubsectionBase + index;
  }
  return nullptr;
}

NTSTATUS MiFindDataFile(FCB* file, CONTROL_AREA*& area) {
  area = file->SectionObjectPointers.DataSectionObject;
  if (area != nullptr) return STATUS_SUCCESS;
  area = static_cast<CONTROL_AREA*>(
      ExAllocatePoolWithTag(NonPagedPool, sizeof(CONTROL_AREA), control_tag));
  if (area == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  RtlZeroMemory(area, sizeof *area);
  area->File = file;
  area->Segment.ControlArea = area;
  area->Segment.Protection = MM_EXECUTE_READWRITE;
  KeInitializeEvent(&area->PagingIoDone, NotificationEvent, false);
  const NTSTATUS status = MiExtendDataFile(area, file->File->size);
  if (!NT_SUCCESS(status)) {
    ExFreePool(area);
    return status;
  }
  IoReferenceFcb(file);
  file->SectionObjectPointers.DataSectionObject = area;
  return STATUS_SUCCESS;
}

NTSTATUS MiExtendDataFile(CONTROL_AREA* area, ULONG bytes) {
  const ULONG present = area->Segment.TotalNumberOfPtes;
  const ULONG wanted = bytes / PAGE_SIZE + (bytes % PAGE_SIZE != 0 ? 1 : 0);
  if (wanted <= present) return STATUS_SUCCESS;
  ULONG more = wanted - present;
  if (present != 0 && more < least_extension) more = least_extension;
  return add_subsection(area, more);
}

NTSTATUS MiReferenceDataFile(FILE_OBJECT& file, bool writable, ULONGLONG& size,
                             CONTROL_AREA*& area) {
  FCB* fcb = file.Fcb;
  if (size > largest_file) return STATUS_SECTION_TOO_BIG;
  const FastMutexGuard lock(fcb->Resource);
  if (size == 0) size = fcb->File->size;
  if (size == 0) return STATUS_MAPPED_FILE_SIZE_ZERO;
  NTSTATUS status = STATUS_SUCCESS;
  if (size > fcb->File->size) {
    if (!writable) return STATUS_SECTION_TOO_BIG;
    status = CcGrowFile(fcb, static_cast<ULONG>(size));
  }
  if (NT_SUCCESS(status)) status = MiFindDataFile(fcb, area);
  if (!NT_SUCCESS(status)) return status;
  const KDispatchGuard guard;
  ++area->NumberOfSectionReferences;
  return STATUS_SUCCESS;
}

void MiDereferenceFile(CONTROL_AREA* area, ULONG& count) {
  FCB* file = area->File;
  {
    const FastMutexGuard lock(file->Resource);
    {
      const KDispatchGuard guard;
      --count;
    }
    if (area->NumberOfSectionReferences + area->NumberOfMappedViews + area->NumberOfHolds +
            area->NumberOfCacheReferences !=
        0) {
      return;
    }
    if (area->Image != nullptr) {
      file->SectionObjectPointers.ImageSectionObject = nullptr;
      MiDeleteImageFile(area);
    } else {
      MiFlushFilePages(area, 0, area->Segment.TotalNumberOfPtes);
      file->SectionObjectPointers.DataSectionObject = nullptr;
      delete_data_file(area);
    }
  }
  IoDereferenceFcb(file);
}
