// KiDispatchException: from a trap to ntdll!KiUserExceptionDispatcher.
#include "arch/registers.hpp"
#include "kernel/ke/bugcheck.hpp"
#include "kernel/ke/thread_object.hpp"
#include "kernel/ke/trap.hpp"
#include "kernel/mm/user_copy.hpp"
#include "kernel/ps/process.hpp"

namespace {

/// Pushes CONTEXT, EXCEPTION_RECORD (trimmed to its parameters), &CONTEXT, &EXCEPTION_RECORD.
/// False when the user stack can't take it.
bool push_exception(const EXCEPTION_RECORD& record, const CONTEXT& context, KTRAP_FRAME* frame) {
  const ULONG record_size =
      offsetof(EXCEPTION_RECORD, ExceptionInformation) + record.NumberParameters * sizeof(ULONG);
  const ULONG context_address = (context.Esp & ~3u) - sizeof(CONTEXT);
  const ULONG record_address = context_address - record_size;
  const ULONG esp = record_address - 2 * sizeof(ULONG);
  const ULONG pointers[2] = {record_address, context_address};
  if (!NT_SUCCESS(MmCopyToUser(context_address, &context, sizeof context)) ||
      !NT_SUCCESS(MmCopyToUser(record_address, &record, record_size)) ||
      !NT_SUCCESS(MmCopyToUser(esp, pointers, sizeof pointers))) {
    return false;
  }
  frame->HardwareEsp = esp;
  return true;
}

}  // namespace

void KiDispatchException(EXCEPTION_RECORD& record, KTRAP_FRAME* frame, bool first_chance) {
  if (!frame->from_user()) {
    KeBugCheckWithFrame(KMODE_EXCEPTION_NOT_HANDLED, static_cast<ULONG>(record.ExceptionCode),
                        reinterpret_cast<ULONG>(record.ExceptionAddress),
                        record.ExceptionInformation[0], record.ExceptionInformation[1], frame);
  }
  EPROCESS* process = PsGetCurrentProcess();
  if (first_chance && process->KiUserExceptionDispatcher != 0) {
    CONTEXT context = {};
    context.ContextFlags = CONTEXT_FULL | CONTEXT_FLOATING_POINT | CONTEXT_DEBUG_REGISTERS;
    KeGetThreadContext(KeGetCurrentThread(), context);
    if (push_exception(record, context, frame)) {
      frame->Eip = process->KiUserExceptionDispatcher;
      frame->EFlags &= ~(arch::eflags::TF | arch::eflags::DF | arch::eflags::RF);
      frame->SegCs = KGDT_R3_CODE;
      frame->SegDs = frame->SegEs = frame->HardwareSegSs = KGDT_R3_DATA;
      frame->SegFs = KGDT_R3_TEB;
      return;
    }
  }
  PsTerminateByException(record);
}

void KiDispatchTrapException(KTRAP_FRAME* frame, NTSTATUS code, ULONG address, ULONG count,
                             ULONG first, ULONG second, ULONG third) {
  EXCEPTION_RECORD record = {};
  record.ExceptionCode = code;
  record.ExceptionAddress = reinterpret_cast<PVOID>(address);
  record.NumberParameters = count;
  record.ExceptionInformation[0] = first;
  record.ExceptionInformation[1] = second;
  record.ExceptionInformation[2] = third;
  KiDispatchException(record, frame, true);
}
