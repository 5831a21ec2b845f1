// Which waits APCs end, and what the waits say.
#include "guest/conformance/apc.hpp"

namespace apc {

namespace {

void NTAPI note_and_queue(ULONG_PTR number) {
  note_number(number);
  queue(number + 1);
}

DWORD nested;

void NTAPI note_and_sleep(ULONG_PTR number) {
  note_number(number);
  nested = SleepEx(0, TRUE);
  note_number(number + 4);
}

}  // namespace

void in_alertable_waits_alone(ktap::Test& t) {
  const Handle event(CreateEventA(nullptr, TRUE, FALSE, nullptr));
  trace = 0;
  t.equal("SleepEx without an APC", SleepEx(0, TRUE), 0);
  for (ULONG_PTR number = 1; number <= 3; ++number) queue(number);
  t.equal("QueueUserAPC calls nothing", trace, 0);
  Sleep(20);
  t.equal("Sleep calls nothing", trace, 0);
  t.equal("SleepEx that is not alertable", SleepEx(0, FALSE), 0);
  t.equal("WaitForSingleObject", WaitForSingleObject(event, 20), WAIT_TIMEOUT);
  t.equal("they have not been called", trace, 0);
  t.equal("SleepEx", SleepEx(INFINITE, TRUE), io_completion);
  t.equal("they came in order, all at once", trace, 123);
  t.equal("there are no more", SleepEx(0, TRUE), 0);
  queue(4);
  t.equal("WaitForSingleObjectEx of no length", WaitForSingleObjectEx(event, 0, TRUE),
          io_completion);
  t.equal("has called it", trace, 1234);
  queue(5);
  t.equal("WaitForSingleObjectEx without an end", WaitForSingleObjectEx(event, INFINITE, TRUE),
          io_completion);
  t.equal("has called it, too", trace, 12345);
}

void objects_come_first(ktap::Test& t) {
  const Handle event(CreateEventA(nullptr, FALSE, TRUE, nullptr));
  trace = 0;
  queue(7);
  t.equal("the object", WaitForSingleObjectEx(event, INFINITE, TRUE), WAIT_OBJECT_0);
  t.equal("without the APC", trace, 0);
  t.equal("then the APC", WaitForSingleObjectEx(event, INFINITE, TRUE), io_completion);
  t.equal("which was called", trace, 7);
}

void several_objects(ktap::Test& t) {
  const Handle first(CreateEventA(nullptr, FALSE, FALSE, nullptr));
  const Handle second(CreateEventA(nullptr, FALSE, TRUE, nullptr));
  const HANDLE handles[] = {first, second};
  trace = 0;
  queue(1);
  t.equal("any, and one is signaled", WaitForMultipleObjectsEx(2, handles, FALSE, 1000, TRUE),
          WAIT_OBJECT_0 + 1);
  SetEvent(second);
  t.equal("all, and one is missing", WaitForMultipleObjectsEx(2, handles, TRUE, 1000, TRUE),
          io_completion);
  t.equal("the APC was called", trace, 1);
  t.equal("nothing was taken", objects::poll(second), WAIT_OBJECT_0);
  queue(2);
  t.equal("any, and none is signaled", WaitForMultipleObjectsEx(2, handles, FALSE, 1000, TRUE),
          io_completion);
  t.equal("the second was called", trace, 12);
}

void signal_and_wait(ktap::Test& t) {
  const Handle first(CreateEventA(nullptr, FALSE, FALSE, nullptr));
  const Handle second(CreateEventA(nullptr, FALSE, FALSE, nullptr));
  trace = 0;
  queue(1);
  t.equal("not alertable", SignalObjectAndWait(first, second, 20, FALSE), WAIT_TIMEOUT);
  t.equal("calls nothing", trace, 0);
  t.equal("it was signaled", objects::poll(first), WAIT_OBJECT_0);
  t.equal("alertable", SignalObjectAndWait(first, second, 1000, TRUE), io_completion);
  t.equal("calls the APC", trace, 1);
  t.equal("it was signaled again", objects::poll(first), WAIT_OBJECT_0);
}

void within_another(ktap::Test& t) {
  trace = 0;
  QueueUserAPC(note_and_queue, GetCurrentThread(), 1);
  t.equal("one that queues another", SleepEx(0, TRUE), io_completion);
  t.equal("has it called in the same wait", trace, 12);
  trace = 0;
  nested = 0;
  QueueUserAPC(note_and_sleep, GetCurrentThread(), 1);
  queue(2);
  t.equal("one that waits alertably", SleepEx(0, TRUE), io_completion);
  t.equal("is told of the other", nested, io_completion);
  t.equal("which was called within", trace, 125);
}

void test_alert(ktap::Test& t) {
  using TestAlert = LONG(NTAPI*)();
  const auto test = reinterpret_cast<TestAlert>(
      reinterpret_cast<void*>(GetProcAddress(GetModuleHandleA("ntdll.dll"), "NtTestAlert")));
  if (!t.expect("ntdll exports it", test != nullptr)) return;
  trace = 0;
  queue(1);
  queue(2);
  t.equal("it succeeds", test(), 0);
  t.equal("and has called them all", trace, 12);
  t.equal("again", test(), 0);
  t.equal("there were none", trace, 12);
}

}  // namespace apc
