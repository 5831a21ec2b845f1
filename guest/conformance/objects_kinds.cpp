// What events, mutexes and semaphores do.
#include "guest/conformance/objects.hpp"

namespace objects {

namespace {

/// Runs `body` as a thread of its own; what it returned.
DWORD in_thread(LPTHREAD_START_ROUTINE body, void* argument) {
  const Handle thread(CreateThread(nullptr, 0, body, argument, 0, nullptr));
  WaitForSingleObject(thread, INFINITE);
  DWORD result = 0;
  GetExitCodeThread(thread, &result);
  return result;
}

DWORD WINAPI release_there(void* mutex) {
  if (ReleaseMutex(mutex)) return 0;
  return GetLastError();
}

DWORD WINAPI poll_there(void* object) { return poll(object); }

/// Ends without releasing.
DWORD WINAPI take_there(void* mutex) { return WaitForSingleObject(mutex, INFINITE); }

struct Waiters {
  HANDLE event, ready;
};

DWORD WINAPI wait_for_pulse(void* argument) {
  const auto& waiters = *static_cast<Waiters*>(argument);
  ReleaseSemaphore(waiters.ready, 1, nullptr);
  return WaitForSingleObject(waiters.event, 2000);
}

/// How many of three threads a pulse wakes.
DWORD woken_by_pulse(bool manual) {
  const Handle event(CreateEventA(nullptr, manual, FALSE, nullptr));
  const Handle ready(CreateSemaphoreA(nullptr, 0, 3, nullptr));
  Waiters waiters = {event, ready};
  HANDLE threads[3];
  for (HANDLE& thread : threads) {
    thread = CreateThread(nullptr, 0, wait_for_pulse, &waiters, 0, nullptr);
    WaitForSingleObject(ready, INFINITE);
  }
  Sleep(200);  // until they wait
  PulseEvent(event);
  Sleep(200);
  DWORD woken = 0;
  for (HANDLE thread : threads) woken += poll(thread) == WAIT_OBJECT_0;
  SetEvent(event);
  for (unsigned i = 0; i < 3; ++i) SetEvent(event), Sleep(20);
  WaitForMultipleObjects(3, threads, TRUE, INFINITE);
  for (HANDLE thread : threads) CloseHandle(thread);
  return woken;
}

}  // namespace

void events(ktap::Test& t) {
  const Handle manual(CreateEventA(nullptr, TRUE, FALSE, nullptr));
  t.equal("a manual one, not set", poll(manual), WAIT_TIMEOUT);
  t.succeeds("SetEvent", SetEvent(manual));
  t.equal("set", poll(manual), WAIT_OBJECT_0);
  t.equal("it stays set", poll(manual), WAIT_OBJECT_0);
  t.succeeds("ResetEvent", ResetEvent(manual));
  t.equal("reset", poll(manual), WAIT_TIMEOUT);
  const Handle automatic(CreateEventA(nullptr, FALSE, TRUE, nullptr));
  t.equal("an automatic one, set from the start", poll(automatic), WAIT_OBJECT_0);
  t.equal("one wait takes it", poll(automatic), WAIT_TIMEOUT);
  SetEvent(automatic);
  SetEvent(automatic);
  t.equal("set twice", poll(automatic), WAIT_OBJECT_0);
  t.equal("is set once", poll(automatic), WAIT_TIMEOUT);
}

void pulses(ktap::Test& t) {
  const Handle event(CreateEventA(nullptr, TRUE, TRUE, nullptr));
  t.succeeds("of an event that is set", PulseEvent(event));
  t.equal("resets it", poll(event), WAIT_TIMEOUT);
  t.equal("a manual event wakes all that wait", woken_by_pulse(true), 3);
  t.equal("an automatic one wakes one", woken_by_pulse(false), 1);
}

void recursive_mutexes(ktap::Test& t) {
  const Handle mutex(CreateMutexA(nullptr, TRUE, nullptr));
  t.equal("its owner has it at once", poll(mutex), WAIT_OBJECT_0);
  t.equal("a third time", poll(mutex), WAIT_OBJECT_0);
  t.equal("another thread has not", in_thread(poll_there, mutex), WAIT_TIMEOUT);
  t.succeeds("released once", ReleaseMutex(mutex));
  t.succeeds("released twice", ReleaseMutex(mutex));
  t.equal("another thread still has not", in_thread(poll_there, mutex), WAIT_TIMEOUT);
  t.succeeds("released three times", ReleaseMutex(mutex));
  t.fails("once more", ReleaseMutex(mutex), ERROR_NOT_OWNER);
}

void owners(ktap::Test& t) {
  const Handle mutex(CreateMutexA(nullptr, FALSE, nullptr));
  t.fails("released by nobody's owner", ReleaseMutex(mutex), ERROR_NOT_OWNER);
  poll(mutex);
  t.equal("released by another thread", in_thread(release_there, mutex), ERROR_NOT_OWNER);
  t.succeeds("released by its owner", ReleaseMutex(mutex));
}

void abandoned(ktap::Test& t) {
  const Handle mutex(CreateMutexA(nullptr, FALSE, nullptr));
  t.equal("a thread takes it and ends", in_thread(take_there, mutex), WAIT_OBJECT_0);
  t.equal("the next owner is told", poll(mutex), WAIT_ABANDONED);
  t.equal("once", poll(mutex), WAIT_OBJECT_0);
  t.succeeds("it is owned", ReleaseMutex(mutex));
  t.succeeds("twice", ReleaseMutex(mutex));
  t.equal("and free", in_thread(poll_there, mutex), WAIT_OBJECT_0);
}

void semaphores(ktap::Test& t) {
  const Handle semaphore(CreateSemaphoreA(nullptr, 2, 3, nullptr));
  t.equal("the first", poll(semaphore), WAIT_OBJECT_0);
  t.equal("the second", poll(semaphore), WAIT_OBJECT_0);
  t.equal("no third", poll(semaphore), WAIT_TIMEOUT);
  LONG previous = -1;
  t.succeeds("ReleaseSemaphore by 2", ReleaseSemaphore(semaphore, 2, &previous));
  t.equal("the count before", previous, 0);
  t.succeeds("without a place for it", ReleaseSemaphore(semaphore, 1, nullptr));
}

void semaphore_limits(ktap::Test& t) {
  const Handle semaphore(CreateSemaphoreA(nullptr, 1, 3, nullptr));
  LONG previous = -7;
  t.fails("beyond the limit", ReleaseSemaphore(semaphore, 3, &previous), ERROR_TOO_MANY_POSTS);
  t.equal("previous", previous, -7);
  t.succeeds("up to the limit", ReleaseSemaphore(semaphore, 2, &previous));
  t.equal("nothing had been added", previous, 1);
  t.fails("by 0x7FFFFFFF", ReleaseSemaphore(semaphore, 0x7FFFFFFF, nullptr), ERROR_TOO_MANY_POSTS);
  t.fails("by 0", ReleaseSemaphore(semaphore, 0, nullptr), ERROR_INVALID_PARAMETER);
  t.fails("by -1", ReleaseSemaphore(semaphore, -1, nullptr), ERROR_INVALID_PARAMETER);
  t.fails("an initial count of -1", CreateSemaphoreA(nullptr, -1, 1, nullptr),
          ERROR_INVALID_PARAMETER);
  t.fails("an initial count beyond the limit", CreateSemaphoreA(nullptr, 2, 1, nullptr),
          ERROR_INVALID_PARAMETER);
  t.fails("a limit of 0", CreateSemaphoreA(nullptr, 0, 0, nullptr), ERROR_INVALID_PARAMETER);
}

void wrong_kinds(ktap::Test& t) {
  const Handle event(CreateEventA(nullptr, TRUE, FALSE, nullptr));
  const Handle mutex(CreateMutexA(nullptr, FALSE, nullptr));
  t.fails("SetEvent of a mutex", SetEvent(mutex), ERROR_INVALID_HANDLE);
  t.fails("PulseEvent of a mutex", PulseEvent(mutex), ERROR_INVALID_HANDLE);
  t.fails("ReleaseMutex of an event", ReleaseMutex(event), ERROR_INVALID_HANDLE);
  t.fails("ReleaseSemaphore of an event", ReleaseSemaphore(event, 1, nullptr),
          ERROR_INVALID_HANDLE);
  t.fails("SetEvent of nothing", SetEvent(nullptr), ERROR_INVALID_HANDLE);
  t.fails("a wait for nothing", ended(WaitForSingleObject(nullptr, 0)), ERROR_INVALID_HANDLE);
}

}  // namespace objects
