// The page-fault handler.
#pragma once

#include "kernel/ke/trap_frame.hpp"

extern "C" {
/// Resolves a page fault. `fault_code` is the processor's error code, `address` CR2. Success tells
/// how: STATUS_PAGE_FAULT_TRANSITION (110h), _DEMAND_ZERO (111h), _COPY_ON_WRITE (112h), _GUARD_PAGE (113h: the
/// stack has grown), _PAGING_FILE (114h); STATUS_SUCCESS when the page was there already or has only become
/// dirty. Failure: STATUS_ACCESS_VIOLATION, STATUS_GUARD_PAGE_VIOLATION, STATUS_STACK_OVERFLOW,
/// STATUS_NO_MEMORY, STATUS_DEVICE_DATA_ERROR.
NTSTATUS MmAccessFault(ULONG fault_code, PVOID address, KPROCESSOR_MODE mode,
                       KTRAP_FRAME* trap_frame);

extern ULONG MmPageFaultCount, MmDemandZeroCount, MmTransitionCount, MmGuardPageCount,
    MmPageFileFaultCount;
}

struct EPROCESS;
/// After a guard page at `address`, without locks.
NTSTATUS MiCheckForUserStackGrowth(EPROCESS* process, ULONG address);
