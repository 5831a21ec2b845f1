// IRQLs and deferred procedure calls: what waits until the level drops below DISPATCH_LEVEL.
#include "kernel/ke/irql.hpp"

#include "kernel/ke/internal.hpp"
#include "kernel/ke/processor.hpp"

KIRQL KeGetCurrentIrql() { return KeGetPcr()->Irql; }

KIRQL KeRaiseIrql(KIRQL level) {
  KPCR* pcr = KeGetPcr();
  const KIRQL old = pcr->Irql;
  if (level > old) pcr->Irql = level;
  return old;
}

void KiRequestDispatchInterrupt() { KeGetCurrentPrcb()->DispatchInterruptPending = TRUE; }

void KeInitializeDpc(KDPC* dpc, void (*routine)(PVOID), PVOID context) {
  *dpc = {{}, routine, context, FALSE};
}

bool KeInsertQueueDpc(KDPC* dpc) {
  const KInterruptGuard guard;
  if (dpc->Inserted) return false;
  dpc->Inserted = TRUE;
  InsertTailList(&KeGetCurrentPrcb()->DpcListHead, &dpc->DpcListEntry);
  KiRequestDispatchInterrupt();
  return true;
}

namespace {

KDPC* remove_dpc(KPRCB* prcb) {
  const KInterruptGuard guard;
  prcb->DispatchInterruptPending = FALSE;
  if (IsListEmpty(&prcb->DpcListHead)) return nullptr;
  KDPC* dpc = CONTAINING_RECORD(RemoveHeadList(&prcb->DpcListHead), KDPC, DpcListEntry);
  dpc->Inserted = FALSE;
  return dpc;
}

}  // namespace

void KeLowerIrql(KIRQL level) {
  KPCR* pcr = KeGetPcr();
  if (level < DISPATCH_LEVEL && pcr->Irql >= DISPATCH_LEVEL) {
    KPRCB* prcb = &pcr->PrcbData;
    for (;;) {
      while (prcb->DispatchInterruptPending) {
        while (KDPC* dpc = remove_dpc(prcb)) dpc->DeferredRoutine(dpc->DeferredContext);
        KiDispatchSwitch();
      }
      // An interrupt between the test and the store would leave its request behind: test again.
      const KInterruptGuard guard;
      if (prcb->DispatchInterruptPending) continue;
      pcr->Irql = level;
      return;
    }
  }
  pcr->Irql = level;
}
