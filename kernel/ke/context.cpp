// CONTEXT to trap frame and back, and the services that exchange them.
#include "arch/registers.hpp"
#include "kernel/ke/npx.hpp"
#include "kernel/ke/trap.hpp"
#include "kernel/mm/user_copy.hpp"
#include "kernel/system_services.hpp"

extern "C" arch::u32 KeI386Is486;

namespace {

namespace eflags = arch::eflags;

/// Bits user mode owns; IF is always set, IOPL, NT and VM never. RF lets a handler go on at an
/// instruction that has a breakpoint. [386 §12.3.1.1]
ULONG sanitize_eflags(ULONG value) {
  ULONG allowed = eflags::arithmetic | eflags::TF | eflags::DF | eflags::RF;
  if (KeI386Is486 != 0) allowed |= eflags::AC;
  return (value & allowed) | eflags::IF | eflags::always_one;
}

/// A selector user mode can load; anything else becomes flat data.
ULONG sanitize_selector(ULONG value) {
  const USHORT selector = static_cast<USHORT>(value);
  const bool allowed = selector == 0 || selector == KGDT_R3_CODE || selector == KGDT_R3_DATA ||
                       selector == KGDT_R3_TEB;
  return allowed ? selector : KGDT_R3_DATA;
}

bool wants(const CONTEXT& context, ULONG part) { return ContextHas(context.ContextFlags, part); }

}  // namespace

void KeContextFromTrapFrame(const KTRAP_FRAME* frame, CONTEXT& context) {
  if (wants(context, CONTEXT_CONTROL)) {
    context.Ebp = frame->Ebp;
    context.Eip = frame->Eip;
    context.SegCs = frame->SegCs & 0xFFFF;
    context.EFlags = frame->EFlags;
    context.Esp = frame->HardwareEsp;
    context.SegSs = frame->HardwareSegSs & 0xFFFF;
  }
  if (wants(context, CONTEXT_INTEGER)) {
    context.Edi = frame->Edi;
    context.Esi = frame->Esi;
    context.Ebx = frame->Ebx;
    context.Edx = frame->Edx;
    context.Ecx = frame->Ecx;
    context.Eax = frame->Eax;
  }
  if (wants(context, CONTEXT_SEGMENTS)) {
    context.SegGs = frame->SegGs & 0xFFFF;
    context.SegFs = frame->SegFs & 0xFFFF;
    context.SegEs = frame->SegEs & 0xFFFF;
    context.SegDs = frame->SegDs & 0xFFFF;
  }
}

void KeContextToTrapFrame(const CONTEXT& context, KTRAP_FRAME* frame) {
  if (wants(context, CONTEXT_CONTROL)) {
    frame->Ebp = context.Ebp;
    frame->Eip = context.Eip;
    frame->SegCs = KGDT_R3_CODE;
    frame->EFlags = sanitize_eflags(context.EFlags);
    frame->HardwareEsp = context.Esp;
    frame->HardwareSegSs = KGDT_R3_DATA;
  }
  if (wants(context, CONTEXT_INTEGER)) {
    frame->Edi = context.Edi;
    frame->Esi = context.Esi;
    frame->Ebx = context.Ebx;
    frame->Edx = context.Edx;
    frame->Ecx = context.Ecx;
    frame->Eax = context.Eax;
  }
  if (wants(context, CONTEXT_SEGMENTS)) {
    frame->SegGs = sanitize_selector(context.SegGs);
    frame->SegFs = KGDT_R3_TEB;
    frame->SegEs = sanitize_selector(context.SegEs);
    frame->SegDs = sanitize_selector(context.SegDs);
  }
}

void KeGetThreadContext(KTHREAD* thread, CONTEXT& context) {
  KeContextFromTrapFrame(KeUserTrapFrame(thread), context);
  if (wants(context, CONTEXT_DEBUG_REGISTERS)) KeGetDebugContext(thread, context);
  if (wants(context, CONTEXT_FLOATING_POINT)) KeGetNpxContext(thread, context);
}

void KeSetThreadContext(KTHREAD* thread, const CONTEXT& context) {
  KeContextToTrapFrame(context, KeUserTrapFrame(thread));
  if (wants(context, CONTEXT_DEBUG_REGISTERS)) KeSetDebugContext(thread, context);
  if (wants(context, CONTEXT_FLOATING_POINT)) KeSetNpxContext(thread, context);
}

/// Does not return to its caller when it succeeds: the thread goes on where the context says.
NTSTATUS NTAPI NtContinue(PCONTEXT user_context, BOOLEAN test_alert) {
  CONTEXT context;
  const NTSTATUS status = MmReadUser(user_context, context);
  if (!NT_SUCCESS(status)) return status;
  KTRAP_FRAME* frame = KeUserTrapFrame(KeGetCurrentThread());
  KeSetThreadContext(KeGetCurrentThread(), context);
  if (test_alert != FALSE) KeTestAlertThread();
  KiExitToUser(frame);
}

NTSTATUS NTAPI NtRaiseException(PEXCEPTION_RECORD user_record, PCONTEXT user_context,
                                BOOLEAN first_chance) {
  EXCEPTION_RECORD record = {};
  CONTEXT context;
  NTSTATUS status = MmReadUser(user_context, context);
  if (!NT_SUCCESS(status)) return status;
  const ULONG address = reinterpret_cast<ULONG>(user_record);
  status = MmCopyFromUser(&record, address, offsetof(EXCEPTION_RECORD, ExceptionInformation));
  if (!NT_SUCCESS(status)) return status;
  if (record.NumberParameters > EXCEPTION_MAXIMUM_PARAMETERS) return STATUS_INVALID_PARAMETER;
  record.ExceptionCode &= ~NTSTATUS{0x10000000};  // the system's own bit [SDK, RaiseException]
  status = MmCopyFromUser(record.ExceptionInformation,
                          address + offsetof(EXCEPTION_RECORD, ExceptionInformation),
                          record.NumberParameters * sizeof(ULONG));
  if (!NT_SUCCESS(status)) return status;
  KTRAP_FRAME* frame = KeUserTrapFrame(KeGetCurrentThread());
  KeSetThreadContext(KeGetCurrentThread(), context);
  KiDispatchException(record, frame, first_chance != FALSE);
  KiExitToUser(frame);
}
