// Threads, their identity and their time, and thread-local storage by index.
#include "guest/kernel32/win32.hpp"

namespace {

constexpr DWORD tls_slots = sizeof TEB{}.TlsSlots / sizeof(PVOID);
constexpr DWORD tls_out_of_indexes = 0xFFFFFFFF;

/// All threads of the process through TEB.TlsLinks, so that a freed index can be cleared in each.
LIST_ENTRY tls_threads = {&tls_threads, &tls_threads};

class PebLock {
 public:
  PebLock() { RtlAcquirePebLock(); }
  ~PebLock() { RtlReleasePebLock(); }
  PebLock(const PebLock&) = delete;
  PebLock& operator=(const PebLock&) = delete;
};

ULONG& tls_word(DWORD index) { return NtCurrentPeb()->TlsBitmapBits[index / 32]; }
ULONG tls_bit(DWORD index) { return ULONG{1} << index % 32; }

/// Null ids and the last error set when the handle is none of a thread's.
CLIENT_ID client_id(HANDLE thread) {
  THREAD_BASIC_INFORMATION basic = {};
  base::succeed(
      NtQueryInformationThread(thread, ThreadBasicInformation, &basic, sizeof basic, nullptr));
  return basic.ClientId;
}

/// Win32's routines take one argument, NT's three.
void NTAPI call_apc(PVOID routine, PVOID data, PVOID) {
  reinterpret_cast<void(NTAPI*)(ULONG_PTR)>(routine)(reinterpret_cast<ULONG_PTR>(data));
}

}  // namespace

void base::attach_thread_tls() {
  PebLock lock;
  LIST_ENTRY& links = NtCurrentTeb()->TlsLinks;
  links = {&tls_threads, tls_threads.Blink};
  tls_threads.Blink->Flink = &links;
  tls_threads.Blink = &links;
}

void base::detach_thread_tls() {
  PebLock lock;
  const LIST_ENTRY& links = NtCurrentTeb()->TlsLinks;
  links.Blink->Flink = links.Flink;
  links.Flink->Blink = links.Blink;
}

extern "C" {

HANDLE WINAPI CreateRemoteThread(HANDLE Process, const SECURITY_ATTRIBUTES* Security,
                                 SIZE_T StackCommit, PTHREAD_START_ROUTINE Start, PVOID Parameter,
                                 DWORD Flags, DWORD* ThreadId) {
  HANDLE thread = nullptr;
  CLIENT_ID id = {};
  const NTSTATUS status = RtlCreateUserThread(
      Process, Security == nullptr ? nullptr : Security->lpSecurityDescriptor,
      (Flags & CREATE_SUSPENDED) != 0, 0, 0, StackCommit, Start, Parameter, &thread, &id);
  if (!base::succeed(status)) return nullptr;
  if (Security != nullptr && Security->bInheritHandle != 0) {
    OBJECT_HANDLE_FLAG_INFORMATION flags = {TRUE, FALSE};
    NtSetInformationObject(thread, ObjectHandleFlagInformation, &flags, sizeof flags);
  }
  if (ThreadId != nullptr) *ThreadId = reinterpret_cast<DWORD>(id.UniqueThread);
  return thread;
}

HANDLE WINAPI CreateThread(const SECURITY_ATTRIBUTES* Security, SIZE_T StackCommit,
                           PTHREAD_START_ROUTINE Start, PVOID Parameter, DWORD Flags,
                           DWORD* ThreadId) {
  return CreateRemoteThread(NtCurrentProcess(), Security, StackCommit, Start, Parameter, Flags,
                            ThreadId);
}

HANDLE WINAPI OpenThread(DWORD Access, BOOL Inherit, DWORD ThreadId) {
  OBJECT_ATTRIBUTES attributes;
  InitializeObjectAttributes(&attributes, nullptr, Inherit != 0 ? OBJ_INHERIT : 0, nullptr);
  CLIENT_ID id = {nullptr, reinterpret_cast<HANDLE>(ThreadId)};
  HANDLE thread = nullptr;
  return base::succeed(NtOpenThread(&thread, Access, &attributes, &id)) ? thread : nullptr;
}

BOOL WINAPI GetExitCodeThread(HANDLE Thread, DWORD* Code) {
  THREAD_BASIC_INFORMATION basic;
  const NTSTATUS status =
      NtQueryInformationThread(Thread, ThreadBasicInformation, &basic, sizeof basic, nullptr);
  if (!base::succeed(status)) return 0;
  *Code = static_cast<DWORD>(basic.ExitStatus);
  return 1;
}

BOOL WINAPI GetThreadTimes(HANDLE Thread, FILETIME* Creation, FILETIME* Exit, FILETIME* Kernel,
                           FILETIME* User) {
  KERNEL_USER_TIMES times;
  if (!base::succeed(
          NtQueryInformationThread(Thread, ThreadTimes, &times, sizeof times, nullptr))) {
    return 0;
  }
  base::tell_times(times, Creation, Exit, Kernel, User);
  return 1;
}

DWORD WINAPI GetThreadId(HANDLE Thread) {
  return reinterpret_cast<DWORD>(client_id(Thread).UniqueThread);
}

DWORD WINAPI GetProcessIdOfThread(HANDLE Thread) {
  return reinterpret_cast<DWORD>(client_id(Thread).UniqueProcess);
}

DWORD WINAPI SuspendThread(HANDLE Thread) {
  ULONG previous = 0;
  return base::succeed(NtSuspendThread(Thread, &previous)) ? previous : ~DWORD{0};
}

DWORD WINAPI ResumeThread(HANDLE Thread) {
  ULONG previous = 0;
  return base::succeed(NtResumeThread(Thread, &previous)) ? previous : ~DWORD{0};
}

BOOL WINAPI GetThreadContext(HANDLE Thread, PCONTEXT Context) {
  return base::succeed(NtGetContextThread(Thread, Context));
}

BOOL WINAPI SetThreadContext(HANDLE Thread, const CONTEXT* Context) {
  return base::succeed(NtSetContextThread(Thread, const_cast<PCONTEXT>(Context)));
}

HANDLE WINAPI GetCurrentThread() { return NtCurrentThread(); }
DWORD WINAPI GetCurrentThreadId() {
  return reinterpret_cast<DWORD>(NtCurrentTeb()->ClientId.UniqueThread);
}

/// True: the thread calls Routine(Data) when it next waits alertably.
DWORD WINAPI QueueUserAPC(void(NTAPI* Routine)(ULONG_PTR), HANDLE Thread, ULONG_PTR Data) {
  return static_cast<DWORD>(base::succeed(NtQueueApcThread(
      Thread, call_apc, reinterpret_cast<PVOID>(Routine), reinterpret_cast<PVOID>(Data), nullptr)));
}

DWORD WINAPI SleepEx(DWORD Milliseconds, BOOL Alertable) {
  LARGE_INTEGER forever;
  forever.QuadPart = static_cast<LONGLONG>(1ull << 63);
  base::Timeout timeout(Milliseconds);
  const NTSTATUS status =
      NtDelayExecution(Alertable != 0, timeout.get() != nullptr ? timeout.get() : &forever);
  return status == STATUS_USER_APC ? WAIT_IO_COMPLETION : 0;
}

void WINAPI Sleep(DWORD Milliseconds) { SleepEx(Milliseconds, 0); }

DWORD WINAPI TlsAlloc() {
  PebLock lock;
  for (DWORD index = 0; index < tls_slots; ++index) {
    if ((tls_word(index) & tls_bit(index)) != 0) continue;
    tls_word(index) |= tls_bit(index);
    return index;
  }
  base::fail(ERROR_NO_MORE_ITEMS);
  return tls_out_of_indexes;
}

BOOL WINAPI TlsFree(DWORD Index) {
  PebLock lock;
  if (Index >= tls_slots || (tls_word(Index) & tls_bit(Index)) == 0) {
    return base::fail(ERROR_INVALID_PARAMETER);
  }
  tls_word(Index) &= ~tls_bit(Index);
  for (LIST_ENTRY* at = tls_threads.Flink; at != &tls_threads; at = at->Flink) {
    auto* teb = reinterpret_cast<PTEB>(reinterpret_cast<char*>(at) - offsetof(TEB, TlsLinks));
    teb->TlsSlots[Index] = nullptr;
  }
  return 1;
}

PVOID WINAPI TlsGetValue(DWORD Index) {
  if (Index >= tls_slots) {
    base::fail(ERROR_INVALID_PARAMETER);
    return nullptr;
  }
  RtlSetLastWin32Error(ERROR_SUCCESS);  // so that a null value can be told from a failure
  return NtCurrentTeb()->TlsSlots[Index];
}

BOOL WINAPI TlsSetValue(DWORD Index, PVOID Value) {
  if (Index >= tls_slots) return base::fail(ERROR_INVALID_PARAMETER);
  NtCurrentTeb()->TlsSlots[Index] = Value;
  return 1;
}

}  // extern "C"
