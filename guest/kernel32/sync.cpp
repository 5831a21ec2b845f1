// Waiting, and events.
#include "guest/kernel32/win32.hpp"

namespace {

DWORD wait_result(NTSTATUS status) {
  return base::succeed(status) ? static_cast<DWORD>(status) : WAIT_FAILED;
}

}  // namespace

extern "C" {

DWORD WINAPI WaitForSingleObjectEx(HANDLE Handle, DWORD Milliseconds, BOOL Alertable) {
  base::Timeout timeout(Milliseconds);
  return wait_result(NtWaitForSingleObject(Handle, Alertable != 0, timeout.get()));
}

DWORD WINAPI WaitForSingleObject(HANDLE Handle, DWORD Milliseconds) {
  return WaitForSingleObjectEx(Handle, Milliseconds, 0);
}

DWORD WINAPI WaitForMultipleObjects(DWORD Count, const HANDLE* Handles, BOOL All,
                                    DWORD Milliseconds) {
  base::Timeout timeout(Milliseconds);
  return wait_result(NtWaitForMultipleObjects(Count, const_cast<PHANDLE>(Handles),
                                              All != 0 ? WaitAll : WaitAny, FALSE, timeout.get()));
}

HANDLE WINAPI CreateEventA(const SECURITY_ATTRIBUTES* Security, BOOL ManualReset, BOOL Initial,
                           LPCSTR Name) {
  OBJECT_ATTRIBUTES attributes;
  base::Unicode name(Name == nullptr ? "" : Name);
  const bool inherit = Security != nullptr && Security->bInheritHandle != 0;
  InitializeObjectAttributes(&attributes, Name == nullptr ? nullptr : name.get(),
                             OBJ_OPENIF | (inherit ? OBJ_INHERIT : 0), nullptr);
  HANDLE event = nullptr;
  const NTSTATUS status =
      NtCreateEvent(&event, EVENT_ALL_ACCESS, &attributes,
                    ManualReset != 0 ? NotificationEvent : SynchronizationEvent, Initial != 0);
  if (!base::succeed(status)) return nullptr;
  RtlSetLastWin32Error(status == STATUS_OBJECT_NAME_EXISTS ? ERROR_ALREADY_EXISTS : ERROR_SUCCESS);
  return event;
}

BOOL WINAPI SetEvent(HANDLE Event) { return base::succeed(NtSetEvent(Event, nullptr)); }
BOOL WINAPI ResetEvent(HANDLE Event) { return base::succeed(NtClearEvent(Event)); }

BOOL WINAPI TryEnterCriticalSection(PRTL_CRITICAL_SECTION Section) {
  return RtlTryEnterCriticalSection(Section);
}

BOOL WINAPI InitializeCriticalSectionAndSpinCount(PRTL_CRITICAL_SECTION Section, DWORD Spin) {
  return base::succeed(RtlInitializeCriticalSectionAndSpinCount(Section, Spin));
}

}  // extern "C"
