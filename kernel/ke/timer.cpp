// Timers: a list sorted by due time, looked at every tick, expired by a DPC.
#include "kernel/ke/clock.hpp"
#include "kernel/ke/internal.hpp"

namespace {

constinit LIST_ENTRY KiTimerListHead = {&KiTimerListHead, &KiTimerListHead};

void expire(PVOID) {
  const ULONGLONG now = KeQueryInterruptTime();
  while (!IsListEmpty(&KiTimerListHead)) {
    KTIMER* timer = CONTAINING_RECORD(KiTimerListHead.Flink, KTIMER, TimerListEntry);
    if (timer->DueTime > now) return;
    RemoveEntryList(&timer->TimerListEntry);
    timer->Header.Inserted = FALSE;
    timer->Header.SignalState = 1;
    KiWaitTest(&timer->Header);
  }
}

constinit KDPC KiTimerExpireDpc = {{}, expire, nullptr, FALSE};

}  // namespace

/// Links always lead to a timer whose due time is set.
void KiTimerTick() {
  if (IsListEmpty(&KiTimerListHead)) return;
  const KTIMER* first = CONTAINING_RECORD(KiTimerListHead.Flink, KTIMER, TimerListEntry);
  if (first->DueTime <= KeQueryInterruptTime()) KeInsertQueueDpc(&KiTimerExpireDpc);
}

void KeInitializeTimer(KTIMER* timer) {
  timer->Header.Type = TimerNotificationObject;
  timer->Header.SignalState = 0;
  timer->Header.Inserted = FALSE;
  InitializeListHead(&timer->Header.WaitListHead);
}

void KeSetTimer(KTIMER* timer, ULONGLONG due_time) {
  const KDispatchGuard guard;
  KeCancelTimer(timer);
  timer->Header.SignalState = 0;
  timer->Header.Inserted = TRUE;
  timer->DueTime = due_time;
  PLIST_ENTRY before = KiTimerListHead.Flink;
  while (before != &KiTimerListHead &&
         CONTAINING_RECORD(before, KTIMER, TimerListEntry)->DueTime <= due_time) {
    before = before->Flink;
  }
  InsertTailList(before, &timer->TimerListEntry);
}

bool KeCancelTimer(KTIMER* timer) {
  const KDispatchGuard guard;
  if (!timer->Header.Inserted) return false;
  RemoveEntryList(&timer->TimerListEntry);
  timer->Header.Inserted = FALSE;
  return true;
}
