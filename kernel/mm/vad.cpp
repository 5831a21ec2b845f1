// Making, inserting and removing VADs, and the regions the kernel makes for itself.
#include "kernel/mm/clone.hpp"
#include "kernel/mm/page_table.hpp"
#include "kernel/mm/pfn.hpp"
#include "kernel/mm/pool.hpp"
#include "kernel/mm/prototype.hpp"
#include "kernel/ps/process.hpp"

namespace {

constexpr ULONG vad_tag = PoolTag("Vad ");

ULONG bytes_of(const MMVAD* vad) { return (vad->EndingVpn - vad->StartingVpn + 1) << PAGE_SHIFT; }

/// A region that is committed as a whole, and not for user mode to change.
NTSTATUS insert_committed(EPROCESS* process, ULONG first_vpn, ULONG last_vpn,
                          MMPROTECTION protection) {
  if (process->Vm.Deleted) return STATUS_PROCESS_IS_TERMINATING;
  MMVAD* vad = MiAllocateVad(process, first_vpn, last_vpn, protection);
  if (vad == nullptr) return MiVadFailure(process);
  const ULONG pages = last_vpn - first_vpn + 1;
  if (!MiChargeProcessCommitment(process, pages)) {
    MiFreeVad(process, vad);
    return MiCommitmentFailure(process, pages);
  }
  vad->VadFlags.CommitCharge = pages & 0x7FFFF;
  vad->VadFlags.MemCommit = 1;
  vad->VadFlags.NoChange = 1;
  MiInsertVad(process, vad);
  return STATUS_SUCCESS;
}

}  // namespace

MMVAD* MiAllocateVad(EPROCESS* process, ULONG first_vpn, ULONG last_vpn, MMPROTECTION protection) {
  if (!PsChargePoolQuota(process->QuotaBlock, NonPagedPool, sizeof(MMVAD))) return nullptr;
  auto* vad = static_cast<MMVAD*>(ExAllocatePoolWithTag(NonPagedPool, sizeof(MMVAD), vad_tag));
  if (vad == nullptr) {
    PsReturnPoolQuota(process->QuotaBlock, NonPagedPool, sizeof(MMVAD));
    return nullptr;
  }
  *vad = {};
  vad->StartingVpn = first_vpn;
  vad->EndingVpn = last_vpn;
  vad->VadFlags.Protection = protection & 0x1F;
  vad->VadFlags.PrivateMemory = 1;
  return vad;
}

void MiFreeVad(EPROCESS* process, MMVAD* vad) {
  ExFreePool(vad);
  PsReturnPoolQuota(process->QuotaBlock, NonPagedPool, sizeof(MMVAD));
}

NTSTATUS MiVadFailure(const EPROCESS* process) {
  if (PsChargePoolQuota(process->QuotaBlock, NonPagedPool, sizeof(MMVAD))) {
    PsReturnPoolQuota(process->QuotaBlock, NonPagedPool, sizeof(MMVAD));
    return STATUS_INSUFFICIENT_RESOURCES;
  }
  return STATUS_QUOTA_EXCEEDED;
}

void MiCopyVad(MMVAD& to, const MMVAD& from) {
  to.VadFlags = from.VadFlags;
  to.ControlArea = from.ControlArea;
  to.FirstPrototypePte = from.FirstPrototypePte;
  to.LastContiguousPte = from.LastContiguousPte;
  to.StartingPage = from.StartingPage;
  to.Inherit = from.Inherit;
}

void MiInsertVad(EPROCESS* process, MMVAD* vad) {
  MMSUPPORT& vm = process->Vm;
  vm.VadRoot.insert(vad);
  vm.VirtualSize += bytes_of(vad);
  if (vm.VirtualSize > vm.PeakVirtualSize) vm.PeakVirtualSize = vm.VirtualSize;
}

void MiRemoveVad(EPROCESS* process, MMVAD* vad) {
  process->Vm.VadRoot.remove(vad);
  process->Vm.VirtualSize -= bytes_of(vad);
}

NTSTATUS MmCreatePebOrTeb(EPROCESS* process, ULONG highest, ULONG& address) {
  const MiAddressSpaceGuard lock(process->Vm);
  ULONG vpn;
  if (!process->Vm.VadRoot.find_free_top_down(1, 1, PageGeometry::page_of(MM_LOWEST_USER_ADDRESS),
                                              PageGeometry::page_of(highest), vpn)) {
    return STATUS_NO_MEMORY;
  }
  address = vpn << PAGE_SHIFT;
  return insert_committed(process, vpn, vpn, MM_READWRITE);
}

void MmDeleteTeb(EPROCESS* process, ULONG address) {
  const MiAddressSpaceGuard lock(process->Vm);
  const ULONG vpn = PageGeometry::page_of(address);
  MMVAD* vad = process->Vm.VadRoot.find(vpn);
  if (vad == nullptr || vad->VadFlags.NoChange == 0) return;
  MiRemoveVad(process, vad);
  MiDeletePages(process, vpn, vpn);
  MiReturnProcessCommitment(process, vad->VadFlags.CommitCharge);
  MiFreeVad(process, vad);
  MiFreeEmptyPageTables(process, vpn, vpn);
}

/// A PTE that is not zero speaks for itself, a zero one leaves it to the VAD.
bool MiQueryPage(const EPROCESS* process, const MMVAD* vad, ULONG vpn, MMPROTECTION& protection) {
  const ULONG address = vpn << PAGE_SHIFT;
  const bool table = MiPageTableState(address) == MiPageTable::Resident;
  const MMPTE pte = table ? *MiAddressToPte(address) : MmZeroPte;
  if (pte.Long == 0) {
    protection = MiInitialProtection(vad, vpn);
    const MMPTE* prototype = MiPrototypeOf(vad, vpn);
    return prototype != nullptr ? prototype->Long != 0 : vad->VadFlags.MemCommit != 0;
  }
  if (pte.clone()) {
    protection = MiProtectionOfClone(pte);
    return true;
  }
  protection =
      pte.valid() ? MiProtectionOfValidPte(process->Vm, MiAddressToPte(address)) : pte.protection();
  return pte.valid() || protection != MM_DECOMMIT;
}
