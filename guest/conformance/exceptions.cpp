// Exceptions as a Win32 program sees them: their codes and parameters, the chain at FS:[0],
// vectored handlers, and what becomes of an exception that nobody wants.
#include "guest/conformance/exceptions.hpp"

namespace exceptions {

Seen seen;
Guarded guarded;

void record_exception(const EXCEPTION_RECORD* record, const CONTEXT* context) {
  ++seen.calls;
  seen.code = record->ExceptionCode;
  seen.flags = record->ExceptionFlags;
  seen.count = record->NumberParameters;
  for (DWORD i = 0; i < 3; ++i) {
    seen.parameters[i] = i < record->NumberParameters ? record->ExceptionInformation[i] : 0;
  }
  seen.address = record->ExceptionAddress;
  seen.inner = record->ExceptionRecord;
  seen.context = *context;
}

EXCEPTION_DISPOSITION __cdecl step_over(EXCEPTION_RECORD* record, void*, CONTEXT* context, void*) {
  if ((record->ExceptionFlags & EXCEPTION_UNWINDING) != 0) return ExceptionContinueSearch;
  record_exception(record, context);
  context->Eip = reinterpret_cast<DWORD>(guarded.resume);
  return ExceptionContinueExecution;
}

EXCEPTION_DISPOSITION __cdecl Block::leave(EXCEPTION_RECORD* record, void* frame, CONTEXT* context,
                                           void*) {
  if ((record->ExceptionFlags & EXCEPTION_UNWINDING) != 0) return ExceptionContinueSearch;
  record_exception(record, context);
  RtlUnwind(frame, nullptr, record, nullptr);
  __builtin_longjmp(static_cast<Block*>(frame)->resume, 1);
}

void expect_exception(ktap::Test& t, DWORD code, DWORD count, DWORD first, DWORD second) {
  t.equal("exceptions", seen.calls, 1);
  t.equal("ExceptionCode", seen.code, code);
  t.equal("ExceptionFlags", seen.flags, 0);
  t.equal("ExceptionRecord", seen.inner, nullptr);
  t.expect("ExceptionAddress is the instruction's", seen.address == guarded.at);
  t.equal("NumberParameters", seen.count, count);
  t.equal("ExceptionInformation[0]", seen.parameters[0], first);
  t.equal("ExceptionInformation[1]", seen.parameters[1], second);
}

namespace {

constexpr ktap::Case cases[] = {
    {"access violations tell read or write, and the address", access_violations},
    {"D9 pages of every kind that can't be accessed", protected_pages},
    {"E2 the upper half", kernel_half},
    {"a jump to nowhere", jumps_nowhere},
    {"D4 a guard page, once", guard_page},
    {"division by zero", divide},
    {"INTO and BOUND", overflow_and_bound},
    {"an illegal instruction", illegal_instruction},
    {"a LOCK prefix where there must be none", lock_prefix},
    {"A8 privileged instructions", privileged_instructions},
    {"INT 3 and DebugBreak", breakpoints},
    {"a single step", single_step},
    {"INT n without a gate", missing_gate},
    {"a selector of nothing", bad_selector},
    {"floating-point division by zero", floating_point},
    {"B16 a stack that is used up", stack_overflow},
    {"RaiseException, continued", raise_and_continue},
    {"RaiseException takes 15 parameters", raise_parameters},
    {"RaiseException clears bit 28", raise_bit_28},
    {"an exception that can't be continued", noncontinuable},
    {"handlers are called from the innermost outwards", chain_order},
    {"a handler changes registers", context_edit},
    {"RtlUnwind calls the handlers it takes off the chain", unwind},
    {"RtlUnwind of the whole chain", exit_unwind},
    {"an exception in a handler is nested", nested_exception},
    {"an unwind in an unwind goes on behind it", collided_unwind},
    {"a handler that returns nonsense", invalid_disposition},
    {"RtlUnwind to a frame that is above the chain", invalid_target},
    {"vectored handlers come before the chain", vectored_first},
    {"vectored handlers are called in order", vectored_order},
    {"vectored handlers are removed", vectored_remove},
    {"vectored continue handlers", vectored_continue},
    {"an exception nobody handles ends the process", unhandled},
    {"frames off the stack are not called", frames_off_the_stack},
    {"SetUnhandledExceptionFilter", top_level_filter},
    {"an exception in another thread ends the process, too", other_thread},
    {"there is no debugger", no_debugger},
    {"the context of a suspended thread", thread_context},
    {"a breakpoint on data", data_breakpoint},
    {"a breakpoint on an instruction", code_breakpoint},
    {"breakpoints are a thread's own", whose_breakpoint},
};

}  // namespace
}  // namespace exceptions

extern "C" int main(int argc, char** argv) {
  if (argc == 2) return exceptions::play(argv[1]);
  return ktap::run(exceptions::cases);
}
