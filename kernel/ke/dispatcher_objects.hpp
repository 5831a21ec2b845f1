// Objects a thread can wait for, and the blocks that link threads to them.
#pragma once

#include "kernel/ke/trap_frame.hpp"
#include "kernel/rtl/list.hpp"

struct KTHREAD;

enum KOBJECTS : UCHAR {
  EventNotificationObject = 0,
  EventSynchronizationObject = 1,
  ProcessObject = 3,
  ThreadObject = 6,
  TimerNotificationObject = 8,
};

/// The start of every object that can be waited for. SignalState > 0 means signaled.
struct DISPATCHER_HEADER {
  KOBJECTS Type;
  UCHAR Absolute, Size, Inserted;
  LONG SignalState;
  LIST_ENTRY WaitListHead;
};
static_assert(sizeof(DISPATCHER_HEADER) == 16);

struct KEVENT {
  DISPATCHER_HEADER Header;
};

struct KTIMER {
  DISPATCHER_HEADER Header;
  ULONGLONG DueTime;  // of the interrupt time, 100 ns
  LIST_ENTRY TimerListEntry;
};

/// Links a waiting thread to one object.
struct KWAIT_BLOCK {
  LIST_ENTRY WaitListEntry;
  KTHREAD* Thread;
  DISPATCHER_HEADER* Object;
  KWAIT_BLOCK* NextWaitBlock;
  USHORT WaitKey;   // the status of a wait for any that this object ends
  USHORT WaitType;  // WAIT_TYPE
};

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
inline LONG KeReadStateEvent(const KEVENT* event) { return event->Header.SignalState; }

// Timers.
void KeInitializeTimer(KTIMER* timer);
void KeSetTimer(KTIMER* timer, ULONGLONG due_time);
bool KeCancelTimer(KTIMER* timer);

// DPCs.
void KeInitializeDpc(KDPC* dpc, void (*routine)(PVOID), PVOID context);
bool KeInsertQueueDpc(KDPC* dpc);

// Waits. `timeout` in 100 ns: negative is relative, positive a system time; null is for ever.
// A wait in UserMode ends with STATUS_USER_APC when the thread is to be terminated.
NTSTATUS KeWaitForSingleObject(PVOID object, KPROCESSOR_MODE mode, const LARGE_INTEGER* timeout);
NTSTATUS KeWaitForMultipleObjects(ULONG count, DISPATCHER_HEADER** objects, WAIT_TYPE type,
                                  KPROCESSOR_MODE mode, const LARGE_INTEGER* timeout,
                                  KWAIT_BLOCK* blocks);
NTSTATUS KeDelayExecutionThread(KPROCESSOR_MODE mode, const LARGE_INTEGER& interval);

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
