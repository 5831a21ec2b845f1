// The stop codes and the way to stop.
#pragma once

#include "kernel/ke/trap_frame.hpp"

enum BUGCHECK_CODE : ULONG {
  IRQL_NOT_LESS_OR_EQUAL = 0x0A,
  INVALID_PROCESS_ATTACH_ATTEMPT = 0x05,
  MUTEX_LEVEL_NUMBER_VIOLATION = 0x0D,
  PFN_LIST_CORRUPT = 0x4E,
  BAD_POOL_HEADER = 0x19,
  MEMORY_MANAGEMENT = 0x1A,
  KMODE_EXCEPTION_NOT_HANDLED = 0x1E,
  QUOTA_UNDERFLOW = 0x21,
  PAGE_FAULT_IN_NONPAGED_AREA = 0x50,
  PROCESS1_INITIALIZATION_FAILED = 0x6B,
  PHASE1_INITIALIZATION_FAILED = 0x32,
  INSTALL_MORE_MEMORY = 0x7D,
  KERNEL_DATA_INPAGE_ERROR = 0x7A,
  UNEXPECTED_KERNEL_MODE_TRAP = 0x7F,
  NMI_HARDWARE_FAILURE = 0x80,
  INACCESSIBLE_BOOT_DEVICE = 0x7B,
  THREAD_TERMINATE_HELD_MUTEX = 0x98,
  BAD_POOL_CALLER = 0xC2,
  MANUALLY_INITIATED_CRASH = 0xE2,
  LOADER_BLOCK_MISMATCH = 0x100,
  ATTEMPTED_WRITE_TO_READONLY_MEMORY = 0xBE,
};

extern "C" {
/// The stop code and its parameters, and the registers, if any; for the debugger.
extern ULONG KiBugCheckData[5];
extern const KTRAP_FRAME* KiBugCheckFrame;
/// Paints the stop screen, tells the board the code and halts.
[[noreturn]] void KeBugCheckEx(BUGCHECK_CODE code, ULONG p1, ULONG p2, ULONG p3, ULONG p4);
}
[[noreturn]] void KeBugCheckWithFrame(BUGCHECK_CODE code, ULONG p1, ULONG p2, ULONG p3, ULONG p4,
                                      const KTRAP_FRAME* frame);
