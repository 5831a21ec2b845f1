// Views: a section's pages in a process, from an offset on.
#include "kernel/ldr/image.hpp"
#include "kernel/mm/control_area.hpp"
#include "kernel/mm/page_table.hpp"
#include "kernel/mm/paging_file.hpp"
#include "kernel/mm/pool.hpp"
#include "kernel/mm/prototype.hpp"
#include "kernel/mm/regions.hpp"
#include "kernel/mm/section.hpp"
#include "kernel/nt/section.hpp"
#include "kernel/ps/process.hpp"

namespace pe = arch::pe;

namespace {

constexpr ULONG granularity_mask = MM_ALLOCATION_GRANULARITY - 1;

/// Where the view begins and how long it is, against the section.
NTSTATUS measure(ULONGLONG size_of_section, MmView& view) {
  if ((view.base & granularity_mask) != 0 || (view.offset & granularity_mask) != 0) {
    return STATUS_MAPPED_ALIGNMENT;
  }
  if (view.base > MM_HIGHEST_VAD_ADDRESS ||
      (view.base != 0 && view.base < MM_LOWEST_USER_ADDRESS)) {
    return STATUS_INVALID_PARAMETER_3;
  }
  if (view.offset >= size_of_section) return STATUS_INVALID_VIEW_SIZE;
  const ULONGLONG room = size_of_section - view.offset;
  if (view.size == 0) {
    view.size = static_cast<ULONG>(room);
  } else if (view.size > room) {
    return STATUS_INVALID_VIEW_SIZE;
  }
  return view.size > MM_HIGHEST_VAD_ADDRESS + 1 - view.base ? STATUS_INVALID_VIEW_SIZE
                                                            : STATUS_SUCCESS;
}

void set_prototypes(MMVAD* vad, CONTROL_AREA* area, ULONG page) {
  const SEGMENT& segment = area->Segment;
  vad->StartingPage = page;
  if (segment.PrototypePte == nullptr) {
    vad->FirstPrototypePte = MiFindPrototypePte(area, page, &vad->LastContiguousPte);
  } else {
    vad->FirstPrototypePte = segment.PrototypePte + page;
    vad->LastContiguousPte = segment.PrototypePte + segment.TotalNumberOfPtes - 1;
  }
}

NTSTATUS insert_view(EPROCESS* process, CONTROL_AREA* area, MmView& view, ULONG zero_bits,
                     bool top_down, bool inherit, MMPROTECTION protection) {
  if (process->Vm.Deleted) return STATUS_PROCESS_IS_TERMINATING;
  ULONG first, last;
  NTSTATUS status =
      MiChooseRange(process, {view.base, view.size}, zero_bits, top_down, first, last);
  if (!NT_SUCCESS(status)) return status;
  MMVAD* vad = MiAllocateVad(process, first, last, protection);
  if (vad == nullptr) return MiVadFailure(process);
  const ULONG pages = last - first + 1;
  if (MiIsWriteCopy(protection)) {  // each may become a private page
    if (!MiChargeProcessCommitment(process, pages)) {
      MiFreeVad(process, vad);
      return MiCommitmentFailure(process, pages);
    }
    vad->VadFlags.CommitCharge = pages & 0x7FFFF;
  }
  vad->VadFlags.PrivateMemory = 0;
  vad->ControlArea = area;
  set_prototypes(vad, area, static_cast<ULONG>(view.offset >> PAGE_SHIFT));
  vad->Inherit = inherit ? 1 : 0;
  MiReferenceView(area);
  MiInsertVad(process, vad);
  view.base = first << PAGE_SHIFT;
  view.size = pages << PAGE_SHIFT;
  return STATUS_SUCCESS;
}

/// All of the image: where it wants to be, if nothing else is asked for and that is free.
NTSTATUS map_image(EPROCESS* process, CONTROL_AREA* area, MmView& view) {
  const pe::OptionalHeader32& header = area->Image->optional;
  if (view.offset != 0) return STATUS_INVALID_VIEW_SIZE;
  if (process->Vm.Deleted) return STATUS_PROCESS_IS_TERMINATING;
  const bool chosen = view.base != 0;
  ULONG first, last;
  MmRegion region = {chosen ? view.base : header.image_base, header.size_of_image};
  NTSTATUS status = MiChooseRange(process, region, 0, false, first, last);
  if (!NT_SUCCESS(status) && !chosen) {
    region.base = 0;
    status = MiChooseRange(process, region, 0, false, first, last);
  }
  if (!NT_SUCCESS(status)) return status;
  MMVAD* vad = MiAllocateVad(process, first, last, MM_EXECUTE_WRITECOPY);
  if (vad == nullptr) return MiVadFailure(process);
  if (!MiChargeProcessCommitment(process, area->NumberOfCopyPages)) {
    MiFreeVad(process, vad);
    return MiCommitmentFailure(process, area->NumberOfCopyPages);
  }
  vad->VadFlags.CommitCharge = area->NumberOfCopyPages & 0x7FFFF;
  vad->VadFlags.VadType = VadImageMap;
  vad->VadFlags.PrivateMemory = 0;
  vad->ControlArea = area;
  set_prototypes(vad, area, 0);
  vad->Inherit = 1;
  MiReferenceView(area);
  MiInsertVad(process, vad);
  view.base = first << PAGE_SHIFT;
  view.size = (last - first + 1) << PAGE_SHIFT;
  return view.base == header.image_base ? STATUS_SUCCESS : STATUS_IMAGE_NOT_AT_BASE;
}

}  // namespace

NTSTATUS MmMapViewOfSection(SECTION* section, EPROCESS* process, MmView& view, ULONG zero_bits,
                            ULONG commit_size, bool inherit, ULONG type, ULONG protect) {
  if ((type & ~(MEM_TOP_DOWN | MEM_RESERVE)) != 0) return STATUS_INVALID_PARAMETER_9;
  MMPROTECTION protection = MiMakeProtectionMask(protect);
  if (protection == MM_INVALID_PROTECTION) return STATUS_INVALID_PAGE_PROTECTION;
  const bool uncached = (section->AllocationAttributes & SEC_NOCACHE) != 0;
  if (uncached && !MiIsNoAccess(protection)) protection |= MM_NOCACHE;
  if (zero_bits > MiLargestZeroBits) return STATUS_INVALID_PARAMETER_4;
  CONTROL_AREA* area = section->ControlArea;
  SEGMENT& segment = area->Segment;
  if (area->Image != nullptr) {
    return MiWithCommitment(area->NumberOfCopyPages, [&] {
      const MiAddressSpaceGuard lock(process->Vm);
      return map_image(process, area, view);
    });
  }
  if (!MiIsProtectionCompatible(section->Protection, protection)) return STATUS_SECTION_PROTECTION;
  NTSTATUS status = measure(section->SizeOfSection, view);
  if (!NT_SUCCESS(status)) return status;
  if (commit_size > view.size) return STATUS_INVALID_PARAMETER_5;
  const ULONG first = static_cast<ULONG>(view.offset >> PAGE_SHIFT);
  if (commit_size != 0 && area->File == nullptr) {
    const ULONG pages = PageGeometry::page_of(commit_size - 1) + 1;
    status = MiWithCommitment(pages, [&] { return MiCommitSegment(segment, first, pages); });
    if (!NT_SUCCESS(status)) return status;
  }
  return MiWithCommitment(PageGeometry::page_of(view.size - 1) + 1, [&] {
    const MiAddressSpaceGuard lock(process->Vm);
    return insert_view(process, area, view, zero_bits, (type & MEM_TOP_DOWN) != 0, inherit,
                       protection);
  });
}

/// Any address in the view will do. The last view of a file writes what is dirty: without the
/// locks.
NTSTATUS MmUnmapViewOfSection(EPROCESS* process, ULONG address) {
  CONTROL_AREA* area;
  {
    const MiAddressSpaceGuard lock(process->Vm);
    MMVAD* vad = address > MM_HIGHEST_VAD_ADDRESS
                     ? nullptr
                     : process->Vm.VadRoot.find(PageGeometry::page_of(address));
    if (vad == nullptr || vad->ControlArea == nullptr) return STATUS_NOT_MAPPED_VIEW;
    area = vad->ControlArea;
    MiRemoveVad(process, vad);  // no fault asks for its pages any more
    MiDeletePages(process, vad->StartingVpn, vad->EndingVpn);
    MiReturnProcessCommitment(process, vad->VadFlags.CommitCharge);
    MiFreeEmptyPageTables(process, vad->StartingVpn, vad->EndingVpn);
    MiFreeVad(process, vad);
    MiRemoveView(area);
  }
  MiReleaseControlArea(area);
  return STATUS_SUCCESS;
}
