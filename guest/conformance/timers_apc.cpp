// Timers that call a routine in the thread that has set them.
#include "guest/conformance/timers.hpp"

namespace timers {

namespace {

constexpr DWORD io_completion = 0xC0;  // WAIT_IO_COMPLETION

struct Calls {
  DWORD count;
  LONGLONG time;
};

VOID CALLBACK count_call(void* argument, DWORD low, DWORD high) {
  auto* calls = static_cast<Calls*>(argument);
  ++calls->count;
  calls->time = static_cast<LONGLONG>(high) << 32 | low;
}

LONGLONG now() {
  FILETIME time;
  GetSystemTimeAsFileTime(&time);
  return static_cast<LONGLONG>(time.dwHighDateTime) << 32 | time.dwLowDateTime;
}

Calls others;

DWORD WINAPI set_and_end(void* timer) {
  set(timer, 50, 0, count_call, &others);
  return 0;
}

}  // namespace

void with_apc(ktap::Test& t) {
  const Handle timer(CreateWaitableTimerA(nullptr, TRUE, nullptr));
  Calls calls = {};
  const LONGLONG before = now();
  t.succeeds("SetWaitableTimer", set(timer, 30, 0, count_call, &calls));
  t.equal("SleepEx", SleepEx(5000, TRUE), io_completion);
  t.equal("it was called", calls.count, 1);
  t.expect("with the time", calls.time >= before && calls.time <= now());
  t.equal("the timer has expired", poll(timer), WAIT_OBJECT_0);
  set(timer, 20, 0, count_call, &calls);
  t.equal("a wait that is not alertable", WaitForSingleObject(timer, 5000), WAIT_OBJECT_0);
  t.equal("calls nothing", calls.count, 1);
  t.equal("SleepEx afterwards", SleepEx(0, TRUE), io_completion);
  t.equal("calls it", calls.count, 2);
  t.equal("once", SleepEx(50, TRUE), 0);
}

void periodic_apc(ktap::Test& t) {
  const Handle timer(CreateWaitableTimerA(nullptr, FALSE, nullptr));
  Calls calls = {};
  set(timer, 20, 20, count_call, &calls);
  for (unsigned i = 0; i < 3; ++i) SleepEx(5000, TRUE);
  t.equal("three times", calls.count, 3);
  Sleep(150);
  t.equal("SleepEx after several periods", SleepEx(0, TRUE), io_completion);
  t.equal("calls it once for all of them", calls.count, 4);
  CancelWaitableTimer(timer);
  SleepEx(0, TRUE);
  calls.count = 0;
  SleepEx(60, TRUE);
  t.equal("cancelled", calls.count, 0);
}

void taken_back(ktap::Test& t) {
  const Handle timer(CreateWaitableTimerA(nullptr, TRUE, nullptr));
  Calls calls = {};
  set(timer, 10, 0, count_call, &calls);
  WaitForSingleObject(timer, 5000);
  t.succeeds("CancelWaitableTimer", CancelWaitableTimer(timer));
  t.equal("the APC is gone", SleepEx(0, TRUE), 0);
  set(timer, 10, 0, count_call, &calls);
  WaitForSingleObject(timer, 5000);
  set(timer, 5000);
  t.equal("SetWaitableTimer, too", SleepEx(0, TRUE), 0);
  t.equal("nothing was called", calls.count, 0);
}

void thread_end(ktap::Test& t) {
  const Handle timer(CreateWaitableTimerA(nullptr, TRUE, nullptr));
  others = {};
  const Handle thread(CreateThread(nullptr, 0, set_and_end, timer, 0, nullptr));
  WaitForSingleObject(thread, 5000);
  t.equal("it was cancelled", WaitForSingleObject(timer, 150), WAIT_TIMEOUT);
  t.equal("SleepEx of another thread", SleepEx(0, TRUE), 0);
  t.equal("calls nothing", others.count, 0);
}

}  // namespace timers
