// The registers of a thread, read and changed: another one's while it is suspended, and the debug
// registers.
#include "guest/conformance/exceptions.hpp"

namespace exceptions {
namespace {

DWORD address_of(const volatile void* pointer) { return reinterpret_cast<DWORD>(pointer); }

/// Never ends by itself; EBX and ESI are known while it runs.
__attribute__((naked)) DWORD WINAPI spin(void*) {
  asm volatile(
      "movl $0x11223344, %ebx\n\t"
      "movl $0x55667788, %esi\n\t"
      ".globl _conformance_spin_begin, _conformance_spin_end\n"
      "_conformance_spin_begin:\n\t"
      "incl _conformance_spin_count\n\t"
      "jmp _conformance_spin_begin\n"
      "_conformance_spin_end:");
}

/// Where the thread goes on when its Eip is changed; EAX tells what it got.
__attribute__((naked)) void leave() {
  asm volatile(
      "pushl %eax\n\t"
      "pushl $0\n\t"
      "jmp _ExitThread@4");
}

}  // namespace

extern "C" {
volatile DWORD conformance_spin_count;
extern const char conformance_spin_begin[], conformance_spin_end[];
}

void thread_context(ktap::Test& t) {
  DWORD id = 0;
  const HANDLE thread = CreateThread(nullptr, 0, spin, nullptr, 0, &id);
  if (!t.succeeds("CreateThread", thread)) return;
  while (conformance_spin_count < 10) Sleep(10);
  t.equal("SuspendThread", SuspendThread(thread), 0);
  const DWORD count = conformance_spin_count;
  CONTEXT context = {};
  context.ContextFlags = CONTEXT_FULL;
  t.succeeds("GetThreadContext", GetThreadContext(thread, &context));
  t.expect("Eip is in the loop", context.Eip >= address_of(conformance_spin_begin) &&
                                     context.Eip < address_of(conformance_spin_end));
  t.equal("Ebx", context.Ebx, 0x11223344);
  t.equal("Esi", context.Esi, 0x55667788);
  t.expect("Esp is on the thread's stack", context.Esp != 0 && context.Esp % 4 == 0);
  t.equal("the thread has stood still", conformance_spin_count, count);
  context.Eip = address_of(reinterpret_cast<const void*>(&leave));
  context.Eax = 0x2A;
  t.succeeds("SetThreadContext", SetThreadContext(thread, &context));
  t.equal("ResumeThread", ResumeThread(thread), 1);
  WaitForSingleObject(thread, INFINITE);
  DWORD code = 0;
  t.succeeds("GetExitCodeThread", GetExitCodeThread(thread, &code));
  t.equal("the exit code is the Eax that was set", code, 0x2A);
  CloseHandle(thread);
  t.fails("GetThreadContext of no thread", GetThreadContext(nullptr, &context),
          ERROR_INVALID_HANDLE);
}

namespace {

constexpr DWORD single_step_code = 0x80000004;
// DR7: enable breakpoint 0; it is on stores of four bytes. [386 §12.2.2]
constexpr DWORD enable_0 = 1, on_stores_of_4 = 0xD0000;

volatile DWORD watched;

bool set_breakpoint(DWORD address, DWORD control) {
  CONTEXT context = {};
  context.ContextFlags = CONTEXT_DEBUG_REGISTERS;
  context.Dr0 = address;
  context.Dr7 = control;
  return SetThreadContext(GetCurrentThread(), &context) != 0;
}

CONTEXT debug_registers() {
  CONTEXT context = {};
  context.ContextFlags = CONTEXT_DEBUG_REGISTERS;
  GetThreadContext(GetCurrentThread(), &context);
  return context;
}

/// Goes on, at an instruction with a breakpoint too.
EXCEPTION_DISPOSITION __cdecl go_on(EXCEPTION_RECORD* record, void*, CONTEXT* context, void*) {
  if ((record->ExceptionFlags & EXCEPTION_UNWINDING) != 0) return ExceptionContinueSearch;
  record_exception(record, context);
  context->EFlags |= 0x10000;  // RF
  return ExceptionContinueExecution;
}

DWORD WINAPI store(void* value) {
  watched = reinterpret_cast<DWORD>(value);
  return 0;
}

}  // namespace

void data_breakpoint(ktap::Test& t) {
  const crt::SehFrame frame(go_on);
  seen = {};
  t.expect("SetThreadContext", set_breakpoint(address_of(&watched), enable_0 | on_stores_of_4));
  t.equal("Dr0", debug_registers().Dr0, address_of(&watched));
  DWORD next = 0;
  asm volatile("movl $1f, %0\n\tmovl $5, %1\n1:" : "=&r"(next), "=m"(watched));
  const Seen caught = seen;
  t.equal("the value is stored", watched, 5);
  t.equal("exceptions", seen.calls, 1);
  set_breakpoint(0, 0);
  t.equal("ExceptionCode", caught.code, single_step_code);
  t.equal("NumberParameters", caught.count, 0);
  t.equal("ExceptionAddress is behind the store", address_of(caught.address), next);
  t.equal("bits 0 to 3 of the context's Dr6", caught.context.Dr6 & 15, 1);
  seen = {};
  watched = 6;
  t.equal("exceptions when it is taken away", seen.calls, 0);
}

void code_breakpoint(ktap::Test& t) {
  const crt::SehFrame frame(go_on);
  DWORD place = 0, sum = 1;
  asm volatile("movl $1f, %0\n\tjmp 2f\n1:\taddl $2, %1\n\tret\n2:" : "=r"(place), "+m"(watched));
  seen = {};
  watched = sum;
  t.expect("SetThreadContext", set_breakpoint(place, enable_0));
  asm volatile("call *%1" : "+m"(watched) : "r"(place) : "memory");
  const Seen caught = seen;
  set_breakpoint(0, 0);
  t.equal("exceptions", caught.calls, 1);
  t.equal("ExceptionCode", caught.code, single_step_code);
  t.equal("ExceptionAddress is the instruction's", address_of(caught.address), place);
  t.equal("bits 0 to 3 of the context's Dr6", caught.context.Dr6 & 15, 1);
  t.equal("the instruction has run once", watched, 3);
}

void whose_breakpoint(ktap::Test& t) {
  const crt::SehFrame frame(go_on);
  seen = {};
  t.expect("SetThreadContext", set_breakpoint(address_of(&watched), enable_0 | on_stores_of_4));
  DWORD id = 0;
  const HANDLE thread = CreateThread(nullptr, 0, store, reinterpret_cast<void*>(7), 0, &id);
  WaitForSingleObject(thread, INFINITE);
  CloseHandle(thread);
  t.equal("another thread's store", watched, 7);
  const unsigned calls = seen.calls;
  set_breakpoint(0, 0);
  t.equal("exceptions", calls, 0);
  set_breakpoint(0x80001000, enable_0);
  const DWORD address = debug_registers().Dr0;
  set_breakpoint(0, 0);
  t.equal("Dr0 with an address of the upper half", address, 0);
}

}  // namespace exceptions
