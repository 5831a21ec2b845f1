// NtFlushVirtualMemory, and what processes have written to pages of files and nobody knows yet.
#include "kernel/ke/irql.hpp"
#include "kernel/ke/processor.hpp"
#include "kernel/mm/control_area.hpp"
#include "kernel/mm/page_table.hpp"
#include "kernel/mm/pfn.hpp"
#include "kernel/mm/prototype.hpp"
#include "kernel/mm/working_set.hpp"
#include "kernel/ps/process.hpp"

extern "C" LIST_ENTRY MmWorkingSetExpansionHead;

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

/// By way of KSEG0: the process is another one. One that is busy with its pages is left alone.
void capture_dirty_bits(MMSUPPORT& vm) {
  if (!ExTryToAcquireFastMutex(&vm.WorkingSetLock)) return;
  const auto* directory =
      MiFrameToKseg0<MMPTE>(PageGeometry::page_of(vm.Process->Pcb.DirectoryTableBase));
  const MMWSL& list = vm.VmWorkingSetList;
  for (ULONG i = 0; list.Wsle != nullptr && i < list.LastEntry; ++i) {
    const ULONG address = list.Wsle[i].VirtualPageNumber << PAGE_SHIFT;
    if (list.Wsle[i].Valid == 0 || address > MM_HIGHEST_USER_ADDRESS) continue;
    const MMPTE pde = directory[PageGeometry::directory_index(address)];
    if (!pde.valid()) continue;
    capture_dirty_bit(MiFrameToKseg0<MMPTE>(pde.frame()) + PageGeometry::table_index(address));
  }
  ExReleaseFastMutex(&vm.WorkingSetLock);
}

}  // namespace

void MmCaptureDirtyPages() {
  const KDispatchGuard guard;
  for (PLIST_ENTRY entry = MmWorkingSetExpansionHead.Flink; entry != &MmWorkingSetExpansionHead;
       entry = entry->Flink) {
    MMSUPPORT* vm = CONTAINING_RECORD(entry, MMSUPPORT, WorkingSetExpansionLinks);
    if (vm->Process != nullptr) capture_dirty_bits(*vm);
  }
  KeWriteCr3(KeReadCr3());
}

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
