// Events, mutexes, semaphores, timers, DPCs, waits, and the fast mutexes made of them.
#pragma once

#include "kernel/ke/dispatcher_header.hpp"
#include "kernel/ke/trap_frame.hpp"

/// A deferred procedure call: work an interrupt routine leaves for DISPATCH_LEVEL.
struct KDPC {
  LIST_ENTRY DpcListEntry;
  void (*DeferredRoutine)(PVOID context);
  PVOID DeferredContext;
  BOOLEAN Inserted;
};

// Events.
void KeInitializeEvent(KEVENT* event, EVENT_TYPE type, bool signaled);
LONG KeSetEvent(KEVENT* event);  // these three return the previous state
LONG KeResetEvent(KEVENT* event);
LONG KePulseEvent(KEVENT* event);  // wakes who waits now, and leaves it not signaled
inline LONG KeReadStateEvent(const KEVENT* event) { return event->Header.SignalState; }

// Mutexes. Abandoned ones are free, and tell their next owner.
void KeInitializeMutant(KMUTANT* mutant, bool owned);
NTSTATUS KeReleaseMutant(KMUTANT* mutant, LONG& previous);
void KeAbandonMutant(KMUTANT* mutant);

// Semaphores. A release beyond the limit changes nothing.
void KeInitializeSemaphore(KSEMAPHORE* semaphore, LONG count, LONG limit);
NTSTATUS KeReleaseSemaphore(KSEMAPHORE* semaphore, LONG adjustment, LONG& previous);

// Timers.
void KeInitializeTimer(KTIMER* timer);
void KeInitializeTimerEx(KTIMER* timer, TIMER_TYPE type);
void KeSetTimer(KTIMER* timer, ULONGLONG due_time);
/// One that is due expires at once. Period in milliseconds; `dpc` is called at DISPATCH_LEVEL each
/// time.
void KeSetTimerEx(KTIMER* timer, ULONGLONG due_time, ULONG period, KDPC* dpc);
bool KeCancelTimer(KTIMER* timer);

// DPCs.
void KeInitializeDpc(KDPC* dpc, void (*routine)(PVOID), PVOID context);
bool KeInsertQueueDpc(KDPC* dpc);

// Waits. `timeout` in 100 ns: negative is relative, positive a system time; null is for ever.
// A wait in UserMode ends with STATUS_USER_APC when the thread is to be terminated; one that is
// alertable, too, also when it would have to wait and there are APCs for it.
NTSTATUS KeWaitForSingleObject(PVOID object, KPROCESSOR_MODE mode, const LARGE_INTEGER* timeout,
                               bool alertable = false);
NTSTATUS KeWaitForMultipleObjects(ULONG count, DISPATCHER_HEADER** objects, WAIT_TYPE type,
                                  KPROCESSOR_MODE mode, const LARGE_INTEGER* timeout,
                                  KWAIT_BLOCK* blocks, bool alertable = false);
NTSTATUS KeDelayExecutionThread(KPROCESSOR_MODE mode, const LARGE_INTEGER& interval,
                                bool alertable = false);

// Fast mutexes: not recursive; a thread that holds one must not end.
struct FAST_MUTEX {
  LONG Count;  // 1 free, 0 held, negative: held with waiters
  KTHREAD* Owner;
  KEVENT Event;
};
void ExInitializeFastMutex(FAST_MUTEX* mutex);
void ExAcquireFastMutex(FAST_MUTEX* mutex);
/// False when another thread holds it.
bool ExTryToAcquireFastMutex(FAST_MUTEX* mutex);
void ExReleaseFastMutex(FAST_MUTEX* mutex);

class FastMutexGuard {
 public:
  explicit FastMutexGuard(FAST_MUTEX& mutex) : mutex_(mutex) { ExAcquireFastMutex(&mutex_); }
  ~FastMutexGuard() { ExReleaseFastMutex(&mutex_); }
  FastMutexGuard(const FastMutexGuard&) = delete;
  FastMutexGuard& operator=(const FastMutexGuard&) = delete;

 private:
  FAST_MUTEX& mutex_;
};
