// Threads, critical sections, events and thread-local storage together.
#include <windows.h>

#include "guest/crt/print.hpp"

namespace {

constexpr unsigned thread_count = 4;
constexpr unsigned increments = 2000;

CRITICAL_SECTION lock;
HANDLE gate;
DWORD slot;
unsigned total;

/// Adds to the total in a way that loses counts when two threads are inside at once.
DWORD WINAPI work(void* parameter) {
  const auto number = static_cast<unsigned>(reinterpret_cast<UINT_PTR>(parameter));
  WaitForSingleObject(gate, INFINITE);
  TlsSetValue(slot, parameter);
  for (unsigned i = 0; i < increments; ++i) {
    EnterCriticalSection(&lock);
    const volatile unsigned seen = total;
    if (i % 256 == 0) Sleep(0);
    total = seen + 1;
    LeaveCriticalSection(&lock);
  }
  return TlsGetValue(slot) == parameter ? 100 + number : 0;
}

bool check(const char* what, bool good) {
  crt::print(good ? "ok " : "not ok ", what, "\n");
  return good;
}

}  // namespace

extern "C" int main(int, char**) {
  InitializeCriticalSection(&lock);
  gate = CreateEventA(nullptr, TRUE, FALSE, nullptr);
  slot = TlsAlloc();
  HANDLE threads[thread_count];
  bool started = gate != nullptr && slot != TLS_OUT_OF_INDEXES;
  for (unsigned i = 0; i < thread_count; ++i) {
    threads[i] = CreateThread(nullptr, 0, work, reinterpret_cast<void*>(i), 0, nullptr);
    started &= threads[i] != nullptr;
  }
  if (!check("threads start", started)) return 1;
  bool good = check("they wait for the event",
                    WaitForSingleObject(threads[0], 20) == WAIT_TIMEOUT && total == 0);
  SetEvent(gate);
  bool codes = true;
  for (unsigned i = 0; i < thread_count; ++i) {
    DWORD code = 0;
    codes &= WaitForSingleObject(threads[i], INFINITE) == WAIT_OBJECT_0;
    codes &= GetExitCodeThread(threads[i], &code) && code == 100 + i;
    CloseHandle(threads[i]);
  }
  good &= check("each returns its exit code", codes);
  good &= check("the critical section loses no count", total == thread_count * increments);
  good &= check("thread-local storage is per thread", TlsGetValue(slot) == nullptr);
  TlsFree(slot);
  DeleteCriticalSection(&lock);
  return good ? 0 : 1;
}
