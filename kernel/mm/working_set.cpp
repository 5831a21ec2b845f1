// Growth and replacement of working sets: a process at its maximum pays with its own oldest page,
// unless memory is plentiful.
#include "kernel/mm/working_set.hpp"

#include "kernel/ke/irql.hpp"
#include "kernel/ke/processor.hpp"
#include "kernel/mm/free_pages.hpp"
#include "kernel/mm/layout.hpp"
#include "kernel/mm/pfn.hpp"
#include "kernel/mm/pool.hpp"
#include "kernel/mm/prototype.hpp"
#include "kernel/ps/process.hpp"

extern "C" {
ULONG MmPageReplacements = 0, MmPagesTrimmed = 0;
constinit LIST_ENTRY MmWorkingSetExpansionHead = {&MmWorkingSetExpansionHead,
                                                  &MmWorkingSetExpansionHead};
}

namespace {

constexpr ULONG list_tag = PoolTag("MmWs"), first_slots = 64;

/// Limits by the size of memory, as NT 3.x chose them.
struct Limits {
  ULONG megabytes, minimum, maximum;
};
constexpr Limits limits[] = {{13, 20, 45}, {20, 30, 145}, {~ULONG{0}, 50, 345}};

const Limits& limits_here() {
  const ULONG megabytes = MmNumberOfPhysicalPages >> (20 - PAGE_SHIFT);
  unsigned i = 0;
  while (megabytes >= limits[i].megabytes) ++i;
  return limits[i];
}

bool grow_list(MMWSL& list, ULONG slots) {
  auto* larger =
      static_cast<MMWSLE*>(ExAllocatePoolWithTag(NonPagedPool, slots * sizeof(MMWSLE), list_tag));
  if (larger == nullptr) return false;
  if (MMWSLE* old = MiGrowWsl(list, larger, slots)) ExFreePool(old);
  return true;
}

/// A process's by way of KSEG0, as it need not be attached.
PMMPTE pte_of(const EPROCESS* process, ULONG vpn) {
  const ULONG address = vpn << PAGE_SHIFT;
  if (process == nullptr) return MiAddressToPte(address);
  const auto* directory =
      MiFrameToKseg0<MMPTE>(PageGeometry::page_of(process->Pcb.DirectoryTableBase));
  const MMPTE pde = directory[PageGeometry::directory_index(address)];
  return MiFrameToKseg0<MMPTE>(pde.frame()) + PageGeometry::table_index(address);
}

bool is_page_table(ULONG vpn) {
  constexpr ULONG first = PageGeometry::page_of(PageGeometry::page_table_base);
  return vpn - first < PageGeometry::directory_entries;
}

/// A page table stays while an entry in it is valid or in transition: each is a share.
bool may_leave(const MMSUPPORT& vm, ULONG vpn) {
  return !is_page_table(vpn) || MmPfnDatabase[pte_of(vm.Process, vpn)->frame()].u2.ShareCount == 1;
}

/// The page under the hand goes to standby or to the modified list. False when none may.
bool remove_oldest(MMSUPPORT& vm) {
  MMWSL& list = vm.VmWorkingSetList;
  const ULONG index = MiNextVictim(list, [&](ULONG vpn) { return may_leave(vm, vpn); });
  if (index == MM_NO_WSLE) return false;
  const ULONG vpn = list.Wsle[index].VirtualPageNumber;
  const PMMPTE pte = pte_of(vm.Process, vpn);
  const ULONG frame = pte->frame();
  if (MmPfnDatabase[frame].PrototypePte != 0) {
    MiUnmapSharedPage(vm, pte, index);
  } else {
    MiRemoveFromWorkingSet(vm, frame);
    MiMakeTransition(pte, MMPTE{MmPfnDatabase[frame].OriginalPte}.protection());
  }
  if (vm.Process == nullptr || vm.Process->Pcb.DirectoryTableBase == KeReadCr3()) {
    KeFlushSingleTb(vpn << PAGE_SHIFT);
  }
  return true;
}

bool replace(MMSUPPORT& vm) {
  if (!remove_oldest(vm)) return false;
  ++MmPageReplacements;
  return true;
}

/// A locked page keeps its page table, too.
ULONG pages_to_guarantee(ULONG minimum, ULONG locked) {
  const ULONG with_locked = locked == 0 ? 0 : 2 * locked + MM_FLUID_WORKING_SET;
  return with_locked > minimum ? with_locked : minimum;
}

/// Guaranteed pages may lie in memory and in the paging file at once, and nothing gets them out of
/// memory: they count twice, as backing and as commitment of their own.
bool guarantee(MMSUPPORT& vm, ULONG minimum, ULONG locked) {
  const ULONG wanted = pages_to_guarantee(minimum, locked);
  if (wanted < vm.GuaranteedPages) {
    MiReturnCommitment(vm.GuaranteedPages - wanted);
    MiReturnResidentPages(vm.GuaranteedPages - wanted);
  } else {
    // Each of them needs a slot, and memory for more slots might not be had later.
    if (wanted > vm.VmWorkingSetList.LastEntry && !grow_list(vm.VmWorkingSetList, wanted)) {
      return false;
    }
    const ULONG more = wanted - vm.GuaranteedPages;
    if (!MiChargeResidentPages(more)) return false;
    if (!MiChargeCommitment(more)) {
      MiReturnResidentPages(more);
      return false;
    }
  }
  vm.GuaranteedPages = wanted;
  vm.MinimumWorkingSetSize = minimum;
  vm.LockedPages = locked;
  return true;
}

}  // namespace

bool MiInitializeWorkingSet(MMSUPPORT& vm) {
  vm.VmWorkingSetList = {};
  vm.MaximumWorkingSetSize = limits_here().maximum;
  const KDispatchGuard guard;
  if (!grow_list(vm.VmWorkingSetList, first_slots)) return false;
  if (!guarantee(vm, limits_here().minimum, 0)) {
    ExFreePool(vm.VmWorkingSetList.Wsle);
    vm.VmWorkingSetList = {};
    return false;
  }
  InsertTailList(&MmWorkingSetExpansionHead, &vm.WorkingSetExpansionLinks);
  return true;
}

void MiDeleteWorkingSet(MMSUPPORT& vm) {
  {
    const KDispatchGuard guard;
    if (vm.VmWorkingSetList.Wsle == nullptr) return;
    RemoveEntryList(&vm.WorkingSetExpansionLinks);
    guarantee(vm, 0, 0);
  }
  ExFreePool(vm.VmWorkingSetList.Wsle);
  vm.VmWorkingSetList = {};
}

bool MiMakeRoomInWorkingSet(MMSUPPORT& vm) {
  const ULONG available = MmAvailablePages();
  const bool full = vm.WorkingSetSize >= vm.MaximumWorkingSetSize;
  const bool pay = available <= MmMinimumFreePages || (full && available < MmPlentifulFreePages);
  if (pay && vm.WorkingSetSize > vm.GuaranteedPages) replace(vm);
  MMWSL& list = vm.VmWorkingSetList;
  return list.FirstFree != MM_NO_WSLE || grow_list(list, 2 * list.LastEntry) || replace(vm);
}

void MiAddToWorkingSet(MMSUPPORT& vm, const MMPTE* pte) {
  MmPfnDatabase[pte->frame()].u1.WsIndex =
      MiTakeWsle(vm.VmWorkingSetList, PageGeometry::page_of(MiPteToAddress(pte)));
  if (++vm.WorkingSetSize > vm.PeakWorkingSetSize) vm.PeakWorkingSetSize = vm.WorkingSetSize;
}

void MiRemoveFromWorkingSet(MMSUPPORT& vm, ULONG frame) {
  MiEmptySlot(vm, MmPfnDatabase[frame].u1.WsIndex);
}

void MiEmptySlot(MMSUPPORT& vm, ULONG index) {
  if (vm.VmWorkingSetList.Wsle[index].LockedInWs != 0) MiUnlockWsle(vm, index);
  MiFreeWsle(vm.VmWorkingSetList, index);
  --vm.WorkingSetSize;
}

NTSTATUS MiLockWsle(MMSUPPORT& vm, ULONG index) {
  if (vm.LockedPages >= vm.MinimumWorkingSetSize) return STATUS_WORKING_SET_QUOTA;
  if (!guarantee(vm, vm.MinimumWorkingSetSize, vm.LockedPages + 1)) {
    return STATUS_INSUFFICIENT_RESOURCES;
  }
  vm.VmWorkingSetList.Wsle[index].LockedInWs = 1;
  return STATUS_SUCCESS;
}

void MiUnlockWsle(MMSUPPORT& vm, ULONG index) {
  vm.VmWorkingSetList.Wsle[index].LockedInWs = 0;
  guarantee(vm, vm.MinimumWorkingSetSize, vm.LockedPages - 1);
}

bool MiSetWorkingSetMinimum(MMSUPPORT& vm, ULONG pages) {
  return guarantee(vm, pages, vm.LockedPages);
}

ULONG MiSlotOfPage(const MMSUPPORT& vm, ULONG vpn) {
  const ULONG address = vpn << PAGE_SHIFT;
  if (!MiAddressToPde(address)->valid() || !MiAddressToPte(address)->valid()) return MM_NO_WSLE;
  return MiSlotOf(vm, MiAddressToPte(address));
}

void MiEmptyWorkingSet(MMSUPPORT& vm) {
  for (;;) {
    const KDispatchGuard guard;
    if (!remove_oldest(vm)) break;
    ++MmPagesTrimmed;
  }
}

ULONG MiTrimWorkingSet(MMSUPPORT& vm, ULONG pages) {
  ULONG done = 0;
  for (; done < pages; ++done) {
    const KDispatchGuard guard;  // a page at a time: interrupts' DPCs get their turn
    if (vm.WorkingSetSize <= vm.GuaranteedPages) break;
    if (!remove_oldest(vm)) break;
    ++MmPagesTrimmed;
  }
  return done;
}
