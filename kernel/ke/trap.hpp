// Trap handling: the entries of ke/trap.S, exception dispatch, system services.
#pragma once

#include "kernel/ke/trap_frame.hpp"

extern "C" {
// Entries of the interrupt descriptor table.
void KiTrap00();
void KiTrap01();
void KiTrap02();
void KiTrap03();
void KiTrap04();
void KiTrap05();
void KiTrap06();
void KiTrap07();
void KiTrap08();
void KiTrap09();
void KiTrap0A();
void KiTrap0B();
void KiTrap0C();
void KiTrap0D();
void KiTrap0E();
void KiTrap10();
void KiTrap11();
void KiUnexpectedInterrupt();
void KiSystemService();
extern const UCHAR KiInterruptEntries[16][16];

[[noreturn]] void KiExitToUser(KTRAP_FRAME* frame);
ULONG KiCallService(PVOID routine, const ULONG* arguments, ULONG bytes);

NTSTATUS KiCopyBytes(void* to, const void* from, ULONG count);
extern const UCHAR KiCopyStart[], KiCopyEnd[], KiCopyFault[];
}

/// Vectors the interrupt controllers are programmed to: IRQ 0 is 30h.
inline constexpr UCHAR PRIMARY_VECTOR_BASE = 0x30;

void KiInitializeDescriptorTables();

/// Hands an exception to the thread's user-mode handlers, or ends the process (user mode) or the
/// system (kernel mode). `parameters` are the record's ExceptionInformation.
void KiDispatchTrapException(KTRAP_FRAME* frame, NTSTATUS code, ULONG address, ULONG count = 0,
                             ULONG first = 0, ULONG second = 0, ULONG third = 0);
void KiDispatchException(EXCEPTION_RECORD& record, KTRAP_FRAME* frame, bool first_chance);

// CONTEXT to and from a trap frame. What user mode may not choose is replaced: EFLAGS, selectors.
void KeContextFromTrapFrame(const KTRAP_FRAME* frame, CONTEXT& context);
void KeContextToTrapFrame(const CONTEXT& context, KTRAP_FRAME* frame);

struct KTHREAD;
/// The same for the user-mode registers of a thread, the coprocessor's included where asked for.
void KeGetThreadContext(KTHREAD* thread, CONTEXT& context);
void KeSetThreadContext(KTHREAD* thread, const CONTEXT& context);

/// Connects a routine to an IRQ line and unmasks it. It runs with interrupts off.
using PKSERVICE_ROUTINE = void (*)(const KTRAP_FRAME* interrupted);
void KeConnectInterrupt(unsigned irq, PKSERVICE_ROUTINE routine);
void KiInitializeInterruptControllers();
