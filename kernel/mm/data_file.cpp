// The control area of a data file: made with the first reference, extended with the file, gone with
// the last reference.
#include "kernel/io/fcb.hpp"
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
constexpr ULONG least_extension = 64;  // pages: a file that grows does so again

/// `pages` more pages at the end of the segment.
NTSTATUS add_subsection(FILE_CONTROL_AREA* area, ULONG pages) {
  auto* subsection = static_cast<SUBSECTION*>(
      ExAllocatePoolWithTag(NonPagedPool, sizeof(SUBSECTION), subsection_tag));
  if (subsection == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  auto* ptes = static_cast<PMMPTE>(
      ExAllocatePoolWithTag(NonPagedPool, pages * sizeof(MMPTE), prototype_tag));
  if (ptes == nullptr) {
    ExFreePool(subsection);
    return STATUS_INSUFFICIENT_RESOURCES;
  }
  const ULONG offset = area->TotalNumberOfPtes << PAGE_SHIFT;
  *subsection = {
      {}, area, nullptr, ptes, pages, area->TotalNumberOfPtes, offset, offset, pages << PAGE_SHIFT};
  for (ULONG i = 0; i < pages; ++i) ptes[i] = MiMakeSubsectionPte(MM_READWRITE, subsection);
  const KDispatchGuard guard;
  (area->FirstSubsection == nullptr ? area->FirstSubsection
                                    : area->LastSubsection->NextSubsection) = subsection;
  area->LastSubsection = subsection;
  area->TotalNumberOfPtes += pages;
  InsertTailList(&MmSubsectionHead, &subsection->SubsectionLinks);
  return STATUS_SUCCESS;
}

void delete_control_area(FILE_CONTROL_AREA* area) {
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

PMMPTE MiFindPrototypePte(const FILE_CONTROL_AREA* area, ULONG page) {
  for (const SUBSECTION* subsection = area->FirstSubsection; subsection != nullptr;
       subsection = subsection->NextSubsection) {
    const ULONG index = page - subsection->StartingPage;
    if (index < subsection->PtesInSubsection) return subsection->SubsectionBase + index;
  }
  return nullptr;
}

NTSTATUS MiReferenceDataFile(FCB* file, FILE_CONTROL_AREA*& area) {
  area = file->SectionObjectPointers.DataSectionObject;
  if (area == nullptr) {
    area = static_cast<FILE_CONTROL_AREA*>(
        ExAllocatePoolWithTag(NonPagedPool, sizeof(FILE_CONTROL_AREA), control_tag));
    if (area == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
    RtlZeroMemory(area, sizeof *area);
    area->File = file;
    KeInitializeEvent(&area->PagingIoDone, NotificationEvent, false);
    const NTSTATUS status = MiExtendDataFile(area, file->File->size);
    if (!NT_SUCCESS(status)) {
      ExFreePool(area);
      return status;
    }
    IoReferenceFcb(file);
    file->SectionObjectPointers.DataSectionObject = area;
  }
  ++area->NumberOfReferences;
  return STATUS_SUCCESS;
}

NTSTATUS MiExtendDataFile(FILE_CONTROL_AREA* area, ULONG bytes) {
  const ULONG wanted = bytes / PAGE_SIZE + (bytes % PAGE_SIZE != 0 ? 1 : 0);
  if (wanted <= area->TotalNumberOfPtes) return STATUS_SUCCESS;
  ULONG more = wanted - area->TotalNumberOfPtes;
  if (area->TotalNumberOfPtes != 0 && more < least_extension) more = least_extension;
  return add_subsection(area, more);
}

NTSTATUS MiDereferenceDataFile(FILE_CONTROL_AREA* area) {
  FCB* file = area->File;
  NTSTATUS status = STATUS_SUCCESS;
  {
    const FastMutexGuard lock(file->Resource);
    if (--area->NumberOfReferences != 0) return STATUS_SUCCESS;
    if (!file->DeleteOnClose) {
      status = MiFlushFilePages(area, 0, area->TotalNumberOfPtes);
    }
    file->SectionObjectPointers.DataSectionObject = nullptr;
    delete_control_area(area);
  }
  IoDereferenceFcb(file);
  return status;
}
