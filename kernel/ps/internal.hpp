// Between the files of ps/.
#pragma once

#include "kernel/ps/process.hpp"

HANDLE PspAllocateId();
void PspInitializeProcess(EPROCESS* process, const char* path, ULONG directory);
void PspInsertProcess(EPROCESS* process);
void PspStartReaper();
/// A thread object with its kernel stack, not yet running; holds a reference to the process.
NTSTATUS PspCreateThread(EPROCESS* process, PKSTART_ROUTINE start, PVOID context, TEB* teb,
                         ETHREAD*& result);
/// Lets a created thread run; fails when its process has begun to end.
NTSTATUS PspStartThread(ETHREAD* thread);
/// Undoes what a process that never ran has: handles, address space.
void PspAbandonProcess(EPROCESS* process);
