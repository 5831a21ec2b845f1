// Mutexes and semaphores.
#include "kernel/ke/internal.hpp"

void KeInitializeMutant(KMUTANT* mutant, bool owned) {
  mutant->Header.Type = MutantObject;
  InitializeListHead(&mutant->Header.WaitListHead);
  mutant->Header.SignalState = owned ? 0 : 1;
  mutant->OwnerThread = nullptr;
  mutant->Abandoned = FALSE;
  if (!owned) return;
  const KDispatchGuard guard;
  mutant->OwnerThread = KeGetCurrentThread();
  InsertTailList(&mutant->OwnerThread->MutantListHead, &mutant->MutantListEntry);
}

NTSTATUS KeReleaseMutant(KMUTANT* mutant, LONG& previous) {
  const KDispatchGuard guard;
  if (mutant->OwnerThread != KeGetCurrentThread()) return STATUS_MUTANT_NOT_OWNED;
  previous = mutant->Header.SignalState++;
  if (mutant->Header.SignalState != 1) return STATUS_SUCCESS;
  mutant->OwnerThread = nullptr;
  RemoveEntryList(&mutant->MutantListEntry);
  KiWaitTest(&mutant->Header);
  return STATUS_SUCCESS;
}

void KeAbandonMutant(KMUTANT* mutant) {
  const KDispatchGuard guard;
  if (mutant->OwnerThread == nullptr) return;
  RemoveEntryList(&mutant->MutantListEntry);
  mutant->OwnerThread = nullptr;
  mutant->Abandoned = TRUE;
  mutant->Header.SignalState = 1;
  KiWaitTest(&mutant->Header);
}

void KiAbandonMutants(KTHREAD* thread) {
  while (!IsListEmpty(&thread->MutantListHead)) {
    KeAbandonMutant(CONTAINING_RECORD(thread->MutantListHead.Flink, KMUTANT, MutantListEntry));
  }
}

void KeInitializeSemaphore(KSEMAPHORE* semaphore, LONG count, LONG limit) {
  semaphore->Header.Type = SemaphoreObject;
  InitializeListHead(&semaphore->Header.WaitListHead);
  semaphore->Header.SignalState = count;
  semaphore->Limit = limit;
}

NTSTATUS KeReleaseSemaphore(KSEMAPHORE* semaphore, LONG adjustment, LONG& previous) {
  const KDispatchGuard guard;
  previous = semaphore->Header.SignalState;
  if (adjustment > semaphore->Limit - previous) return STATUS_SEMAPHORE_LIMIT_EXCEEDED;
  semaphore->Header.SignalState = previous + adjustment;
  if (previous == 0) KiWaitTest(&semaphore->Header);
  return STATUS_SUCCESS;
}
