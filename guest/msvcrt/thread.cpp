// Threads: _beginthread closes its handle itself, _beginthreadex leaves it to the caller.
#include "guest/msvcrt/msvcrt.hpp"

extern "C" {
HANDLE WINAPI CreateThread(const SECURITY_ATTRIBUTES*, SIZE_T, PTHREAD_START_ROUTINE, PVOID, DWORD,
                           DWORD*);
[[noreturn]] void WINAPI ExitThread(DWORD Code);
DWORD WINAPI ResumeThread(HANDLE Thread);
void WINAPI Sleep(DWORD Milliseconds);
}

namespace {

using Start = void(__cdecl*)(void*);
using StartEx = unsigned(NTAPI*)(void*);

struct Beginning {
  Start start;
  StartEx start_ex;
  void* argument;
  HANDLE thread;  // of _beginthread
};

ULONG NTAPI begin(PVOID parameter) {
  const Beginning b = *static_cast<Beginning*>(parameter);
  free(parameter);
  c::thread_data().begun = b.thread;
  if (b.start_ex != nullptr) return b.start_ex(b.argument);
  b.start(b.argument);
  if (b.thread != nullptr) CloseHandle(b.thread);
  return 0;
}

}  // namespace

extern "C" {

LONG _beginthread(Start start, unsigned stack, void* argument) {
  constexpr DWORD suspended = 4;
  auto* beginning = static_cast<Beginning*>(malloc(sizeof(Beginning)));
  if (beginning == nullptr) return -1;
  *beginning = {start, nullptr, argument, nullptr};
  const HANDLE thread = CreateThread(nullptr, stack, begin, beginning, suspended, nullptr);
  if (thread == nullptr) {
    free(beginning);
    return c::fail(EAGAIN);
  }
  beginning->thread = thread;
  ResumeThread(thread);
  return reinterpret_cast<LONG>(thread);
}

ULONG _beginthreadex(void* security, unsigned stack, StartEx start, void* argument, unsigned flags,
                     unsigned* id) {
  auto* beginning = static_cast<Beginning*>(malloc(sizeof(Beginning)));
  if (beginning == nullptr) return 0;
  *beginning = {nullptr, start, argument, nullptr};
  DWORD number = 0;
  const HANDLE thread = CreateThread(static_cast<const SECURITY_ATTRIBUTES*>(security), stack,
                                     begin, beginning, flags, &number);
  if (thread == nullptr) {
    free(beginning);
    c::fail(EAGAIN);
    return 0;
  }
  if (id != nullptr) *id = number;
  return reinterpret_cast<ULONG>(thread);
}

[[noreturn]] void _endthread() {
  const HANDLE own = c::thread_data().begun;
  if (own != nullptr) CloseHandle(own);
  ExitThread(0);
}
[[noreturn]] void _endthreadex(unsigned code) { ExitThread(code); }

void _sleep(ULONG milliseconds) { Sleep(milliseconds != 0 ? milliseconds : 1); }

}  // extern "C"
