// How a thread enters user mode: the agreement between the kernel and ntdll.
#pragma once

#include "kernel/nt/exception.hpp"
#include "kernel/nt/types.hpp"

// Kernel side. The kernel maps \NTDLL.DLL and the program into a new process, finds the exports
// below by name, and starts every thread as if by a call
//
//     LdrInitializeThunk(PCONTEXT Context, PVOID SystemDllBase, PVOID Reserved)     [stdcall]
//
// at the top of its user stack: ESP -> return address 0, Context, SystemDllBase, 0; then *Context.
// CS 1Bh, DS = ES = SS 23h, FS 3Bh (TEB), GS 0, EFLAGS = IF.
//
// ntdll side. LdrInitializeThunk initializes the process if PEB.Ldr is null, otherwise only tells
// the DLLs about the thread, and ends with NtContinue(Context, TRUE). *Context is the context
// the thread was created with. For the first thread of a process the kernel makes it:
//     EIP = ntdll!RtlUserThreadStart, EAX = the image's entry point, EBX = the PEB,
//     ESP = just below StackBase; the other registers are 0.
// RtlUserThreadStart takes its arguments from EAX and EBX, not from the stack.
//
// A thread made by NtCreateThread starts in the same way; its Context is the caller's.
//
// Exceptions: the kernel pushes CONTEXT and EXCEPTION_RECORD on the user stack and enters
// ntdll!KiUserExceptionDispatcher with [ESP] = PEXCEPTION_RECORD, [ESP+4] = PCONTEXT (there is no
// return address). It ends with NtContinue or NtRaiseException; the latter with FirstChance FALSE
// ends the process with the exception code as its exit status.
//
// APCs: before a return to user mode the kernel pushes CONTEXT, SystemArgument2, SystemArgument1,
// NormalContext, NormalRoutine and enters ntdll!KiUserApcDispatcher, which calls
// NormalRoutine(NormalContext, SystemArgument1, SystemArgument2) [stdcall] and goes on with
// NtContinue(Context, TRUE): that delivers the next one, if there is one.
//
// Console: every process finds its standard handles in PEB.ProcessParameters. In the first process
// all three are the console (\Device\Console). A child that is given null handles gets none.
// Reading a line from the console gives it with \r\n at its end; 0 bytes is end of file.
//
// Names: \??\C:\NAME.EXT or \??\C:\DIR\NAME (8.3, case-insensitive), and \Device\Console.

inline constexpr char NtdllPath[] = "\\NTDLL.DLL";
inline constexpr char LdrInitializeThunkName[] = "LdrInitializeThunk";
inline constexpr char RtlUserThreadStartName[] = "RtlUserThreadStart";
inline constexpr char KiUserApcDispatcherName[] = "KiUserApcDispatcher";
inline constexpr char KiUserExceptionDispatcherName[] = "KiUserExceptionDispatcher";

/// EAX and EDX on INT 2Eh: service number, address of the first argument.
inline constexpr unsigned char SystemServiceVector = 0x2E;
