// Whole processes out of memory: those whose threads have all waited in user mode for long.
#include "kernel/ke/clock.hpp"
#include "kernel/ke/irql.hpp"
#include "kernel/ke/processor.hpp"
#include "kernel/mm/layout.hpp"
#include "kernel/mm/pfn.hpp"
#include "kernel/mm/working_set.hpp"
#include "kernel/ps/process.hpp"

extern "C" {
ULONG MmProcessOutswapCount = 0;
}

namespace {

constexpr ULONG idle_ticks = 300;  // three seconds

/// It belongs to no region and to no working set, but keeps its page table.
void unmap_shared_user_data(EPROCESS* process) {
  constexpr ULONG table = PageGeometry::directory_index(MM_SHARED_USER_DATA_VA);
  const KDispatchGuard guard;
  const ULONG directory = process->Pcb.DirectoryTableBase;
  const MMPTE pde = MiFrameToKseg0<MMPTE>(PageGeometry::page_of(directory))[table];
  if (!pde.valid()) return;
  MMPTE& pte =
      MiFrameToKseg0<MMPTE>(pde.frame())[PageGeometry::table_index(MM_SHARED_USER_DATA_VA)];
  if (!pte.valid()) return;
  pte = MmZeroPte;
  --process->Vm.UsedPageTableEntries[table];
  MiDecrementShareCount(pde.frame());
  if (directory == KeReadCr3()) KeFlushSingleTb(MM_SHARED_USER_DATA_VA);
}

}  // namespace

bool MiIsIdleProcess(const EPROCESS* process) {
  const KDispatchGuard guard;
  const LIST_ENTRY* head = &process->Pcb.ThreadListHead;
  if (IsListEmpty(head)) return false;
  for (const LIST_ENTRY* entry = head->Flink; entry != head; entry = entry->Flink) {
    const KTHREAD* thread = CONTAINING_RECORD(entry, KTHREAD, ThreadListEntry);
    if (thread->State != Waiting || thread->WaitMode != UserMode ||
        KeGetTickCount() - thread->WaitTime < idle_ticks) {
      return false;
    }
  }
  return true;
}

/// Page tables go as soon as the pages of theirs have found other frames: a later round sees to it.
void MiOutswapProcess(EPROCESS* process) {
  MMSUPPORT& vm = process->Vm;
  if (vm.OutswapFaultCount != vm.PageFaultCount) ++MmProcessOutswapCount;
  vm.OutswapFaultCount = vm.PageFaultCount;
  unmap_shared_user_data(process);
  MiEmptyWorkingSet(vm);
}
