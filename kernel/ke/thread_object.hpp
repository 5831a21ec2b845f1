// KTHREAD and KPROCESS: what the scheduler knows of a thread and of its address space.
#pragma once

#include "kernel/ke/apc.hpp"
#include "kernel/ke/debug_registers.hpp"
#include "kernel/ke/dispatcher_objects.hpp"
#include "kernel/ke/pcr.hpp"

enum KTHREAD_STATE : UCHAR { Initialized, Ready, Running, Standby, Terminated, Waiting };

/// Why a thread waits, as NtQuerySystemInformation tells it.
enum KWAIT_REASON : UCHAR {
  Executive,
  FreePage,
  PageIn,
  PoolAllocation,
  DelayExecution,
  Suspended,
  UserRequest
};

inline constexpr KPRIORITY LOW_PRIORITY = 0, LOW_REALTIME_PRIORITY = 16, HIGH_PRIORITY = 31,
                           MAXIMUM_PRIORITY = 32, NORMAL_BASE_PRIORITY = 8;
inline constexpr ULONG THREAD_QUANTUM = 6, CLOCK_QUANTUM_DECREMENT = 3;

struct KPROCESS {
  DISPATCHER_HEADER Header;  // signaled when the process has ended
  LIST_ENTRY ProfileListHead;
  ULONG DirectoryTableBase;  // +18: CR3
  LIST_ENTRY ThreadListHead;
  ULONG KernelTime, UserTime;  // ticks
  KPRIORITY BasePriority;
};
static_assert(offsetof(KPROCESS, DirectoryTableBase) == 0x18);

struct KTHREAD {
  DISPATCHER_HEADER Header;   // signaled when the thread has ended
  ULONG InitialStack;         // top
  ULONG StackLimit;           // bottom
  ULONG KernelStack;          // ESP while the thread does not run
  TEB* Teb;                   // null for system threads
  KPROCESS* Process;          // its own
  KPROCESS* AttachedProcess;  // whose address space it runs in
  LIST_ENTRY ThreadListEntry;
  LIST_ENTRY ReadyListEntry;  // in a ready queue
  LIST_ENTRY MutantListHead;  // the mutexes it owns
  LIST_ENTRY ApcListHead;     // to user mode, the oldest first
  KWAIT_BLOCK* WaitBlockList;
  KWAIT_BLOCK WaitBlock[4];
  KTIMER Timer;
  KWAIT_BLOCK TimerWaitBlock;
  NTSTATUS WaitStatus;
  ULONG WaitTime, ContextSwitches, KernelTime, UserTime;  // ticks
  LONG Quantum;
  KPRIORITY Priority, BasePriority;
  KTHREAD_STATE State;
  KWAIT_REASON WaitReason;
  KPROCESSOR_MODE WaitMode;
  WAIT_TYPE WaitType;
  BOOLEAN TerminationPending;  // the thread ends before it next returns to user mode
  BOOLEAN Alertable;           // APCs end its wait, if that is one in user mode
  BOOLEAN ApcQueueable;        // it has entered no end yet; threads of the system never are
  BOOLEAN UserApcPending;      // an APC is delivered before it next returns to user mode
  BOOLEAN Preempted;           // goes to the head of its ready queue
  KDEBUG_REGISTERS DebugRegisters;
  BOOLEAN NpxUsed;             // NpxState holds something, or the coprocessor does
  BOOLEAN NpxErrorPending;     // a 387 has reported an error through IRQ 13
  FLOATING_SAVE_AREA NpxState;
  LONG SuspendCount;
  KEVENT SuspendEvent;  // signaled while SuspendCount is 0
};

/// Where the last trap from user mode saved the thread's registers: at the top of its stack.
inline KTRAP_FRAME* KeUserTrapFrame(const KTHREAD* thread) {
  return reinterpret_cast<KTRAP_FRAME*>(thread->InitialStack - KTRAP_FRAME_SIZE);
}

using PKSTART_ROUTINE = void (*)(PVOID context);

void KeInitializeProcess(KPROCESS* process, KPRIORITY base_priority, ULONG directory_table_base);
/// The thread starts in `start(context)`, in kernel mode, at PASSIVE_LEVEL.
void KeInitializeThread(KTHREAD* thread, KPROCESS* process, ULONG stack_top, ULONG stack_limit,
                        PKSTART_ROUTINE start, PVOID context, TEB* teb);
void KeReadyThread(KTHREAD* thread);  // starts it
[[noreturn]] void KeTerminateThread();
/// Ps takes over a thread that has ended; at DISPATCH_LEVEL, still on its stack.
void PspReapThread(KTHREAD* thread);
KPRIORITY KeSetPriorityThread(KTHREAD* thread, KPRIORITY priority);
void KeYieldThread();

/// Ends a wait in user mode early; used to terminate a thread.
void KeAbortUserWait(KTHREAD* thread);
LONG KeSuspendThread(KTHREAD* thread);  // both return the previous count
LONG KeResumeThread(KTHREAD* thread);

/// Runs the current thread in another address space until KeDetachProcess. Does not nest.
void KeAttachProcess(KPROCESS* process);
void KeDetachProcess();

class KAttachGuard {
 public:
  explicit KAttachGuard(KPROCESS* process)
      : attached_(KeGetCurrentThread()->AttachedProcess != process) {
    if (attached_) KeAttachProcess(process);
  }
  ~KAttachGuard() {
    if (attached_) KeDetachProcess();
  }
  KAttachGuard(const KAttachGuard&) = delete;
  KAttachGuard& operator=(const KAttachGuard&) = delete;

 private:
  bool attached_;
};
