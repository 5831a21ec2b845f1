// Timers as objects to wait for.
#include "guest/conformance/timers.hpp"

namespace timers {

namespace {

LONGLONG now() {
  FILETIME time;
  GetSystemTimeAsFileTime(&time);
  return static_cast<LONGLONG>(time.dwHighDateTime) << 32 | time.dwLowDateTime;
}

}  // namespace

void automatic(ktap::Test& t) {
  const Handle timer(CreateWaitableTimerA(nullptr, FALSE, nullptr));
  t.equal("before it is set", poll(timer), WAIT_TIMEOUT);
  const DWORD before = GetTickCount();
  t.succeeds("SetWaitableTimer", set(timer, 100));
  t.equal("at once", poll(timer), WAIT_TIMEOUT);
  t.equal("in time", WaitForSingleObject(timer, 5000), WAIT_OBJECT_0);
  const DWORD waited = GetTickCount() - before;
  t.expect("not before its time", waited >= 90);
  t.expect("nor long after it", waited < 1000);
  t.equal("the wait has reset it", poll(timer), WAIT_TIMEOUT);
  t.equal("it comes once", WaitForSingleObject(timer, 150), WAIT_TIMEOUT);
  LARGE_INTEGER due = {};
  SetWaitableTimer(timer, &due, 0, nullptr, nullptr, FALSE);
  t.equal("due at once", WaitForSingleObject(timer, 1000), WAIT_OBJECT_0);
}

void manual(ktap::Test& t) {
  const Handle timer(CreateWaitableTimerW(nullptr, TRUE, nullptr));
  set(timer, 20);
  t.equal("it expires", WaitForSingleObject(timer, 5000), WAIT_OBJECT_0);
  t.equal("and stays so", poll(timer), WAIT_OBJECT_0);
  set(timer, 5000);
  t.equal("until it is set again", poll(timer), WAIT_TIMEOUT);
}

void periodic(ktap::Test& t) {
  const Handle timer(CreateWaitableTimerA(nullptr, FALSE, nullptr));
  const DWORD before = GetTickCount();
  set(timer, 30, 30);
  t.equal("the first time", WaitForSingleObject(timer, 5000), WAIT_OBJECT_0);
  t.equal("the second", WaitForSingleObject(timer, 5000), WAIT_OBJECT_0);
  t.equal("the third", WaitForSingleObject(timer, 5000), WAIT_OBJECT_0);
  t.expect("three periods", GetTickCount() - before >= 80);
  Sleep(200);
  t.equal("several periods later", poll(timer), WAIT_OBJECT_0);
  t.succeeds("CancelWaitableTimer", CancelWaitableTimer(timer));
  poll(timer);
  t.equal("cancelled", WaitForSingleObject(timer, 100), WAIT_TIMEOUT);
}

void absolute(ktap::Test& t) {
  const Handle timer(CreateWaitableTimerA(nullptr, TRUE, nullptr));
  LARGE_INTEGER due;
  due.QuadPart = now() + 60 * millisecond;
  t.succeeds("SetWaitableTimer", SetWaitableTimer(timer, &due, 0, nullptr, nullptr, FALSE));
  t.equal("it expires", WaitForSingleObject(timer, 5000), WAIT_OBJECT_0);
  t.expect("not before", now() >= due.QuadPart - 20 * millisecond);
  due.QuadPart = now() - 10000 * millisecond;
  SetWaitableTimer(timer, &due, 0, nullptr, nullptr, FALSE);
  t.equal("a time that has passed", WaitForSingleObject(timer, 1000), WAIT_OBJECT_0);
}

void cancelled(ktap::Test& t) {
  const Handle timer(CreateWaitableTimerA(nullptr, TRUE, nullptr));
  set(timer, 50);
  t.succeeds("CancelWaitableTimer", CancelWaitableTimer(timer));
  t.equal("it does not expire", WaitForSingleObject(timer, 100), WAIT_TIMEOUT);
  t.succeeds("one that is not set", CancelWaitableTimer(timer));
  set(timer, 10);
  WaitForSingleObject(timer, 5000);
  t.succeeds("one that has expired", CancelWaitableTimer(timer));
  t.equal("it stays expired", poll(timer), WAIT_OBJECT_0);
}

void among_others(ktap::Test& t) {
  const Handle timer(CreateWaitableTimerA(nullptr, FALSE, nullptr));
  const Handle event(CreateEventA(nullptr, FALSE, FALSE, nullptr));
  const HANDLE handles[] = {event, timer};
  set(timer, 20);
  t.equal("any", WaitForMultipleObjects(2, handles, FALSE, 5000), WAIT_OBJECT_0 + 1);
  set(timer, 20);
  t.equal("all, without the event", WaitForMultipleObjects(2, handles, TRUE, 100), WAIT_TIMEOUT);
  t.equal("has not taken it", poll(timer), WAIT_OBJECT_0);
  SetEvent(event);
  set(timer, 20);
  t.equal("all", WaitForMultipleObjects(2, handles, TRUE, 5000), WAIT_OBJECT_0);
  t.equal("has taken it", poll(timer), WAIT_TIMEOUT);
  t.equal("and the event", poll(event), WAIT_TIMEOUT);
}

void names(ktap::Test& t) {
  const Handle timer(CreateWaitableTimerA(nullptr, TRUE, "conform.timer"));
  t.succeeds("CreateWaitableTimerA", static_cast<HANDLE>(timer));
  const Handle again(CreateWaitableTimerW(nullptr, FALSE, L"conform.timer"));
  const DWORD error = GetLastError();
  t.succeeds("CreateWaitableTimerW", static_cast<HANDLE>(again));
  t.equal("its name was there", error, ERROR_ALREADY_EXISTS);
  const Handle opened(OpenWaitableTimerA(TIMER_ALL_ACCESS, FALSE, "conform.timer"));
  t.succeeds("OpenWaitableTimerA", static_cast<HANDLE>(opened));
  const Handle wide(OpenWaitableTimerW(SYNCHRONIZE, FALSE, L"conform.timer"));
  t.succeeds("OpenWaitableTimerW", static_cast<HANDLE>(wide));
  set(opened, 0);
  t.equal("all are one timer", WaitForSingleObject(wide, 1000), WAIT_OBJECT_0);
  t.equal("reset by hand", poll(timer), WAIT_OBJECT_0);
  t.fails("set without the right to", set(wide, 10), ERROR_ACCESS_DENIED);
  t.fails("cancelled without it", CancelWaitableTimer(wide), ERROR_ACCESS_DENIED);
  t.fails("the name of another kind", CreateEventA(nullptr, FALSE, FALSE, "conform.timer"),
          ERROR_INVALID_HANDLE);
  t.fails("OpenWaitableTimer of no such name",
          OpenWaitableTimerA(SYNCHRONIZE, FALSE, "conform.no timer"), ERROR_FILE_NOT_FOUND);
}

void refused(ktap::Test& t) {
  const Handle timer(CreateWaitableTimerA(nullptr, TRUE, nullptr));
  const Handle event(CreateEventA(nullptr, TRUE, FALSE, nullptr));
  t.fails("a negative period", set(timer, 10, -1), ERROR_INVALID_PARAMETER);
  t.fails("no handle", set(nullptr, 10), ERROR_INVALID_HANDLE);
  t.fails("an event", set(event, 10), ERROR_INVALID_HANDLE);
  t.fails("CancelWaitableTimer of an event", CancelWaitableTimer(event), ERROR_INVALID_HANDLE);
  t.fails("SetEvent of a timer", SetEvent(timer), ERROR_INVALID_HANDLE);
}

}  // namespace timers
