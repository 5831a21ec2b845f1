// A process's address space: page tables, regions, accounts.
#pragma once

#include "kernel/ke/dispatcher_objects.hpp"
#include "kernel/mm/pte.hpp"
#include "kernel/mm/vad.hpp"
#include "kernel/mm/working_set_list.hpp"
#include "kernel/nt/memory.hpp"

struct EPROCESS;

inline constexpr ULONG MM_USER_PAGE_TABLES = PageGeometry::directory_index(0x80000000);

inline constexpr ULONG MM_NO_QUOTA = ~ULONG{0};

struct MMSUPPORT {
  // A region or a PTE's protection changes with both locks held, taken in this order. The second
  // may be let go in between to wait for pages: faults go on, but regions stay as they are.
  FAST_MUTEX AddressCreationLock;
  FAST_MUTEX WorkingSetLock;  // guards the page tables and the working-set list
  EPROCESS* Process;          // whose it is; null: the system's
  VadTree VadRoot;
  BOOLEAN Deleted;                           // the process has ended: no region comes any more
  LIST_ENTRY WorkingSetExpansionLinks;       // in MmWorkingSetExpansionHead, for trimming
  MMWSL VmWorkingSetList;                    // no array: not made yet, or gone
  ULONG WorkingSetSize, PeakWorkingSetSize;  // valid pages
  ULONG MinimumWorkingSetSize, MaximumWorkingSetSize;
  ULONG LockedPages;      // never more than the minimum
  ULONG GuaranteedPages;  // nobody takes away so many; charged as resident and as committed
  ULONG PageFaultCount;
  ULONG LastTrimFaultCount;              // PageFaultCount when trimming last looked
  ULONG OutswapFaultCount;               // and when the process was last taken out of memory
  ULONG VirtualSize, PeakVirtualSize;    // bytes
  ULONG CommitCharge, PeakCommitCharge;  // pages
  ULONG PagefileLimit;                   // pages: the page-file quota
  /// Entries in use of each user page table; a table without any is freed.
  USHORT UsedPageTableEntries[MM_USER_PAGE_TABLES];
};

class MiAddressSpaceGuard {
 public:
  explicit MiAddressSpaceGuard(MMSUPPORT& vm)
      : address_creation_(vm.AddressCreationLock), working_set_(vm.WorkingSetLock) {}

 private:
  FastMutexGuard address_creation_, working_set_;
};

// Creation and end. The directory's frame is its identity; CR3 is that frame's address.
bool MmCreateProcessAddressSpace(EPROCESS* process);
void MmInitializeProcessAddressSpace(EPROCESS* process);
/// Every region, page and page table of the current process's user half.
void MmCleanProcessAddressSpace(EPROCESS* process);
/// The directory, once no thread runs on it any more.
void MmDeleteProcessAddressSpace(EPROCESS* process);

// Inside Mm; with the process attached and both locks held.
/// Writes a PTE of the user half and keeps count of the table's entries.
void MiWriteUserPte(EPROCESS* process, PMMPTE pte, MMPTE value);
/// Gives an invalid PTE another protection; a frame in transition remembers it, too. `vad` says
/// what an entry of zero stands for.
void MiProtectInvalidPte(EPROCESS* process, const MMVAD* vad, PMMPTE pte, MMPROTECTION protection);
/// Releases whatever the PTE stands for and writes `replacement`.
void MiDeletePte(EPROCESS* process, PMMPTE pte, MMPTE replacement);
/// Commit of the process and of the system.
bool MiChargeProcessCommitment(EPROCESS* process, ULONG pages);
/// Page tables count, but a quota does not stop them: a fault could not be explained to a program.
bool MiChargePageTable(EPROCESS* process);
/// Why so many pages could not be charged: by the process's quota or by the commit limit.
NTSTATUS MiCommitmentFailure(const EPROCESS* process, ULONG pages);
void MiReturnProcessCommitment(EPROCESS* process, ULONG pages);

/// Is the page committed, and with which protection? Reads the PTE and the VAD; the page table is
/// resident, or there is none (see page_table.hpp).
bool MiQueryPage(const EPROCESS* process, const MMVAD* vad, ULONG vpn, MMPROTECTION& protection);

/// Charged to the process's quota; null when that or memory refuses, and which of them it was.
MMVAD* MiAllocateVad(EPROCESS* process, ULONG first_vpn, ULONG last_vpn, MMPROTECTION protection);
NTSTATUS MiVadFailure(const EPROCESS* process);
void MiFreeVad(EPROCESS* process, MMVAD* vad);
/// All but the place in the tree.
void MiCopyVad(MMVAD& to, const MMVAD& from);
void MiInsertVad(EPROCESS* process, MMVAD* vad);
void MiRemoveVad(EPROCESS* process, MMVAD* vad);

// For the rest of the kernel, on an attached or the current process. Addresses are not probed.
struct MmRegion {
  ULONG base, size;
};
NTSTATUS MmAllocateVirtualMemory(EPROCESS* process, MmRegion& region, ULONG zero_bits, ULONG type,
                                 ULONG protect);
NTSTATUS MmFreeVirtualMemory(EPROCESS* process, MmRegion& region, ULONG type);
NTSTATUS MmProtectVirtualMemory(EPROCESS* process, MmRegion& region, ULONG protect, ULONG& old);
NTSTATUS MmQueryVirtualMemory(EPROCESS* process, ULONG address, MEMORY_BASIC_INFORMATION& info);
NTSTATUS MmLockVirtualMemory(EPROCESS* process, MmRegion& region);
NTSTATUS MmUnlockVirtualMemory(EPROCESS* process, MmRegion& region);
/// In bytes; of any process, attached or not.
NTSTATUS MmAdjustWorkingSetSize(EPROCESS* process, SIZE_T minimum, SIZE_T maximum);

/// One committed page for a PEB or TEB, the highest free one at or below `highest`.
NTSTATUS MmCreatePebOrTeb(EPROCESS* process, ULONG highest, ULONG& address);
void MmDeleteTeb(EPROCESS* process, ULONG address);
