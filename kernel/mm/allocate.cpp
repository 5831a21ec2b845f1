// NtAllocateVirtualMemory: reserving is a VAD and nothing else; committing charges backing store
// and gives each page a protection; frames come with the first touch.
#include "kernel/mm/address_space.hpp"
#include "kernel/mm/clone.hpp"
#include "kernel/mm/page_table.hpp"
#include "kernel/mm/paging_file.hpp"
#include "kernel/mm/pool.hpp"
#include "kernel/mm/prototype.hpp"
#include "kernel/mm/regions.hpp"
#include "kernel/mm/section.hpp"
#include "kernel/ps/process.hpp"

namespace {

NTSTATUS reserve(EPROCESS* process, MmRegion& region, ULONG zero_bits, ULONG type,
                 MMPROTECTION protection) {
  ULONG first, last;
  NTSTATUS status =
      MiChooseRange(process, region, zero_bits, (type & MEM_TOP_DOWN) != 0, first, last);
  if (!NT_SUCCESS(status)) return status;
  MMVAD* vad = MiAllocateVad(process, first, last, protection);
  if (vad == nullptr) return MiVadFailure(process);
  if ((type & MEM_COMMIT) != 0) {
    const ULONG pages = last - first + 1;
    if (!MiChargeProcessCommitment(process, pages)) {
      MiFreeVad(process, vad);
      return MiCommitmentFailure(process, pages);
    }
    vad->VadFlags.CommitCharge = pages & 0x7FFFF;
    vad->VadFlags.MemCommit = 1;
  }
  MiInsertVad(process, vad);
  region = MiRegion(first, last);
  return STATUS_SUCCESS;
}

/// Of a section that was only reserved.
NTSTATUS commit_view(EPROCESS* process, MMVAD* vad, ULONG first, ULONG last,
                     MMPROTECTION protection) {
  if (!MiIsProtectionCompatible(vad->VadFlags.Protection, protection)) {
    return STATUS_SECTION_PROTECTION;
  }
  SEGMENT& segment = vad->ControlArea->Segment;
  const auto index = static_cast<ULONG>(MiPrototypeOf(vad, first) - segment.PrototypePte);
  const NTSTATUS status = MiCommitSegment(segment, index, last - first + 1);
  if (!NT_SUCCESS(status)) return status;
  MMPROTECTION old;
  return MiProtectRange(process, vad, first, last, protection, old);
}

/// Pages that are committed already take the new protection. `charge` is what the others cost.
NTSTATUS commit(EPROCESS* process, MmRegion& region, MMPROTECTION protection, ULONG& charge) {
  const ULONG first = PageGeometry::page_of(region.base);
  const ULONG last = PageGeometry::page_of(region.base + region.size - 1);
  MMVAD* vad = process->Vm.VadRoot.find(first);
  if (vad == nullptr || vad->EndingVpn < last) return STATUS_CONFLICTING_ADDRESSES;
  if (vad->VadFlags.VadType == VadImageMap) return STATUS_ALREADY_COMMITTED;
  if (vad->VadFlags.NoChange != 0) return STATUS_CONFLICTING_ADDRESSES;
  NTSTATUS status;
  if (vad->ControlArea != nullptr) {
    status = commit_view(process, vad, first, last, protection);
    if (NT_SUCCESS(status)) region = MiRegion(first, last);
    return status;
  }
  ULONG committed;
  status = MiCountCommitted(process, vad, first, last, committed);
  if (!NT_SUCCESS(status)) return status;
  charge = last - first + 1 - committed;
  if (!MiChargeProcessCommitment(process, charge)) return MiCommitmentFailure(process, charge);
  ULONG left = charge;
  status = MiMakePageTables(process, first, last);
  for (ULONG vpn = first; vpn <= last && NT_SUCCESS(status); ++vpn) {
    const ULONG address = vpn << PAGE_SHIFT;
    status = MiMakePageTableResident(process, address);
    if (!NT_SUCCESS(status)) break;
    MMPROTECTION old;
    if (MiQueryPage(process, vad, vpn, old)) {
      status = MiMakeClonePrivate(process, vpn);
      if (!NT_SUCCESS(status)) break;
      MiProtectPage(process, vad, vpn, protection);
    } else {
      MiWriteUserPte(process, MiAddressToPte(address), MiMakeDemandZeroPte(protection));
      vad->VadFlags.CommitCharge = (vad->VadFlags.CommitCharge + 1) & 0x7FFFF;
      --left;
    }
  }
  MiReturnProcessCommitment(process, left);  // of those that a failure has left
  if (!NT_SUCCESS(status)) return status;
  region = MiRegion(first, last);
  return STATUS_SUCCESS;
}

}  // namespace

NTSTATUS MiChooseRange(EPROCESS* process, const MmRegion& region, ULONG zero_bits, bool top_down,
                       ULONG& first, ULONG& last) {
  constexpr ULONG granularity_pages = MM_ALLOCATION_GRANULARITY / PAGE_SIZE;
  constexpr ULONG lowest_vpn = PageGeometry::page_of(MM_LOWEST_USER_ADDRESS);
  VadTree& vads = process->Vm.VadRoot;
  if (region.base != 0) {
    first = PageGeometry::page_of(region.base & ~(MM_ALLOCATION_GRANULARITY - 1));
    last = PageGeometry::page_of(region.base + region.size - 1);
    return vads.find_overlap(first, last) == nullptr ? STATUS_SUCCESS
                                                     : STATUS_CONFLICTING_ADDRESSES;
  }
  ULONG highest = MM_HIGHEST_VAD_ADDRESS;
  if (zero_bits != 0 && (~ULONG{0} >> zero_bits) < highest) highest = ~ULONG{0} >> zero_bits;
  const ULONG pages = PageGeometry::page_of(region.size - 1) + 1;
  const ULONG highest_vpn = PageGeometry::page_of(highest);
  const bool found =
      top_down ? vads.find_free_top_down(pages, granularity_pages, lowest_vpn, highest_vpn, first)
               : vads.find_free_bottom_up(pages, granularity_pages, lowest_vpn, highest_vpn, first);
  last = first + pages - 1;
  return found ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

NTSTATUS MmAllocateVirtualMemory(EPROCESS* process, MmRegion& region, ULONG zero_bits, ULONG type,
                                 ULONG protect) {
  if (zero_bits > MiLargestZeroBits) return STATUS_INVALID_PARAMETER_3;
  if ((type & ~(MEM_COMMIT | MEM_RESERVE | MEM_TOP_DOWN)) != 0 ||
      (type & (MEM_COMMIT | MEM_RESERVE)) == 0) {
    return STATUS_INVALID_PARAMETER_5;
  }
  const MMPROTECTION protection = MiMakeProtectionMask(protect);
  if (protection == MM_INVALID_PROTECTION || MiIsWriteCopy(protection)) {
    return STATUS_INVALID_PAGE_PROTECTION;
  }
  // The no-man's-land of 64 KB at the bottom can't be asked for.
  if (region.base > MM_HIGHEST_VAD_ADDRESS ||
      (region.base != 0 && region.base < MM_LOWEST_USER_ADDRESS)) {
    return STATUS_INVALID_PARAMETER_2;
  }
  if (region.size == 0 || region.size > MM_HIGHEST_VAD_ADDRESS + 1 - region.base) {
    return STATUS_INVALID_PARAMETER_4;
  }
  const bool reserves = (type & MEM_RESERVE) != 0 || region.base == 0;
  ULONG charge = PageGeometry::page_of(region.size - 1) + 1;
  const ULONG page_tables = charge / PageGeometry::table_entries + 2;
  NTSTATUS status;
  do {
    const MiAddressSpaceGuard lock(process->Vm);
    if (process->Vm.Deleted) return STATUS_PROCESS_IS_TERMINATING;
    status = reserves ? reserve(process, region, zero_bits, type, protection)
                      : commit(process, region, protection, charge);
  } while (status == STATUS_COMMITMENT_LIMIT && MiExtendPagingFiles(charge + page_tables));
  return status;
}
