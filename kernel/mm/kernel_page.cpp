// Pages of the kernel's own, which stay in memory; the TB.
#include "kernel/ke/irql.hpp"
#include "kernel/ke/processor.hpp"
#include "kernel/mm/boot_paging.hpp"
#include "kernel/mm/pfn.hpp"

bool MiMapKernelPage(PMMPTE pte) {
  if (!MiChargeResidentPages(1)) return false;
  if (!MiChargeCommitment(1)) {
    MiReturnResidentPages(1);
    return false;
  }
  const KDispatchGuard guard;
  const ULONG frame = MiRemoveAnyPage();
  if (frame == 0) {
    MiReturnCommitment(1);
    MiReturnResidentPages(1);
    return false;
  }
  MiInitializePfn(frame, pte, MmZeroPte, true);
  *pte = MiMakeValidKernelPte(frame, true);
  return true;
}

void MiUnmapKernelPage(PMMPTE pte) {
  const KDispatchGuard guard;
  const ULONG frame = pte->frame();
  *pte = MmZeroPte;
  KeFlushSingleTb(MiPteToAddress(pte));
  MiDecrementShareCount(MmPfnDatabase[frame].PteFrame);
  MiDecrementShareCount(frame);
  MiReturnCommitment(1);
  MiReturnResidentPages(1);
}

/// The alpha scheme has INVLPG on every model, the i386 scheme only from the 486 on.
void KeFlushSingleTb(ULONG address) {
  if (Pte::dirty_by_fault || KeI386Is486 != 0) {
    __asm__ volatile(".byte 0x0F, 0x01, 0x38"  // INVLPG [EAX]; -march=i386 knows no such mnemonic
                     :
                     : "a"(address)
                     : "memory");
  } else {
    KeWriteCr3(KeReadCr3());
  }
}
