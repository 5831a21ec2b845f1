// Views: a section's pages in a process, from an offset on.
#include "kernel/mm/page_table.hpp"
#include "kernel/mm/pool.hpp"
#include "kernel/mm/prototype.hpp"
#include "kernel/mm/regions.hpp"
#include "kernel/mm/section.hpp"
#include "kernel/nt/section.hpp"
#include "kernel/ps/process.hpp"

namespace {

constexpr ULONG granularity_mask = MM_ALLOCATION_GRANULARITY - 1;

/// Where the view begins and how long it is, against the section.
NTSTATUS measure(const SEGMENT& segment, MmView& view) {
  if ((view.base & granularity_mask) != 0 || (view.offset & granularity_mask) != 0) {
    return STATUS_MAPPED_ALIGNMENT;
  }
  if (view.base > MM_HIGHEST_VAD_ADDRESS ||
      (view.base != 0 && view.base < MM_LOWEST_USER_ADDRESS)) {
    return STATUS_INVALID_PARAMETER_3;
  }
  if (view.offset >= segment.SizeOfSegment) return STATUS_INVALID_VIEW_SIZE;
  const ULONGLONG room = segment.SizeOfSegment - view.offset;
  if (view.size == 0) {
    view.size = static_cast<ULONG>(room);
  } else if (view.size > room) {
    return STATUS_INVALID_VIEW_SIZE;
  }
  return view.size > MM_HIGHEST_VAD_ADDRESS + 1 - view.base ? STATUS_INVALID_VIEW_SIZE
                                                            : STATUS_SUCCESS;
}

NTSTATUS insert_view(EPROCESS* process, CONTROL_AREA* area, MmView& view, ULONG zero_bits,
                     bool top_down, bool inherit, MMPROTECTION protection) {
  if (process->Vm.Deleted) return STATUS_PROCESS_IS_TERMINATING;
  ULONG first, last;
  NTSTATUS status =
      MiChooseRange(process, {view.base, view.size}, zero_bits, top_down, first, last);
  if (!NT_SUCCESS(status)) return status;
  MMVAD* vad = MiAllocateVad(first, last, protection);
  if (vad == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  const ULONG pages = last - first + 1;
  if (MiIsWriteCopy(protection)) {  // each may become a private page
    if (!MiChargeProcessCommitment(process, pages)) {
      ExFreePool(vad);
      return STATUS_COMMITMENT_LIMIT;
    }
    vad->VadFlags.CommitCharge = pages & 0x7FFFF;
  }
  vad->VadFlags.PrivateMemory = 0;
  vad->ControlArea = area;
  vad->FirstPrototypePte =
      area->Segment.PrototypePte + static_cast<ULONG>(view.offset >> PAGE_SHIFT);
  vad->Inherit = inherit ? 1 : 0;
  MiReferenceView(area);
  MiInsertVad(process, vad);
  view.base = first << PAGE_SHIFT;
  view.size = pages << PAGE_SHIFT;
  return STATUS_SUCCESS;
}

}  // namespace

NTSTATUS MmMapViewOfSection(SECTION* section, EPROCESS* process, MmView& view, ULONG zero_bits,
                            ULONG commit_size, bool inherit, ULONG type, ULONG protect) {
  if ((type & ~(MEM_TOP_DOWN | MEM_RESERVE)) != 0) return STATUS_INVALID_PARAMETER_9;
  const MMPROTECTION protection = MiMakeProtectionMask(protect);
  if (protection == MM_INVALID_PROTECTION) return STATUS_INVALID_PAGE_PROTECTION;
  if (zero_bits > MiLargestZeroBits) return STATUS_INVALID_PARAMETER_4;
  SEGMENT& segment = section->ControlArea->Segment;
  if (!MiIsProtectionCompatible(segment.Protection, protection)) return STATUS_SECTION_PROTECTION;
  NTSTATUS status = measure(segment, view);
  if (!NT_SUCCESS(status)) return status;
  if (commit_size > view.size) return STATUS_INVALID_PARAMETER_5;
  if (commit_size != 0) {
    status = MiCommitSegment(segment, static_cast<ULONG>(view.offset >> PAGE_SHIFT),
                             PageGeometry::page_of(commit_size - 1) + 1);
    if (!NT_SUCCESS(status)) return status;
  }
  const MiAddressSpaceGuard lock(process->Vm);
  return insert_view(process, section->ControlArea, view, zero_bits, (type & MEM_TOP_DOWN) != 0,
                     inherit, protection);
}

/// Any address in the view will do.
NTSTATUS MmUnmapViewOfSection(EPROCESS* process, ULONG address) {
  const MiAddressSpaceGuard lock(process->Vm);
  MMVAD* vad = address > MM_HIGHEST_VAD_ADDRESS
                   ? nullptr
                   : process->Vm.VadRoot.find(PageGeometry::page_of(address));
  if (vad == nullptr || vad->ControlArea == nullptr) return STATUS_NOT_MAPPED_VIEW;
  MiRemoveVad(process, vad);  // no fault asks for its pages any more
  MiDeletePages(process, vad->StartingVpn, vad->EndingVpn);
  MiReturnProcessCommitment(process, vad->VadFlags.CommitCharge);
  MiFreeEmptyPageTables(process, vad->StartingVpn, vad->EndingVpn);
  MiDereferenceView(vad->ControlArea);
  ExFreePool(vad);
  return STATUS_SUCCESS;
}
