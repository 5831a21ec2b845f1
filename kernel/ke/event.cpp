// Events and fast mutexes.
#include "kernel/ke/bugcheck.hpp"
#include "kernel/ke/internal.hpp"

void KeInitializeEvent(KEVENT* event, EVENT_TYPE type, bool signaled) {
  event->Header.Type =
      type == NotificationEvent ? EventNotificationObject : EventSynchronizationObject;
  event->Header.SignalState = signaled ? 1 : 0;
  InitializeListHead(&event->Header.WaitListHead);
}

LONG KeSetEvent(KEVENT* event) {
  const KDispatchGuard guard;
  const LONG previous = event->Header.SignalState;
  event->Header.SignalState = 1;
  if (previous == 0) KiWaitTest(&event->Header);
  return previous;
}

LONG KeResetEvent(KEVENT* event) {
  const KDispatchGuard guard;
  const LONG previous = event->Header.SignalState;
  event->Header.SignalState = 0;
  return previous;
}

LONG KePulseEvent(KEVENT* event) {
  const KDispatchGuard guard;
  const LONG previous = KeSetEvent(event);
  event->Header.SignalState = 0;
  return previous;
}

void ExInitializeFastMutex(FAST_MUTEX* mutex) {
  mutex->Count = 1;
  mutex->Owner = nullptr;
  KeInitializeEvent(&mutex->Event, SynchronizationEvent, false);
}

void ExAcquireFastMutex(FAST_MUTEX* mutex) {
  const KDispatchGuard guard;
  if (--mutex->Count < 0) KeWaitForSingleObject(&mutex->Event, KernelMode, nullptr);
  mutex->Owner = KeGetCurrentThread();
}

bool ExTryToAcquireFastMutex(FAST_MUTEX* mutex) {
  const KDispatchGuard guard;
  if (mutex->Count != 1) return false;
  mutex->Count = 0;
  mutex->Owner = KeGetCurrentThread();
  return true;
}

void ExReleaseFastMutex(FAST_MUTEX* mutex) {
  const KDispatchGuard guard;
  if (mutex->Owner != KeGetCurrentThread()) {
    KeBugCheckEx(MUTEX_LEVEL_NUMBER_VIOLATION, reinterpret_cast<ULONG>(mutex),
                 reinterpret_cast<ULONG>(mutex->Owner), 0, 0);
  }
  mutex->Owner = nullptr;
  if (++mutex->Count <= 0) KeSetEvent(&mutex->Event);
}
