// Exceptions: vectored handlers, then the walk along FS:[0]; and the walk of an unwind. [SEH]
#include "guest/ntdll/ntdll.hpp"
#include "guest/ntdll/vectored_handlers.hpp"

static_assert(sizeof(CONTEXT) == 0x2CC && CONTEXT_FULL == 0x00010007);
static_assert(offsetof(CONTEXT, SegGs) == 0x8C && offsetof(CONTEXT, Eax) == 0xB0);
static_assert(offsetof(CONTEXT, Ebp) == 0xB4 && offsetof(CONTEXT, Eip) == 0xB8);
static_assert(offsetof(CONTEXT, EFlags) == 0xC0 && offsetof(CONTEXT, Esp) == 0xC4);
static_assert(offsetof(CONTEXT, SegSs) == 0xC8);

namespace {

using Frame = EXCEPTION_REGISTRATION_RECORD;

/// What RtlpExecuteHandler puts on the chain while a handler runs.
struct GuardFrame : Frame {
  Frame* handled;
};

Frame* end_of_chain() { return reinterpret_cast<Frame*>(~ULONG_PTR{0}); }

/// A frame must lie on the thread's stack and be aligned; else the chain cannot be trusted.
bool on_stack(const Frame* frame) {
  const NT_TIB& tib = NtCurrentTeb()->Tib;
  const auto address = reinterpret_cast<ULONG_PTR>(frame);
  return address >= reinterpret_cast<ULONG_PTR>(tib.StackLimit) &&
         address + sizeof(Frame) <= reinterpret_cast<ULONG_PTR>(tib.StackBase) &&
         (address & 3) == 0;
}

bool unwinding(const EXCEPTION_RECORD* record) {
  return (record->ExceptionFlags & (EXCEPTION_UNWINDING | EXCEPTION_EXIT_UNWIND)) != 0;
}

/// Handler of the guard frame during the search: an exception came out of a handler.
__attribute__((cdecl)) EXCEPTION_DISPOSITION nested(PEXCEPTION_RECORD record, Frame* frame,
                                                    PCONTEXT, PVOID dispatcher) {
  if (unwinding(record)) return ExceptionContinueSearch;
  *static_cast<Frame**>(dispatcher) = static_cast<GuardFrame*>(frame)->handled;
  return ExceptionNestedException;
}

/// Handler of the guard frame during an unwind: an unwind began in a handler that was unwinding.
__attribute__((cdecl)) EXCEPTION_DISPOSITION collided(PEXCEPTION_RECORD record, Frame* frame,
                                                      PCONTEXT, PVOID dispatcher) {
  if (!unwinding(record)) return ExceptionContinueSearch;
  *static_cast<Frame**>(dispatcher) = static_cast<GuardFrame*>(frame)->handled;
  return ExceptionCollidedUnwind;
}

[[noreturn]] void raise_about(NTSTATUS status, PEXCEPTION_RECORD cause) {
  EXCEPTION_RECORD record = {};
  record.ExceptionCode = status;
  record.ExceptionFlags = EXCEPTION_NONCONTINUABLE;
  record.ExceptionRecord = cause;
  for (;;) RtlRaiseException(&record);
}

}  // namespace

extern "C" {

EXCEPTION_DISPOSITION RtlpExecuteHandler(PEXCEPTION_RECORD record, Frame* frame, PCONTEXT context,
                                         PVOID dispatcher, PEXCEPTION_ROUTINE routine,
                                         PEXCEPTION_ROUTINE guard);

BOOLEAN NTAPI RtlDispatchException(PEXCEPTION_RECORD Record, PCONTEXT Context) {
  if (rtl::call_vectored_exception_handlers(Record, Context)) {
    rtl::call_vectored_continue_handlers(Record, Context);
    return TRUE;
  }
  Frame* nested_frame = nullptr;
  for (Frame* frame = NtCurrentTeb()->Tib.ExceptionList; frame != end_of_chain();
       frame = frame->Next) {
    if (!on_stack(frame)) {
      Record->ExceptionFlags |= EXCEPTION_STACK_INVALID;
      return FALSE;
    }
    Frame* reported = nullptr;
    const auto disposition =
        RtlpExecuteHandler(Record, frame, Context, &reported, frame->Handler, nested);
    if (frame == nested_frame) {
      Record->ExceptionFlags &= ~EXCEPTION_NESTED_CALL;
      nested_frame = nullptr;
    }
    switch (disposition) {
      case ExceptionContinueExecution:
        if ((Record->ExceptionFlags & EXCEPTION_NONCONTINUABLE) != 0) {
          raise_about(STATUS_NONCONTINUABLE_EXCEPTION, Record);
        }
        rtl::call_vectored_continue_handlers(Record, Context);
        return TRUE;
      case ExceptionContinueSearch:
        break;
      case ExceptionNestedException:
        Record->ExceptionFlags |= EXCEPTION_NESTED_CALL;
        if (reported > nested_frame) nested_frame = reported;
        break;
      default:
        raise_about(STATUS_INVALID_DISPOSITION, Record);
    }
  }
  return FALSE;
}

/// KiUserExceptionDispatcher's C++ half.
[[noreturn]] void NTAPI RtlpDispatchUserException(PEXCEPTION_RECORD record, PCONTEXT context) {
  const NTSTATUS status = RtlDispatchException(record, context)
                              ? NtContinue(context, FALSE)
                              : NtRaiseException(record, context, FALSE);
  // Only a context the kernel refuses comes back here.
  raise_about(status, record);
}

/// RtlRaiseException's C++ half: `context` is the caller's.
[[noreturn]] void NTAPI RtlpRaiseException(PEXCEPTION_RECORD record, PCONTEXT context) {
  record->ExceptionAddress = reinterpret_cast<PVOID>(context->Eip);
  const NTSTATUS status = NtRaiseException(record, context, TRUE);
  NtTerminateProcess(NtCurrentProcess(), status);
  __builtin_unreachable();
}

void NTAPI RtlRaiseStatus(NTSTATUS Status) {
  EXCEPTION_RECORD record = {};
  record.ExceptionCode = Status;
  record.ExceptionFlags = EXCEPTION_NONCONTINUABLE;
  RtlRaiseException(&record);
}

/// Calls the handlers from the top of the chain down to, not including, TargetFrame and takes them
/// off the chain. It returns to its caller, so TargetIp, the label behind the call, is not needed.
/// Without TargetFrame the whole chain is unwound, as at a thread's end.
PVOID NTAPI RtlUnwind(PVOID TargetFrame, PVOID, PEXCEPTION_RECORD Record, PVOID ReturnValue) {
  EXCEPTION_RECORD own = {};
  if (Record == nullptr) {
    own.ExceptionCode = STATUS_UNWIND;
    own.ExceptionAddress = __builtin_return_address(0);
    Record = &own;
  }
  Record->ExceptionFlags |=
      EXCEPTION_UNWINDING | (TargetFrame == nullptr ? EXCEPTION_EXIT_UNWIND : 0);
  CONTEXT context = {};
  RtlCaptureContext(&context);
  context.Eax = reinterpret_cast<ULONG>(ReturnValue);
  auto* target = static_cast<Frame*>(TargetFrame);
  Frame* frame = NtCurrentTeb()->Tib.ExceptionList;
  while (frame != end_of_chain() && frame != target) {
    if (target != nullptr && target < frame) raise_about(STATUS_INVALID_UNWIND_TARGET, Record);
    if (!on_stack(frame)) raise_about(STATUS_BAD_STACK, Record);
    Frame* reported = nullptr;
    switch (RtlpExecuteHandler(Record, frame, &context, &reported, frame->Handler, collided)) {
      case ExceptionContinueSearch:
        break;
      case ExceptionCollidedUnwind:
        frame = reported;
        break;
      default:
        raise_about(STATUS_INVALID_DISPOSITION, Record);
    }
    frame = frame->Next;
    NtCurrentTeb()->Tib.ExceptionList = frame;
  }
  if (target == nullptr) return ReturnValue;
  if (frame != target) {  // the target was not on the chain
    NtRaiseException(Record, &context, FALSE);
  }
  return ReturnValue;
}

}  // extern "C"
