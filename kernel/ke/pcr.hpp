// The processor control region, at FS:0 in the kernel, and the processor's scheduling state.
#pragma once

#include "arch/descriptor.hpp"
#include "kernel/ke/irql.hpp"
#include "kernel/nt.hpp"

struct KTHREAD;

struct KPRCB {
  USHORT MinorVersion, MajorVersion;
  KTHREAD* CurrentThread;  // FS:[124h]
  KTHREAD* NextThread;     // chosen to run as soon as the level drops below DISPATCH_LEVEL
  KTHREAD* IdleThread;
  KTHREAD* NpxThread;  // whose state the coprocessor holds
  LIST_ENTRY DpcListHead;
  BOOLEAN DispatchInterruptPending;
  BOOLEAN QuantumEnd;
  ULONG InterruptCount, KeContextSwitches, KeSystemCalls;
  ULONG KernelTime, UserTime;  // ticks
};

struct KPCR {
  NT_TIB NtTib;
  KPCR* SelfPcr;
  KPRCB* Prcb;
  KIRQL Irql;  // +24
  ULONG IRR, IrrActive, IDR;
  PVOID KdVersionBlock;
  arch::Descriptor* IDT;  // +38
  arch::Descriptor* GDT;
  arch::TaskStateSegment* TSS;
  UCHAR Reserved[0x120 - 0x44];
  KPRCB PrcbData;  // +120
};
static_assert(offsetof(KPCR, SelfPcr) == 0x1C && offsetof(KPCR, Irql) == 0x24);
static_assert(offsetof(KPCR, IDT) == 0x38 && offsetof(KPCR, PrcbData) == 0x120);
static_assert(offsetof(KPRCB, CurrentThread) == 4);

/// The PCR is the last page below 4 GB - 2 MB; the writable view of KUSER_SHARED_DATA is near it.
inline constexpr ULONG KIP0PCRADDRESS = 0xFFE00000 - PAGE_SIZE;
inline constexpr ULONG KI_USER_SHARED_DATA = 0xFFDF0000;

inline KPCR* KeGetPcr() { return reinterpret_cast<KPCR*>(KIP0PCRADDRESS); }
inline KPRCB* KeGetCurrentPrcb() { return &KeGetPcr()->PrcbData; }
inline KUSER_SHARED_DATA* KiUserSharedData() {
  return reinterpret_cast<KUSER_SHARED_DATA*>(KI_USER_SHARED_DATA);
}

inline KTHREAD* KeGetCurrentThread() {
  KTHREAD* thread;
  __asm__ volatile("movl %%fs:0x124, %0" : "=r"(thread));
  return thread;
}
