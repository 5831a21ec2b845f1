// Control areas and segments that the paging file backs: made, committed, and gone with the last
// section and view.
#include "kernel/mm/section.hpp"

#include "kernel/ke/bugcheck.hpp"
#include "kernel/ke/irql.hpp"
#include "kernel/mm/control_area.hpp"
#include "kernel/mm/paging_file.hpp"
#include "kernel/mm/pfn.hpp"
#include "kernel/mm/pool.hpp"
#include "kernel/mm/prototype.hpp"

extern "C" {
constinit LIST_ENTRY MmControlAreas = {&MmControlAreas, &MmControlAreas};
}

namespace {

constexpr ULONG area_tag = PoolTag("MmCa"), segment_tag = PoolTag("MmSt");
constexpr ULONGLONG largest_segment = 0x80000000;  // the user half

void delete_control_area(CONTROL_AREA* area) {
  SEGMENT& segment = area->Segment;
  for (ULONG i = 0; i < segment.TotalNumberOfPtes; ++i) {
    const KDispatchGuard guard;  // a page at a time
    MiDeletePrototype(segment.PrototypePte + i);
  }
  {
    const KDispatchGuard guard;
    RemoveEntryList(&area->Links);
    MiReturnCommitment(segment.NumberOfCommittedPages);
  }
  ExFreePool(segment.PrototypePte);
  ExFreePool(area);
}

/// The charge and what it is for come together.
NTSTATUS enter(CONTROL_AREA* area) {
  const KDispatchGuard guard;
  if (!MiChargeCommitment(area->Segment.NumberOfCommittedPages)) return STATUS_COMMITMENT_LIMIT;
  InsertTailList(&MmControlAreas, &area->Links);
  return STATUS_SUCCESS;
}

void dereference(CONTROL_AREA* area, ULONG& count) {
  if (area->File != nullptr) return MiDereferenceFile(area, count);
  {
    const KDispatchGuard guard;
    if (count == 0) {
      KeBugCheckEx(MEMORY_MANAGEMENT, 4, reinterpret_cast<ULONG>(area),
                   area->NumberOfSectionReferences, area->NumberOfMappedViews);
    }
    --count;
    if (area->NumberOfSectionReferences + area->NumberOfMappedViews + area->NumberOfHolds != 0) {
      return;
    }
  }
  delete_control_area(area);  // nobody knows it any more
}

}  // namespace

NTSTATUS MiCreatePagingFileMap(ULONGLONG bytes, MMPROTECTION protection, bool committed,
                               CONTROL_AREA*& result) {
  if (bytes == 0) return STATUS_INVALID_PARAMETER_4;
  if (bytes > largest_segment) return STATUS_SECTION_TOO_BIG;
  const ULONG pages = static_cast<ULONG>((bytes + PAGE_SIZE - 1) >> PAGE_SHIFT);
  auto* area = static_cast<CONTROL_AREA*>(
      ExAllocatePoolWithTag(NonPagedPool, sizeof(CONTROL_AREA), area_tag));
  auto* ptes =
      static_cast<PMMPTE>(ExAllocatePoolWithTag(NonPagedPool, pages * sizeof(MMPTE), segment_tag));
  if (area == nullptr || ptes == nullptr) {
    if (area != nullptr) ExFreePool(area);
    if (ptes != nullptr) ExFreePool(ptes);
    return STATUS_INSUFFICIENT_RESOURCES;
  }
  const MMPTE first = committed ? MiMakeDemandZeroPte(protection) : MmZeroPte;
  for (ULONG i = 0; i < pages; ++i) ptes[i] = first;
  *area = {};
  area->Segment = {area, pages, committed ? pages : 0, bytes, protection, ptes};
  area->NumberOfSectionReferences = 1;
  const NTSTATUS status = MiWithCommitment(pages, [=] { return enter(area); });
  if (!NT_SUCCESS(status)) {
    ExFreePool(ptes);
    ExFreePool(area);
    return status;
  }
  result = area;
  return STATUS_SUCCESS;
}

NTSTATUS MiCommitSegment(SEGMENT& segment, ULONG first, ULONG count) {
  const KDispatchGuard guard;
  ULONG missing = 0;
  for (ULONG i = first; i < first + count; ++i) {
    if (segment.PrototypePte[i].Long == 0) ++missing;
  }
  if (!MiChargeCommitment(missing)) return STATUS_COMMITMENT_LIMIT;
  segment.NumberOfCommittedPages += missing;
  for (ULONG i = first; i < first + count; ++i) {
    MMPTE& pte = segment.PrototypePte[i];
    if (pte.Long == 0) pte = MiMakeDemandZeroPte(segment.Protection);
  }
  return STATUS_SUCCESS;
}

void MiReferenceView(CONTROL_AREA* area) {
  const KDispatchGuard guard;
  ++area->NumberOfMappedViews;
}

void MiHoldControlArea(CONTROL_AREA* area) {
  const KDispatchGuard guard;
  ++area->NumberOfHolds;
}

void MiRemoveView(CONTROL_AREA* area) {
  const KDispatchGuard guard;
  --area->NumberOfMappedViews;
  ++area->NumberOfHolds;
}

void MiReleaseControlArea(CONTROL_AREA* area) { dereference(area, area->NumberOfHolds); }
void MiDereferenceSection(CONTROL_AREA* area) {
  dereference(area, area->NumberOfSectionReferences);
}
