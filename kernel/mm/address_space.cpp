// Page directories of processes, and their page-table entries.
#include "kernel/mm/address_space.hpp"

#include "kernel/ke/bugcheck.hpp"
#include "kernel/ke/irql.hpp"
#include "kernel/mm/clone.hpp"
#include "kernel/mm/init.hpp"
#include "kernel/mm/layout.hpp"
#include "kernel/mm/page_table.hpp"
#include "kernel/mm/paging_file.hpp"
#include "kernel/mm/pfn.hpp"
#include "kernel/mm/pool.hpp"
#include "kernel/mm/prototype.hpp"
#include "kernel/mm/section.hpp"
#include "kernel/mm/working_set.hpp"
#include "kernel/ps/process.hpp"

namespace {

constexpr ULONG self_map_index = PageGeometry::directory_index(PageGeometry::page_table_base);

USHORT& used_entries(EPROCESS* process, ULONG address) {
  return process->Vm.UsedPageTableEntries[PageGeometry::directory_index(address)];
}

/// The kernel half is the same in every process: its directory entries never change.
bool create_directory(EPROCESS* process) {
  const KDispatchGuard guard;
  const ULONG frame = MiRemoveZeroPage();
  if (frame == 0) return false;
  MMPFN& pfn = MmPfnDatabase[frame];
  pfn.u2.ShareCount = 1;
  pfn.ReferenceCount = 1;
  pfn.PageLocation = ActiveAndValid;
  pfn.Modified = 1;
  pfn.PteFrame = frame;
  pfn.PteAddress = PageGeometry::pde_address(PageGeometry::directory_base);
  auto* directory = MiFrameToKseg0<MMPTE>(frame);
  const auto* current = reinterpret_cast<const MMPTE*>(PageGeometry::directory_base);
  for (ULONG i = PageGeometry::directory_index(KSEG0_BASE); i < PageGeometry::directory_entries;
       ++i) {
    directory[i] = current[i];
  }
  directory[self_map_index] = MiMakeValidPde(frame, false);
  process->Pcb.DirectoryTableBase = frame << PAGE_SHIFT;
  return true;
}

}  // namespace

bool MmCreateProcessAddressSpace(EPROCESS* process) {
  const KDispatchGuard guard;  // the charge and what it is for come together
  if (!MiChargeResidentPages(1)) return false;
  if (!MiChargeCommitment(1)) {
    MiReturnResidentPages(1);
    return false;
  }
  if (!create_directory(process)) {
    MiReturnCommitment(1);
    MiReturnResidentPages(1);
    return false;
  }
  return MiInitializeWorkingSet(process->Vm);
}

void MmInitializeProcessAddressSpace(EPROCESS* process) {
  ExInitializeFastMutex(&process->Vm.AddressCreationLock);
  ExInitializeFastMutex(&process->Vm.WorkingSetLock);
  process->Vm.Process = process;
  process->Vm.PagefileLimit = MM_NO_QUOTA;
}

void MiWriteUserPte(EPROCESS* process, PMMPTE pte, MMPTE value) {
  USHORT& used = used_entries(process, MiPteToAddress(pte));
  if (pte->Long == 0 && value.Long != 0) ++used;
  if (pte->Long != 0 && value.Long == 0) --used;
  *pte = value;
}

void MiProtectInvalidPte(EPROCESS* process, const MMVAD* vad, PMMPTE pte, MMPROTECTION protection) {
  const KDispatchGuard guard;  // a standby frame may be taken away at any time
  if (pte->Long == 0 && vad->FirstPrototypePte != nullptr) {
    MiWriteUserPte(process, pte, MiMakeVadPrototypePte(protection));
    return;
  }
  if (pte->transition()) {
    MMPFN& pfn = MmPfnDatabase[pte->frame()];
    pfn.OriginalPte = MMPTE{pfn.OriginalPte}.with_protection(protection).Long;
  }
  MiWriteUserPte(process, pte, pte->with_protection(protection));
}

void MiDeletePte(EPROCESS* process, PMMPTE pte, MMPTE replacement) {
  const KDispatchGuard guard;
  const bool mapped = pte->valid() && MmPfnDatabase[pte->frame()].PrototypePte != 0;
  if (mapped) MiUnmapSharedPage(process->Vm, pte, MiSlotOf(process->Vm, pte));
  const MMPTE old = *pte;
  MiWriteUserPte(process, pte, replacement);
  if (mapped) KeFlushSingleTb(MiPteToAddress(pte));
  MiReleasePageFileSpace(old);
  if (old.clone()) MiDereferenceClone(old.prototype_address());
  if (!old.valid() && !old.transition()) return;
  const ULONG frame = old.frame();
  const bool shared = frame == MmSharedUserDataFrame();
  if (old.valid()) {
    if (!shared) MiRemoveFromWorkingSet(process->Vm, frame);
    KeFlushSingleTb(MiPteToAddress(pte));
  } else {
    MiTakeFromTransition(frame);
  }
  MiDecrementShareCount(MiAddressToPte(reinterpret_cast<ULONG>(pte))->frame());
  if (!shared) MiDecrementShareCount(frame);
}

namespace {

/// One region less; false when there is none left. The last view of a file writes what is dirty:
/// without the locks.
bool clean_region(EPROCESS* process) {
  CONTROL_AREA* area;
  {
    const MiAddressSpaceGuard lock(process->Vm);
    process->Vm.Deleted = TRUE;
    MMVAD* vad = process->Vm.VadRoot.first();
    if (vad == nullptr) return false;
    area = vad->ControlArea;
    MiRemoveVad(process, vad);  // no fault asks for its pages any more
    MiDeletePages(process, vad->StartingVpn, vad->EndingVpn);
    MiReturnProcessCommitment(process, vad->VadFlags.CommitCharge);
    MiFreeVad(process, vad);
    if (area != nullptr) MiRemoveView(area);
  }
  if (area != nullptr) MiReleaseControlArea(area);
  return true;
}

}  // namespace

void MmCleanProcessAddressSpace(EPROCESS* process) {
  while (clean_region(process)) {
  }
  const MiAddressSpaceGuard lock(process->Vm);
  constexpr ULONG shared = PageGeometry::page_of(MM_SHARED_USER_DATA_VA);
  MiDeletePages(process, shared, shared);
  MiFreeEmptyPageTables(process, 0, PageGeometry::page_of(MM_HIGHEST_USER_ADDRESS));
  MiDeleteWorkingSet(process->Vm);
}

void MmDeleteProcessAddressSpace(EPROCESS* process) {
  MiDeleteWorkingSet(process->Vm);  // of a process that never began
  const KDispatchGuard guard;
  if (process->Vm.CommitCharge != 0 || process->Vm.WorkingSetSize != 0) {
    KeBugCheckEx(MEMORY_MANAGEMENT, 2, reinterpret_cast<ULONG>(process), process->Vm.CommitCharge,
                 process->Vm.WorkingSetSize);
  }
  MiDecrementShareCount(PageGeometry::page_of(process->Pcb.DirectoryTableBase));
  MiReturnCommitment(1);
  MiReturnResidentPages(1);
}

namespace {
bool exceeds_quota(const EPROCESS* process, ULONG pages) {
  const MMSUPPORT& vm = process->Vm;
  return pages != 0 && (vm.CommitCharge >= vm.PagefileLimit ||
                        pages > vm.PagefileLimit - vm.CommitCharge);
}

bool charge(EPROCESS* process, ULONG pages) {
  if (!MiChargeCommitment(pages)) return false;
  process->Vm.CommitCharge += pages;
  if (process->Vm.CommitCharge > process->Vm.PeakCommitCharge) {
    process->Vm.PeakCommitCharge = process->Vm.CommitCharge;
  }
  return true;
}
}  // namespace

bool MiChargeProcessCommitment(EPROCESS* process, ULONG pages) {
  return !exceeds_quota(process, pages) && charge(process, pages);
}

bool MiChargePageTable(EPROCESS* process) { return charge(process, 1); }

NTSTATUS MiCommitmentFailure(const EPROCESS* process, ULONG pages) {
  return exceeds_quota(process, pages) ? STATUS_PAGEFILE_QUOTA_EXCEEDED : STATUS_COMMITMENT_LIMIT;
}

void MiReturnProcessCommitment(EPROCESS* process, ULONG pages) {
  MiReturnCommitment(pages);
  process->Vm.CommitCharge -= pages;
}
