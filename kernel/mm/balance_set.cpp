// The balance set manager: trims the working sets of all processes in turn while pages are few.
#include "kernel/ke/irql.hpp"
#include "kernel/mm/control_area.hpp"
#include "kernel/mm/free_pages.hpp"
#include "kernel/mm/paging_file.hpp"
#include "kernel/mm/pfn.hpp"
#include "kernel/mm/working_set.hpp"
#include "kernel/ps/process.hpp"

extern "C" LIST_ENTRY MmWorkingSetExpansionHead;

namespace {

constexpr LARGE_INTEGER one_second = {.QuadPart = -10'000'000};

/// Dirty pages count as far as the modified page writer can make them available.
bool enough_pages() {
  const KDispatchGuard guard;
  const ULONG dirty = MmModifiedPageListHead.Total, space = MiFreePageFileSpace();
  return MmAvailablePages() + (dirty < space ? dirty : space) +
             MmModifiedMappedPageListHead.Total >=
         MmPlentifulFreePages;
}

ULONG count_working_sets() {
  const KDispatchGuard guard;
  ULONG count = 0;
  for (PLIST_ENTRY entry = MmWorkingSetExpansionHead.Flink; entry != &MmWorkingSetExpansionHead;
       entry = entry->Flink) {
    ++count;
  }
  return count;
}

/// The working set whose turn it is, its process referenced; its next turn comes after all others'.
MMSUPPORT* next_working_set() {
  const KDispatchGuard guard;
  if (IsListEmpty(&MmWorkingSetExpansionHead)) return nullptr;
  PLIST_ENTRY entry = RemoveHeadList(&MmWorkingSetExpansionHead);
  InsertTailList(&MmWorkingSetExpansionHead, entry);
  MMSUPPORT* vm = CONTAINING_RECORD(entry, MMSUPPORT, WorkingSetExpansionLinks);
  if (vm->Process != nullptr) ObReferenceObject(vm->Process);
  return vm;
}

enum class Round { Outswap, Trim, TrimInNeed };

/// A process that is busy with its address space is left alone this time.
void trim(MMSUPPORT& vm, Round round) {
  const bool idle = vm.Process != nullptr && MiIsIdleProcess(vm.Process);
  if (round == Round::Outswap && !idle) return;
  if (!ExTryToAcquireFastMutex(&vm.WorkingSetLock)) return;
  if (vm.VmWorkingSetList.Wsle == nullptr) {
    // It has just ended.
  } else if (idle) {
    MiOutswapProcess(vm.Process);
  } else {
    const bool need = round == Round::TrimInNeed;
    const ULONG faults = vm.PageFaultCount - vm.LastTrimFaultCount;
    MiTrimWorkingSet(vm, MiPagesToTrim(vm.WorkingSetSize, vm.GuaranteedPages, faults, need));
    vm.LastTrimFaultCount = vm.PageFaultCount;
  }
  ExReleaseFastMutex(&vm.WorkingSetLock);
}

/// Idle processes go as a whole. Then a round with the fault rates heeded; where that isn't enough,
/// one without.
void trim_in_turn() {
  constexpr Round rounds[] = {Round::Outswap, Round::Trim, Round::TrimInNeed};
  for (const Round round : rounds) {
    for (ULONG left = count_working_sets(); left != 0 && !enough_pages(); --left) {
      MMSUPPORT* vm = next_working_set();
      if (vm == nullptr) return;
      trim(*vm, round);
      if (vm->Process != nullptr) ObDereferenceObject(vm->Process);
    }
  }
}

}  // namespace

void KeBalanceSetManager(PVOID) {
  for (;;) {
    KeWaitForSingleObject(&MmWorkingSetManagerEvent, KernelMode, &one_second);
    trim_in_turn();
    const KDispatchGuard guard;
    MiWakeModifiedPageWriter();
    MiWakeMappedPageWriter();
  }
}
