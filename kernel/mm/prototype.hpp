// Pages that processes share, by way of prototype PTEs. A process's entry for such a page is valid,
// or it says that the region's VAD leads to the prototype PTE; so does an entry of zero.
#pragma once

#include "kernel/mm/address_space.hpp"
#include "kernel/mm/control_area.hpp"
#include "kernel/mm/page_in.hpp"
#include "kernel/mm/pfn.hpp"

extern "C" {
extern ULONG MmCopyOnWriteCount;
}

/// Null: the region is private.
inline PMMPTE MiPrototypeOf(const MMVAD* vad, ULONG vpn) {
  if (vad->FirstPrototypePte == nullptr) return nullptr;
  const ULONG index = vpn - vad->StartingVpn;
  if (index <= static_cast<ULONG>(vad->LastContiguousPte - vad->FirstPrototypePte)) {
    return vad->FirstPrototypePte + index;
  }
  return MiFindPrototypePte(vad->ControlArea, vad->StartingPage + index);
}
/// What a page that its process has not touched allows: an image's pages know that themselves.
MMPROTECTION MiInitialProtection(const MMVAD* vad, ULONG vpn);
/// Does the entry, of a page of the region, stand for the section's page?
inline bool MiIsSharedPte(const MMVAD* vad, MMPTE pte) {
  if (pte.valid()) {
    const MMPFN& pfn = MmPfnDatabase[pte.frame()];
    return pfn.PrototypePte != 0 && pfn.ClonePte == 0;
  }
  return (pte.prototype() && !pte.clone()) || (pte.Long == 0 && vad->FirstPrototypePte != nullptr);
}

/// What this process may do with a valid page: a shared one's is in the working-set list.
MMPROTECTION MiProtectionOfValidPte(const MMSUPPORT& vm, PMMPTE pte);

// At DISPATCH_LEVEL, with the WorkingSetLock held.
/// Makes the page valid, as far as it is in memory or is still all zeros: a success of the fault
/// handler's, or MI_xxx.
NTSTATUS MiResolvePrototype(EPROCESS* process, PMMPTE pte, const MMVAD* vad, bool write,
                            MMPROTECTION protection, ULONG cluster_limit,
                            MMINPAGE_SUPPORT& support);
/// The same by way of any prototype PTE, whose neighbours are in `range`.
NTSTATUS MiMapPrototype(EPROCESS* process, PMMPTE pte, PMMPTE prototype, MiPteRange range,
                        bool write, MMPROTECTION protection, ULONG cluster_limit,
                        MMINPAGE_SUPPORT& support);
/// The process gets a copy of its own in place of the shared page.
NTSTATUS MiCopyOnWrite(EPROCESS* process, PMMPTE pte);
/// With any protection, not only that of the page less copy-on-write.
NTSTATUS MiCopyPage(EPROCESS* process, PMMPTE pte, MMPROTECTION protection);
/// A valid shared page leaves the working set; `index` is its slot. Its entry is invalid then, and
/// leads to the prototype PTE.
/// The caller sees to the TB.
void MiUnmapSharedPage(MMSUPPORT& vm, PMMPTE pte, ULONG index);
/// The slot of a valid page, shared or not.
ULONG MiSlotOf(const MMSUPPORT& vm, PMMPTE pte);

/// Whatever the prototype PTE stands for goes; nobody maps it any more.
void MiDeletePrototype(PMMPTE prototype);
