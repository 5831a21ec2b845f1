// Timers: a list sorted by due time, looked at every tick, expired by a DPC.
#include "kernel/ke/clock.hpp"
#include "kernel/ke/internal.hpp"

namespace {

constinit LIST_ENTRY KiTimerListHead = {&KiTimerListHead, &KiTimerListHead};

void insert(KTIMER* timer, ULONGLONG due_time) {
  timer->Header.Inserted = TRUE;
  timer->DueTime = due_time;
  PLIST_ENTRY before = KiTimerListHead.Flink;
  while (before != &KiTimerListHead &&
         CONTAINING_RECORD(before, KTIMER, TimerListEntry)->DueTime <= due_time) {
    before = before->Flink;
  }
  InsertTailList(before, &timer->TimerListEntry);
}

/// One that is in the list and due. A period that has passed already is left out.
void expire_one(KTIMER* timer, ULONGLONG now) {
  RemoveEntryList(&timer->TimerListEntry);
  timer->Header.Inserted = FALSE;
  if (timer->Period != 0) {
    const ULONGLONG next = timer->DueTime + timer->Period;
    insert(timer, next > now ? next : now + timer->Period);
  }
  KDPC* dpc = timer->Dpc;
  timer->Header.SignalState = 1;
  KiWaitTest(&timer->Header);
  if (dpc != nullptr) dpc->DeferredRoutine(dpc->DeferredContext);
}

void expire(PVOID) {
  const ULONGLONG now = KeQueryInterruptTime();
  while (!IsListEmpty(&KiTimerListHead)) {
    KTIMER* timer = CONTAINING_RECORD(KiTimerListHead.Flink, KTIMER, TimerListEntry);
    if (timer->DueTime > now) return;
    expire_one(timer, now);
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

void KeInitializeTimer(KTIMER* timer) { KeInitializeTimerEx(timer, NotificationTimer); }

void KeInitializeTimerEx(KTIMER* timer, TIMER_TYPE type) {
  timer->Header.Type =
      type == NotificationTimer ? TimerNotificationObject : TimerSynchronizationObject;
  timer->Header.SignalState = 0;
  timer->Header.Inserted = FALSE;
  InitializeListHead(&timer->Header.WaitListHead);
  timer->Period = 0;
  timer->Dpc = nullptr;
}

void KeSetTimer(KTIMER* timer, ULONGLONG due_time) {
  const KDispatchGuard guard;
  KeCancelTimer(timer);
  timer->Header.SignalState = 0;
  insert(timer, due_time);
}

void KeSetTimerEx(KTIMER* timer, ULONGLONG due_time, ULONG period, KDPC* dpc) {
  const KDispatchGuard guard;
  KeSetTimer(timer, due_time);
  timer->Period = ULONGLONG{period} * 10'000;
  timer->Dpc = dpc;
  const ULONGLONG now = KeQueryInterruptTime();
  if (due_time <= now) expire_one(timer, now);
}

bool KeCancelTimer(KTIMER* timer) {
  const KDispatchGuard guard;
  if (!timer->Header.Inserted) return false;
  RemoveEntryList(&timer->TimerListEntry);
  timer->Header.Inserted = FALSE;
  return true;
}
