// APCs from one thread to another.
#include "guest/conformance/apc.hpp"

namespace apc {

namespace {

DWORD called_in;  // a thread's id

void NTAPI note_thread(ULONG_PTR) { called_in = GetCurrentThreadId(); }

DWORD WINAPI sleep_alertably(void* ready) {
  if (ready != nullptr) SetEvent(ready);
  return SleepEx(5000, TRUE);
}

DWORD WINAPI tell_trace(void*) { return trace; }
DWORD WINAPI tell_trace_after_a_wait(void* ready) {
  SetEvent(ready);
  Sleep(100);
  return trace;
}

DWORD code_of(HANDLE thread) {
  DWORD code = 0;
  WaitForSingleObject(thread, 5000);
  GetExitCodeThread(thread, &code);
  return code;
}

void NTAPI raise(ULONG_PTR code) { RaiseException(static_cast<DWORD>(code), 0, 0, nullptr); }

DWORD handled;

LONG CALLBACK handle(EXCEPTION_POINTERS* pointers) {
  if (pointers->ExceptionRecord->ExceptionCode != 0xE0000123) return EXCEPTION_CONTINUE_SEARCH;
  ++handled;
  return EXCEPTION_CONTINUE_EXECUTION;
}

}  // namespace

void another_thread(ktap::Test& t) {
  const Handle ready(CreateEventA(nullptr, FALSE, FALSE, nullptr));
  DWORD id = 0;
  const Handle thread(CreateThread(nullptr, 0, sleep_alertably, ready, 0, &id));
  WaitForSingleObject(ready, 5000);
  Sleep(20);
  called_in = 0;
  t.succeeds("QueueUserAPC", QueueUserAPC(note_thread, thread, 0));
  t.equal("its wait ended", code_of(thread), io_completion);
  t.equal("the APC was called there", called_in == id, true);
}

void before_the_start(ktap::Test& t) {
  const Handle thread(CreateThread(nullptr, 0, tell_trace, nullptr, CREATE_SUSPENDED, nullptr));
  trace = 0;
  QueueUserAPC(note_number, thread, 4);
  QueueUserAPC(note_number, thread, 2);
  Sleep(20);
  t.equal("not before it is resumed", trace, 0);
  ResumeThread(thread);
  t.equal("both before its first instruction", code_of(thread), 42);
}

void suspended(ktap::Test& t) {
  const Handle ready(CreateEventA(nullptr, FALSE, FALSE, nullptr));
  const Handle thread(CreateThread(nullptr, 0, sleep_alertably, ready, 0, nullptr));
  WaitForSingleObject(ready, 5000);
  Sleep(20);
  trace = 0;
  t.equal("SuspendThread", SuspendThread(thread), 0);
  t.succeeds("QueueUserAPC", QueueUserAPC(note_number, thread, 9));
  Sleep(50);
  t.equal("it is not called meanwhile", trace, 0);
  t.equal("ResumeThread", ResumeThread(thread), 1);
  t.equal("its wait ends then", code_of(thread), io_completion);
  t.equal("after the APC", trace, 9);
}

void at_the_end(ktap::Test& t) {
  const Handle ready(CreateEventA(nullptr, FALSE, FALSE, nullptr));
  const Handle thread(CreateThread(nullptr, 0, tell_trace_after_a_wait, ready, 0, nullptr));
  WaitForSingleObject(ready, 5000);
  trace = 0;
  t.succeeds("QueueUserAPC", QueueUserAPC(note_number, thread, 1));
  t.equal("it never waited alertably", code_of(thread), 0);
  t.equal("it was never called", trace, 0);
  t.fails("a thread that has ended", QueueUserAPC(note_number, thread, 1), ERROR_GEN_FAILURE);
}

void refused(ktap::Test& t) {
  t.fails("no handle", QueueUserAPC(note_number, nullptr, 1), ERROR_INVALID_HANDLE);
  const Handle event(CreateEventA(nullptr, FALSE, FALSE, nullptr));
  t.fails("an event's", QueueUserAPC(note_number, event, 1), ERROR_INVALID_HANDLE);
  HANDLE weak = nullptr;
  DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &weak,
                  THREAD_QUERY_INFORMATION, FALSE, 0);
  const Handle held(weak);
  t.fails("without THREAD_SET_CONTEXT", QueueUserAPC(note_number, weak, 1), ERROR_ACCESS_DENIED);
  t.equal("nothing was queued", SleepEx(0, TRUE), 0);
}

void exceptions(ktap::Test& t) {
  PVOID handler = AddVectoredExceptionHandler(1, handle);
  trace = handled = 0;
  QueueUserAPC(raise, GetCurrentThread(), 0xE0000123);
  queue(3);
  t.equal("SleepEx", SleepEx(0, TRUE), io_completion);
  t.equal("the handler was asked", handled, 1);
  t.equal("the next APC came", trace, 3);
  RemoveVectoredExceptionHandler(handler);
}

}  // namespace apc
