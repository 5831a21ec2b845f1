// Waits for one object and for several.
#include "guest/conformance/objects.hpp"

namespace objects {

namespace {

DWORD WINAPI take_and_end(void* mutex) { return WaitForSingleObject(mutex, INFINITE); }

void abandon(HANDLE mutex) {
  const Handle thread(CreateThread(nullptr, 0, take_and_end, mutex, 0, nullptr));
  WaitForSingleObject(thread, INFINITE);
}

DWORD WINAPI set_later(void* event) {
  Sleep(50);
  SetEvent(event);
  return 0;
}

DWORD WINAPI answer(void* argument) {
  auto* events = static_cast<HANDLE*>(argument);
  const DWORD waited = WaitForSingleObject(events[0], 2000);
  SetEvent(events[1]);
  return waited;
}

DWORD WINAPI ends_with_7(void*) { return 7; }

}  // namespace

void any(ktap::Test& t) {
  const Handle first(CreateEventA(nullptr, FALSE, FALSE, nullptr));
  const Handle second(CreateEventA(nullptr, FALSE, TRUE, nullptr));
  const Handle third(CreateEventA(nullptr, FALSE, TRUE, nullptr));
  const HANDLE handles[] = {first, second, third};
  t.equal("the first that is set", WaitForMultipleObjects(3, handles, FALSE, 0), WAIT_OBJECT_0 + 1);
  t.equal("then the next", WaitForMultipleObjects(3, handles, FALSE, 0), WAIT_OBJECT_0 + 2);
  t.equal("then none", WaitForMultipleObjects(3, handles, FALSE, 0), WAIT_TIMEOUT);
  const Handle setter(CreateThread(nullptr, 0, set_later, first, 0, nullptr));
  t.equal("one that is set meanwhile", WaitForMultipleObjects(3, handles, FALSE, 2000),
          WAIT_OBJECT_0);
  WaitForSingleObject(setter, INFINITE);
  const HANDLE twice[] = {first, first};
  SetEvent(first);
  t.equal("one object twice", WaitForMultipleObjects(2, twice, FALSE, 0), WAIT_OBJECT_0);
}

void all(ktap::Test& t) {
  const Handle event(CreateEventA(nullptr, FALSE, TRUE, nullptr));
  const Handle semaphore(CreateSemaphoreA(nullptr, 0, 5, nullptr));
  const Handle mutex(CreateMutexA(nullptr, TRUE, nullptr));
  const HANDLE handles[] = {event, semaphore, mutex};
  t.equal("one is missing", WaitForMultipleObjects(3, handles, TRUE, 0), WAIT_TIMEOUT);
  t.equal("the event was not taken", poll(event), WAIT_OBJECT_0);
  SetEvent(event);
  ReleaseSemaphore(semaphore, 2, nullptr);
  t.equal("all are there", WaitForMultipleObjects(3, handles, TRUE, 0), WAIT_OBJECT_0);
  t.equal("the event is taken", poll(event), WAIT_TIMEOUT);
  t.equal("one of the semaphore's two", poll(semaphore), WAIT_OBJECT_0);
  t.equal("is taken", poll(semaphore), WAIT_TIMEOUT);
  t.succeeds("the mutex is owned", ReleaseMutex(mutex));
  t.succeeds("twice", ReleaseMutex(mutex));
  ReleaseSemaphore(semaphore, 1, nullptr);
  const Handle setter(CreateThread(nullptr, 0, set_later, event, 0, nullptr));
  t.equal("the last one comes meanwhile", WaitForMultipleObjects(3, handles, TRUE, 2000),
          WAIT_OBJECT_0);
  WaitForSingleObject(setter, INFINITE);
  ReleaseMutex(mutex);
}

void bad_waits(ktap::Test& t) {
  const Handle event(CreateEventA(nullptr, TRUE, TRUE, nullptr));
  HANDLE handles[65];
  for (HANDLE& handle : handles) handle = event;
  t.fails("for none", ended(WaitForMultipleObjects(0, handles, FALSE, 0)), ERROR_INVALID_PARAMETER);
  t.fails("for 65", ended(WaitForMultipleObjects(65, handles, FALSE, 0)), ERROR_INVALID_PARAMETER);
  t.fails("for all of two that are one", ended(WaitForMultipleObjects(2, handles, TRUE, 0)),
          ERROR_INVALID_PARAMETER);
  handles[1] = nullptr;
  t.fails("for a handle that is none", ended(WaitForMultipleObjects(2, handles, FALSE, 0)),
          ERROR_INVALID_HANDLE);
}

void sixty_four(ktap::Test& t) {
  HANDLE events[64];
  for (HANDLE& event : events) event = CreateEventA(nullptr, FALSE, FALSE, nullptr);
  SetEvent(events[63]);
  t.equal("any of them", WaitForMultipleObjects(64, events, FALSE, 1000), WAIT_OBJECT_0 + 63);
  for (HANDLE event : events) SetEvent(event);
  t.equal("all of them", WaitForMultipleObjects(64, events, TRUE, 1000), WAIT_OBJECT_0);
  t.equal("took them all", WaitForMultipleObjects(64, events, FALSE, 0), WAIT_TIMEOUT);
  for (HANDLE event : events) CloseHandle(event);
}

void timeouts(ktap::Test& t) {
  const Handle event(CreateEventA(nullptr, TRUE, FALSE, nullptr));
  const DWORD before = GetTickCount();
  t.equal("100 ms", WaitForSingleObject(event, 100), WAIT_TIMEOUT);
  const DWORD waited = GetTickCount() - before;
  t.expect("took at least 90", waited >= 90);
  t.expect("and not a second", waited < 1000);
  t.equal("WaitForSingleObjectEx", WaitForSingleObjectEx(event, 10, FALSE), WAIT_TIMEOUT);
  const HANDLE handles[] = {event};
  t.equal("WaitForMultipleObjectsEx", WaitForMultipleObjectsEx(1, handles, TRUE, 10, FALSE),
          WAIT_TIMEOUT);
}

void abandoned_among_several(ktap::Test& t) {
  const Handle event(CreateEventA(nullptr, TRUE, FALSE, nullptr));
  const Handle mutex(CreateMutexA(nullptr, FALSE, nullptr));
  const HANDLE handles[] = {event, mutex};
  abandon(mutex);
  t.equal("any", WaitForMultipleObjects(2, handles, FALSE, 0), WAIT_ABANDONED_0 + 1);
  ReleaseMutex(mutex);
  abandon(mutex);
  SetEvent(event);
  t.equal("all", WaitForMultipleObjects(2, handles, TRUE, 0), WAIT_ABANDONED_0);
  t.succeeds("it is owned", ReleaseMutex(mutex));
}

void signal_and_wait(ktap::Test& t) {
  const Handle question(CreateEventA(nullptr, FALSE, FALSE, nullptr));
  const Handle reply(CreateEventA(nullptr, FALSE, FALSE, nullptr));
  HANDLE events[] = {question, reply};
  const Handle thread(CreateThread(nullptr, 0, answer, events, 0, nullptr));
  t.equal("an event", SignalObjectAndWait(question, reply, 2000, FALSE), WAIT_OBJECT_0);
  WaitForSingleObject(thread, INFINITE);
  DWORD waited = 1;
  GetExitCodeThread(thread, &waited);
  t.equal("the other one was woken", waited, WAIT_OBJECT_0);
  const Handle mutex(CreateMutexA(nullptr, TRUE, nullptr));
  t.equal("a mutex", SignalObjectAndWait(mutex, reply, 0, FALSE), WAIT_TIMEOUT);
  t.fails("was released", ReleaseMutex(mutex), ERROR_NOT_OWNER);
  t.fails("a mutex of nobody", ended(SignalObjectAndWait(mutex, reply, 0, FALSE)), ERROR_NOT_OWNER);
  const Handle semaphore(CreateSemaphoreA(nullptr, 0, 1, nullptr));
  t.equal("a semaphore", SignalObjectAndWait(semaphore, semaphore, 0, FALSE), WAIT_OBJECT_0);
}

void thread_end(ktap::Test& t) {
  const Handle thread(CreateThread(nullptr, 0, ends_with_7, nullptr, CREATE_SUSPENDED, nullptr));
  DWORD code = 0;
  t.succeeds("GetExitCodeThread", GetExitCodeThread(thread, &code));
  t.equal("before the end", code, STILL_ACTIVE);
  t.equal("it waits to be resumed", WaitForSingleObject(thread, 20), WAIT_TIMEOUT);
  t.equal("SuspendThread", SuspendThread(thread), 1);
  t.equal("ResumeThread", ResumeThread(thread), 2);
  t.equal("ResumeThread again", ResumeThread(thread), 1);
  t.equal("the end", WaitForSingleObject(thread, 2000), WAIT_OBJECT_0);
  t.equal("it stays ended", poll(thread), WAIT_OBJECT_0);
  GetExitCodeThread(thread, &code);
  t.equal("its code", code, 7);
}

}  // namespace objects
