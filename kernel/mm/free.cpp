// NtFreeVirtualMemory: decommit pages, or release a region or a part of it.
#include "kernel/mm/address_space.hpp"
#include "kernel/mm/page_table.hpp"
#include "kernel/mm/pool.hpp"
#include "kernel/mm/regions.hpp"
#include "kernel/ps/process.hpp"

namespace {

NTSTATUS decommit(EPROCESS* process, MMVAD* vad, ULONG first, ULONG last) {
  // In a region committed as a whole a zero PTE means committed: decommitted pages need an entry.
  NTSTATUS status = STATUS_SUCCESS;
  const bool needs_entries = vad->VadFlags.MemCommit != 0;
  if (needs_entries) status = MiMakePageTables(process, first, last);
  if (!NT_SUCCESS(status)) return status;
  ULONG count = 0;
  MiPageWalk walk(process, first, last);
  while (walk.next()) {
    MMPROTECTION protection;
    if (walk.pte() == nullptr) continue;
    if (MiQueryPage(process, vad, walk.vpn(), protection)) ++count;
    MiDeletePte(process, walk.pte(), needs_entries ? MmDecommittedPte : MmZeroPte);
  }
  vad->VadFlags.CommitCharge = (vad->VadFlags.CommitCharge - count) & 0x7FFFF;
  MiReturnProcessCommitment(process, count);
  MiFreeEmptyPageTables(process, first, last);
  return walk.status();
}

/// What is left below and above [first, last] stays as one region or two. The region goes before
/// its pages do: then no fault makes new ones.
NTSTATUS release(EPROCESS* process, MMVAD* vad, ULONG first, ULONG last) {
  ULONG count, upper_charge = 0;
  NTSTATUS status = MiCountCommitted(process, vad, first, last, count);
  const bool below = first > vad->StartingVpn, above = last < vad->EndingVpn;
  if (NT_SUCCESS(status) && below && above) {
    status = MiCountCommitted(process, vad, last + 1, vad->EndingVpn, upper_charge);
  }
  if (!NT_SUCCESS(status)) return status;
  MMVAD* upper = nullptr;
  if (below && above) {
    upper = MiAllocateVad(process, last + 1, vad->EndingVpn, vad->VadFlags.Protection);
    if (upper == nullptr) return MiVadFailure(process);
    upper->VadFlags = vad->VadFlags;
    upper->VadFlags.CommitCharge = upper_charge & 0x7FFFF;
  }
  MiRemoveVad(process, vad);
  vad->VadFlags.CommitCharge = (vad->VadFlags.CommitCharge - count - upper_charge) & 0x7FFFF;
  if (below) {
    vad->EndingVpn = first - 1;
    MiInsertVad(process, vad);
  } else if (above) {
    vad->StartingVpn = last + 1;
    MiInsertVad(process, vad);
  } else {
    MiFreeVad(process, vad);
  }
  if (upper != nullptr) MiInsertVad(process, upper);
  MiDeletePages(process, first, last);
  MiReturnProcessCommitment(process, count);
  MiFreeEmptyPageTables(process, first, last);
  return STATUS_SUCCESS;
}

}  // namespace

NTSTATUS MmFreeVirtualMemory(EPROCESS* process, MmRegion& region, ULONG type) {
  if (type != MEM_DECOMMIT && type != MEM_RELEASE) return STATUS_INVALID_PARAMETER_4;
  if (region.base > MM_HIGHEST_VAD_ADDRESS) return STATUS_INVALID_PARAMETER_2;
  if (region.size > MM_HIGHEST_VAD_ADDRESS + 1 - region.base) return STATUS_INVALID_PARAMETER_3;
  const ULONG first = PageGeometry::page_of(region.base);
  ULONG last = region.size == 0 ? first : PageGeometry::page_of(region.base + region.size - 1);
  const MiAddressSpaceGuard lock(process->Vm);
  MMVAD* vad = process->Vm.VadRoot.find(first);
  if (vad == nullptr || vad->VadFlags.NoChange != 0) return STATUS_MEMORY_NOT_ALLOCATED;
  if (vad->EndingVpn < last) return STATUS_UNABLE_TO_FREE_VM;
  if (vad->VadFlags.VadType == VadImageMap || vad->ControlArea != nullptr) {
    return STATUS_UNABLE_TO_DELETE_SECTION;
  }
  if (region.size == 0) {
    if (first != vad->StartingVpn) return STATUS_FREE_VM_NOT_AT_BASE;
    last = vad->EndingVpn;
  }
  const NTSTATUS status = type == MEM_DECOMMIT ? decommit(process, vad, first, last)
                                               : release(process, vad, first, last);
  if (NT_SUCCESS(status)) region = MiRegion(first, last);
  return status;
}
