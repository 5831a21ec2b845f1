// What each processor exception means: NT's status codes. [386 §9.8] [486 §9.9]
#include "arch/vector.hpp"
#include "kernel/ke/bugcheck.hpp"
#include "kernel/ke/debug_registers.hpp"
#include "kernel/ke/npx.hpp"
#include "kernel/ke/processor.hpp"
#include "kernel/ke/thread_object.hpp"
#include "kernel/ke/trap.hpp"
#include "kernel/mm/fault.hpp"
#include "kernel/mm/paged_pool.hpp"
#include "kernel/mm/user_copy.hpp"

namespace {

constexpr UCHAR lock_prefix = 0xF0;
constexpr unsigned longest_instruction = 15;

/// Entries are interrupt gates; an exception is handled with the interrupts of what it interrupted.
void restore_interrupts(const KTRAP_FRAME* frame) {
  if ((frame->EFlags & arch::eflags::IF) != 0) KeEnableInterrupts();
}

void raise(KTRAP_FRAME* frame, NTSTATUS code, ULONG address) {
  restore_interrupts(frame);
  KiDispatchTrapException(frame, code, address);
}

/// NT reports a protection violation that no address explains as a read of FFFFFFFFh.
void raise_protection(KTRAP_FRAME* frame, arch::Vector vector) {
  restore_interrupts(frame);
  if (!frame->from_user()) {
    KeBugCheckWithFrame(UNEXPECTED_KERNEL_MODE_TRAP, static_cast<ULONG>(vector), frame->ErrCode,
                        frame->Eip, 0, frame);
  }
  KiDispatchTrapException(frame, STATUS_ACCESS_VIOLATION, frame->Eip, 2, 0, ~ULONG{0});
}

bool is_prefix(UCHAR opcode) {
  switch (opcode) {
    case 0x26:
    case 0x2E:
    case 0x36:
    case 0x3E:
    case 0x64:
    case 0x65:
    case 0x66:
    case 0x67:
    case lock_prefix:
    case 0xF2:
    case 0xF3:
      return true;
    default:
      return false;
  }
}

/// NT has a status of its own for LOCK in front of what can't be locked.
bool is_locked(ULONG eip) {
  UCHAR opcode = 0;
  for (unsigned length = 0; length < longest_instruction; ++length) {
    if (!NT_SUCCESS(MmReadUser(eip + length, opcode)) || !is_prefix(opcode)) return false;
    if (opcode == lock_prefix) return true;
  }
  return false;
}

/// Instructions that CPL 3 may not execute. [386 §6.5.2, §8.3]
bool is_privileged(ULONG eip) {
  for (unsigned length = 0; length < longest_instruction; ++length) {
    UCHAR opcode = 0, second = 0;
    if (!NT_SUCCESS(MmReadUser(eip + length, opcode))) return false;
    if (is_prefix(opcode)) continue;
    switch (opcode) {
      case 0x6C:
      case 0x6D:
      case 0x6E:
      case 0x6F:  // INS, OUTS
      case 0xE4:
      case 0xE5:
      case 0xE6:
      case 0xE7:  // IN, OUT imm8
      case 0xEC:
      case 0xED:
      case 0xEE:
      case 0xEF:  // IN, OUT DX
      case 0xF4:
      case 0xFA:
      case 0xFB:  // HLT, CLI, STI
        return true;
      case 0x0F:
        if (!NT_SUCCESS(MmReadUser(eip + length + 1, second))) return false;
        // LLDT LTR, LGDT LIDT LMSW INVLPG, CLTS, INVD, WBINVD, MOV to and from special registers
        return second == 0x00 || second == 0x01 || second == 0x06 || second == 0x08 ||
               second == 0x09 || (second >= 0x20 && second <= 0x26);
      default:
        return false;
    }
  }
  return false;
}

/// A fault in KiCopyBytes on a user address becomes its return value.
bool recover_copy(KTRAP_FRAME* frame, NTSTATUS status) {
  if (frame->Eip < reinterpret_cast<ULONG>(KiCopyStart) ||
      frame->Eip >= reinterpret_cast<ULONG>(KiCopyEnd)) {
    return false;
  }
  frame->Eax = static_cast<ULONG>(status);
  frame->Eip = reinterpret_cast<ULONG>(KiCopyFault);
  return true;
}

[[noreturn]] void stop_on_kernel_fault(KTRAP_FRAME* frame, ULONG address, NTSTATUS status) {
  const ULONG write = frame->ErrCode >> 1 & 1;
  if (KeGetCurrentIrql() >= DISPATCH_LEVEL) {
    KeBugCheckWithFrame(IRQL_NOT_LESS_OR_EQUAL, address, KeGetCurrentIrql(), write, frame->Eip,
                        frame);
  }
  if (status == STATUS_DEVICE_DATA_ERROR && MiIsPagedPool(address)) {
    KeBugCheckWithFrame(KERNEL_DATA_INPAGE_ERROR, MiAddressToPte(address)->Long,
                        static_cast<ULONG>(status), address, frame->Eip, frame);
  }
  if (address < MM_USER_PROBE_ADDRESS) {
    KeBugCheckWithFrame(KMODE_EXCEPTION_NOT_HANDLED, static_cast<ULONG>(status), frame->Eip, write,
                        address, frame);
  }
  if ((frame->ErrCode & arch::page_fault::P) != 0 && write != 0) {
    KeBugCheckWithFrame(ATTEMPTED_WRITE_TO_READONLY_MEMORY, address, frame->Eip, 0, 0, frame);
  }
  KeBugCheckWithFrame(PAGE_FAULT_IN_NONPAGED_AREA, address, write, frame->Eip, 0, frame);
}

}  // namespace

extern "C" {

void KiTrap00Handler(KTRAP_FRAME* frame) {
  raise(frame, STATUS_INTEGER_DIVIDE_BY_ZERO, frame->Eip);
}

/// A breakpoint on data that the kernel touches for the program is not the program's to see.
void KiTrap01Handler(KTRAP_FRAME* frame) {
  if (!frame->from_user()) {
    KeWriteDr6(0);
    return;
  }
  KiTakeDebugStatus();
  frame->EFlags &= ~arch::eflags::TF;
  raise(frame, STATUS_SINGLE_STEP, frame->Eip);
}

void KiTrap02Handler(KTRAP_FRAME* frame) {
  KeBugCheckWithFrame(NMI_HARDWARE_FAILURE, 0, 0, 0, 0, frame);
}

/// The exception lies at the INT 3 itself. Its parameters are 0 (a break, as against the debugger's
/// services), ECX and EDX.
void KiTrap03Handler(KTRAP_FRAME* frame) {
  restore_interrupts(frame);
  --frame->Eip;
  KiDispatchTrapException(frame, STATUS_BREAKPOINT, frame->Eip, 3, 0, frame->Ecx, frame->Edx);
}

void KiTrap04Handler(KTRAP_FRAME* frame) { raise(frame, STATUS_INTEGER_OVERFLOW, frame->Eip - 1); }
void KiTrap05Handler(KTRAP_FRAME* frame) { raise(frame, STATUS_ARRAY_BOUNDS_EXCEEDED, frame->Eip); }
void KiTrap06Handler(KTRAP_FRAME* frame) {
  restore_interrupts(frame);
  const bool locked = frame->from_user() && is_locked(frame->Eip);
  KiDispatchTrapException(frame,
                          locked ? STATUS_INVALID_LOCK_SEQUENCE : STATUS_ILLEGAL_INSTRUCTION,
                          frame->Eip);
}
/// No coprocessor: its instructions are illegal. Otherwise the thread gets it and tries again.
void KiTrap07Handler(KTRAP_FRAME* frame) {
  if (!frame->from_user() || !KiLoadNpx()) raise(frame, STATUS_ILLEGAL_INSTRUCTION, frame->Eip);
}

void KiTrap08Handler(KTRAP_FRAME* frame) {
  KeBugCheckWithFrame(UNEXPECTED_KERNEL_MODE_TRAP, static_cast<ULONG>(arch::Vector::DF), 0, 0, 0,
                      frame);
}

void KiTrap09Handler(KTRAP_FRAME* frame) { raise_protection(frame, arch::Vector::CSO); }
void KiTrap0AHandler(KTRAP_FRAME* frame) { raise_protection(frame, arch::Vector::TS); }
void KiTrap0BHandler(KTRAP_FRAME* frame) { raise_protection(frame, arch::Vector::NP); }
void KiTrap0CHandler(KTRAP_FRAME* frame) { raise_protection(frame, arch::Vector::SS); }

void KiTrap0DHandler(KTRAP_FRAME* frame) {
  restore_interrupts(frame);
  if (frame->from_user() && is_privileged(frame->Eip)) {
    KiDispatchTrapException(frame, STATUS_PRIVILEGED_INSTRUCTION, frame->Eip);
    return;
  }
  raise_protection(frame, arch::Vector::GP);
}

void KiTrap0EHandler(KTRAP_FRAME* frame) {
  const ULONG address = KeReadCr2();  // before interrupts: another fault would change it
  if ((frame->EFlags & arch::eflags::IF) == 0) {
    stop_on_kernel_fault(frame, address, STATUS_ACCESS_VIOLATION);
  }
  KeEnableInterrupts();
  const KPROCESSOR_MODE mode = frame->from_user() ? UserMode : KernelMode;
  const NTSTATUS status =
      MmAccessFault(frame->ErrCode, reinterpret_cast<PVOID>(address), mode, frame);
  if (NT_SUCCESS(status)) return;
  if (mode == KernelMode) {
    if (address < MM_USER_PROBE_ADDRESS && recover_copy(frame, status)) return;
    stop_on_kernel_fault(frame, address, status);
  }
  const ULONG write = frame->ErrCode >> 1 & 1;
  switch (status) {
    case STATUS_ACCESS_VIOLATION:
    case STATUS_GUARD_PAGE_VIOLATION:
    case STATUS_STACK_OVERFLOW:
      KiDispatchTrapException(frame, status, frame->Eip, 2, write, address);
      return;
    default:
      KiDispatchTrapException(frame, STATUS_IN_PAGE_ERROR, frame->Eip, 3, write, address,
                              static_cast<ULONG>(status));
      return;
  }
}

void KiTrap10Handler(KTRAP_FRAME* frame) {
  restore_interrupts(frame);
  KiRaiseNumericError(frame);
}
void KiTrap11Handler(KTRAP_FRAME* frame) { raise(frame, STATUS_DATATYPE_MISALIGNMENT, frame->Eip); }
}
