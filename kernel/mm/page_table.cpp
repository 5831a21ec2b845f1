// Page tables of processes: their life from demand zero through the working set and the paging
// file to the end.
#include "kernel/mm/page_table.hpp"

#include "kernel/ke/irql.hpp"
#include "kernel/mm/free_pages.hpp"
#include "kernel/mm/pfn.hpp"
#include "kernel/mm/working_set.hpp"
#include "kernel/ps/process.hpp"

extern "C" {
ULONG MmPageTableFaultCount = 0, MmPageTableReadCount = 0;
}

namespace {

USHORT& used_entries(EPROCESS* process, ULONG address) {
  return process->Vm.UsedPageTableEntries[PageGeometry::directory_index(address)];
}

NTSTATUS create(EPROCESS* process, PMMPTE pde) {
  if (MmAvailablePages() <= MmMinimumFreePages) return MI_WAIT_FOR_PAGES;
  if (!MiMakeRoomInWorkingSet(process->Vm)) return STATUS_NO_MEMORY;
  if (!MiChargePageTable(process)) return STATUS_COMMITMENT_LIMIT;
  const ULONG frame = MiRemoveZeroPage();
  if (frame == 0) {
    MiReturnProcessCommitment(process, 1);
    return MI_WAIT_FOR_PAGES;
  }
  MiInitializePfn(frame, pde, MiMakeDemandZeroPte(MM_READWRITE), true);
  *pde = MiMakeValidPde(frame, true);
  MiAddToWorkingSet(process->Vm, pde);
  return STATUS_SUCCESS;
}

NTSTATUS revive(EPROCESS* process, PMMPTE pde, MMINPAGE_SUPPORT& support) {
  const ULONG frame = pde->frame();
  support.Frame = frame;
  if (MmPfnDatabase[frame].ReadInProgress != 0) return MI_WAIT_FOR_READER;
  MiTakeFromTransition(frame);
  if (!MiMakeRoomInWorkingSet(process->Vm)) {
    MiReturnToTransition(frame);
    return STATUS_NO_MEMORY;
  }
  *pde = MiMakeValidPde(frame, true);
  MiAddToWorkingSet(process->Vm, pde);
  ++MmPageTableFaultCount;
  return STATUS_PAGE_FAULT_TRANSITION;
}

/// The table goes, wherever it is; nothing in it is of any use any more.
void delete_page_table(EPROCESS* process, ULONG address) {
  const KDispatchGuard guard;
  const PMMPTE pde = MiAddressToPde(address);
  const MMPTE old = *pde;
  *pde = MmZeroPte;
  if (old.valid()) {
    MiRemoveFromWorkingSet(process->Vm, old.frame());
    KeFlushSingleTb(PageGeometry::pte_address(address));
  } else if (old.transition()) {
    MiTakeFromTransition(old.frame());
  } else {
    MiReleasePageFileSpace(old);
  }
  if (old.valid() || old.transition()) {
    MiDecrementShareCount(MmPfnDatabase[old.frame()].PteFrame);
    MiDecrementShareCount(old.frame());
  }
  MiReturnProcessCommitment(process, 1);
}

ULONG table_base(ULONG vpn) { return vpn << PAGE_SHIFT & ~(PageGeometry::bytes_per_table - 1); }

}  // namespace

NTSTATUS MiBringPageTable(EPROCESS* process, ULONG address, ULONG cluster_limit,
                          MMINPAGE_SUPPORT& support) {
  const KDispatchGuard guard;
  const PMMPTE pde = MiAddressToPde(address);
  if (pde->valid()) return STATUS_SUCCESS;
  if (pde->transition()) return revive(process, pde, support);
  if (!pde->page_file()) return create(process, pde);
  if (!MiBeginInPage(pde, MiPageTableOf(pde), cluster_limit, support)) return MI_WAIT_FOR_PAGES;
  ++MmPageTableReadCount;
  return MI_READ_FIRST;
}

MiPinnedPageTable::MiPinnedPageTable(ULONG address) : frame_(MiAddressToPde(address)->frame()) {
  const KDispatchGuard guard;
  ++MmPfnDatabase[frame_].u2.ShareCount;
}

MiPinnedPageTable::~MiPinnedPageTable() {
  const KDispatchGuard guard;
  --MmPfnDatabase[frame_].u2.ShareCount;  // the table's own share is left
}

NTSTATUS MiMakePageTableResident(EPROCESS* process, ULONG address) {
  ULONG cluster_limit = MmInPageClusterSize;
  for (;;) {
    MMINPAGE_SUPPORT support;
    NTSTATUS status = MiBringPageTable(process, address, cluster_limit, support);
    if (!MiIsWait(status)) return NT_SUCCESS(status) ? STATUS_SUCCESS : status;
    ExReleaseFastMutex(&process->Vm.WorkingSetLock);
    status = MiWaitAsAsked(status, support, cluster_limit);
    ExAcquireFastMutex(&process->Vm.WorkingSetLock);
    if (!NT_SUCCESS(status)) return status;
  }
}

NTSTATUS MiMakePageTables(EPROCESS* process, ULONG first_vpn, ULONG last_vpn) {
  for (ULONG address = table_base(first_vpn); PageGeometry::page_of(address) <= last_vpn;
       address += PageGeometry::bytes_per_table) {
    if (MiPageTableState(address) != MiPageTable::None) continue;
    const NTSTATUS status = MiMakePageTableResident(process, address);
    if (NT_SUCCESS(status)) continue;
    MiFreeEmptyPageTables(process, first_vpn, last_vpn);
    return status;
  }
  return STATUS_SUCCESS;
}

bool MiPageWalk::next() {
  if (next_ > last_ || !NT_SUCCESS(status_)) return false;
  const ULONG address = next_ << PAGE_SHIFT;
  vpn_ = next_;
  if (MiPageTableState(address) == MiPageTable::None) {
    const ULONG end = single_ ? vpn_ : vpn_ | (PageGeometry::table_entries - 1);
    next_ = (end < last_ ? end : last_) + 1;
    pte_ = nullptr;
    return true;
  }
  status_ = MiMakePageTableResident(process_, address);
  next_ = vpn_ + 1;
  pte_ = MiAddressToPte(address);
  return NT_SUCCESS(status_);
}

NTSTATUS MiCountCommitted(EPROCESS* process, const MMVAD* vad, ULONG first_vpn, ULONG last_vpn,
                          ULONG& count) {
  count = 0;
  MiPageWalk walk(process, first_vpn, last_vpn, vad);
  while (walk.next()) {
    MMPROTECTION protection;
    if (MiQueryPage(process, vad, walk.vpn(), protection)) count += walk.count();
  }
  return walk.status();
}

void MiDeletePages(EPROCESS* process, ULONG first_vpn, ULONG last_vpn) {
  for (;;) {
    MiPageWalk walk(process, first_vpn, last_vpn);
    while (walk.next()) {
      if (walk.pte() != nullptr && walk.pte()->Long != 0) {
        MiDeletePte(process, walk.pte(), MmZeroPte);
      }
    }
    if (NT_SUCCESS(walk.status())) return;
    const ULONG address = walk.vpn() << PAGE_SHIFT;
    MiLosePageFileSpace(used_entries(process, address));
    used_entries(process, address) = 0;
    delete_page_table(process, address);
    first_vpn = walk.vpn();
  }
}

void MiFreeEmptyPageTables(EPROCESS* process, ULONG first_vpn, ULONG last_vpn) {
  for (ULONG address = table_base(first_vpn); PageGeometry::page_of(address) <= last_vpn;
       address += PageGeometry::bytes_per_table) {
    if (MiPageTableState(address) == MiPageTable::None || used_entries(process, address) != 0) {
      continue;
    }
    delete_page_table(process, address);
  }
}
