// NtFlushVirtualMemory, and what processes have written to pages of files and nobody knows yet.
#include "kernel/ke/irql.hpp"
#include "kernel/ke/processor.hpp"
#include "kernel/mm/control_area.hpp"
#include "kernel/mm/page_table.hpp"
#include "kernel/mm/pfn.hpp"
#include "kernel/mm/prototype.hpp"
#include "kernel/mm/working_set.hpp"
#include "kernel/ps/process.hpp"

namespace {

/// The page is dirty from here on, and its next store is noticed again.
void capture_dirty_bit(PMMPTE pte) {
  const KDispatchGuard guard;
  if (!pte->valid() || !pte->dirty() || pte->copy_on_write()) return;
  MMPFN& pfn = MmPfnDatabase[pte->frame()];
  if (pfn.PrototypePte == 0) return;
  pfn.Modified = 1;
  pte->Long &= ~Pte::Dirty;
}

/// The region's part in `view`, with a reference to what is behind it.
NTSTATUS find_view(EPROCESS* process, MmView& view, CONTROL_AREA*& area, ULONG& page) {
  const ULONG first = PageGeometry::page_of(view.base);
  const MMVAD* vad = view.base > MM_HIGHEST_VAD_ADDRESS ? nullptr : process->Vm.VadRoot.find(first);
  if (vad == nullptr || vad->ControlArea == nullptr) return STATUS_NOT_MAPPED_VIEW;
  area = vad->ControlArea;
  if (area->File == nullptr || area->Image != nullptr) return STATUS_NOT_MAPPED_DATA;
  const ULONG room = (vad->EndingVpn - first + 1) << PAGE_SHIFT;
  if (view.size > room - (view.base & PageGeometry::offset_mask)) return STATUS_INVALID_VIEW_SIZE;
  view.size = view.size == 0
                  ? room
                  : PageGeometry::round_up((view.base & PageGeometry::offset_mask) + view.size);
  view.base = first << PAGE_SHIFT;
  page = vad->StartingPage + (first - vad->StartingVpn);
  MiHoldControlArea(area);
  return STATUS_SUCCESS;
}

}  // namespace

NTSTATUS MmFlushVirtualMemory(EPROCESS* process, MmView& view) {
  CONTROL_AREA* area;
  ULONG page;
  {
    const MiAddressSpaceGuard lock(process->Vm);
    const NTSTATUS status = find_view(process, view, area, page);
    if (!NT_SUCCESS(status)) return status;
    const ULONG first = PageGeometry::page_of(view.base);
    MiPageWalk walk(process, first, first + (view.size >> PAGE_SHIFT) - 1);
    while (walk.next()) {
      if (walk.pte() != nullptr) capture_dirty_bit(walk.pte());
    }
    KeWriteCr3(KeReadCr3());
  }
  const NTSTATUS status = MiFlushFilePages(area, page, page + (view.size >> PAGE_SHIFT) - 1);
  MiReleaseControlArea(area);
  return status;
}
