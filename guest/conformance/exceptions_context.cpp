// The registers of another thread, read and changed while it is suspended.
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

}  // namespace exceptions
