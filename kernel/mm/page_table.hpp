// User page tables as pages: made on demand, taken out of memory like other pages once nothing in
// them is valid or in transition, read back before an entry is looked at, freed when empty.
#pragma once

#include "kernel/mm/address_space.hpp"
#include "kernel/mm/page_in.hpp"

extern "C" {
/// Page tables that came back into a working set, and those of them that had to be read.
extern ULONG MmPageTableFaultCount, MmPageTableReadCount;
}

enum class MiPageTable { None, Resident, Elsewhere };
/// Of the current process. Resident stays true while WorkingSetLock is held, unless room is made in
/// the working set; Elsewhere is in transition or in the paging file.
inline MiPageTable MiPageTableState(ULONG address) {
  const MMPTE pde = *MiAddressToPde(address);
  if (pde.valid()) return MiPageTable::Resident;
  return pde.Long == 0 ? MiPageTable::None : MiPageTable::Elsewhere;
}

/// One step towards a page table: STATUS_SUCCESS, it is resident, and was or is new;
/// STATUS_PAGE_FAULT_TRANSITION, it has come back; MI_WAIT_xxx; or why there can't be one.
NTSTATUS MiBringPageTable(EPROCESS* process, ULONG address, ULONG cluster_limit,
                          MMINPAGE_SUPPORT& support);

/// Keeps a resident page table from being chosen when room is made in the working set.
class MiPinnedPageTable {
 public:
  explicit MiPinnedPageTable(ULONG address);
  ~MiPinnedPageTable();
  MiPinnedPageTable(const MiPinnedPageTable&) = delete;
  MiPinnedPageTable& operator=(const MiPinnedPageTable&) = delete;

 private:
  ULONG frame_;
};

// With both locks held; WorkingSetLock is let go while there is something to wait for.
/// Makes the page table for `address`, or brings it back.
NTSTATUS MiMakePageTableResident(EPROCESS* process, ULONG address);
/// Every page table for [first, last] exists then, though it may be elsewhere; all or none of them.
NTSTATUS MiMakePageTables(EPROCESS* process, ULONG first_vpn, ULONG last_vpn);

/// The pages of a range in steps: a page whose table is resident, or all those that one missing
/// table covers and that are alike because `vad`, if given, is no view.
class MiPageWalk {
 public:
  MiPageWalk(EPROCESS* process, ULONG first_vpn, ULONG last_vpn, const MMVAD* vad = nullptr)
      : process_(process),
        next_(first_vpn),
        last_(last_vpn),
        single_(vad != nullptr && vad->FirstPrototypePte != nullptr) {}
  /// False at the end, and when a page table can't be read.
  bool next();
  ULONG vpn() const { return vpn_; }
  ULONG count() const { return next_ - vpn_; }
  /// Null when there is no page table.
  PMMPTE pte() const { return pte_; }
  NTSTATUS status() const { return status_; }

 private:
  EPROCESS* process_;
  ULONG next_, last_, vpn_ = 0;
  bool single_;
  PMMPTE pte_ = nullptr;
  NTSTATUS status_ = STATUS_SUCCESS;
};

/// How many pages of [first, last] of the region are committed.
NTSTATUS MiCountCommitted(EPROCESS* process, const MMVAD* vad, ULONG first_vpn, ULONG last_vpn,
                          ULONG& count);
/// Releases what every entry of the range stands for, and zeroes it. What was in a page table that
/// can't be read is lost.
void MiDeletePages(EPROCESS* process, ULONG first_vpn, ULONG last_vpn);
/// Frees the page tables of [first, last] that have become empty.
void MiFreeEmptyPageTables(EPROCESS* process, ULONG first_vpn, ULONG last_vpn);
