// What a thread can wait for, and the blocks that link threads to them. Host tests read this too.
#pragma once

#include "kernel/nt/wait.hpp"
#include "kernel/rtl/list.hpp"

struct KTHREAD;

enum KOBJECTS : UCHAR {
  EventNotificationObject = 0,
  EventSynchronizationObject = 1,
  MutantObject = 2,
  ProcessObject = 3,
  SemaphoreObject = 5,
  ThreadObject = 6,
  TimerNotificationObject = 8,
  TimerSynchronizationObject = 9,
};

/// The start of every object that can be waited for. SignalState > 0 means signaled.
struct DISPATCHER_HEADER {
  KOBJECTS Type;
  UCHAR Absolute, Size, Inserted;
  LONG SignalState;
  LIST_ENTRY WaitListHead;
};
static_assert(sizeof(PVOID) != 4 || sizeof(DISPATCHER_HEADER) == 16);

struct KEVENT {
  DISPATCHER_HEADER Header;
};

/// A mutex. SignalState is 1 when nobody owns it, and one less for each time the owner has it.
struct KMUTANT {
  DISPATCHER_HEADER Header;
  LIST_ENTRY MutantListEntry;  // in the owner's list
  KTHREAD* OwnerThread;
  BOOLEAN Abandoned;  // its owner ended; the next one is told
};

/// SignalState is the count.
struct KSEMAPHORE {
  DISPATCHER_HEADER Header;
  LONG Limit;
};

struct KDPC;

struct KTIMER {
  DISPATCHER_HEADER Header;
  ULONGLONG DueTime;  // of the interrupt time, 100 ns
  LIST_ENTRY TimerListEntry;
  ULONGLONG Period;  // of one that starts again when it expires, 100 ns; 0: once
  KDPC* Dpc;         // called when it expires; null: none
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
