// Waiting, and critical sections.
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

DWORD WINAPI WaitForMultipleObjectsEx(DWORD Count, const HANDLE* Handles, BOOL All,
                                      DWORD Milliseconds, BOOL Alertable) {
  base::Timeout timeout(Milliseconds);
  return wait_result(NtWaitForMultipleObjects(Count, const_cast<PHANDLE>(Handles),
                                              All != 0 ? WaitAll : WaitAny, Alertable != 0,
                                              timeout.get()));
}

DWORD WINAPI WaitForMultipleObjects(DWORD Count, const HANDLE* Handles, BOOL All,
                                    DWORD Milliseconds) {
  return WaitForMultipleObjectsEx(Count, Handles, All, Milliseconds, 0);
}

DWORD WINAPI SignalObjectAndWait(HANDLE Signal, HANDLE Wait, DWORD Milliseconds, BOOL Alertable) {
  base::Timeout timeout(Milliseconds);
  return wait_result(NtSignalAndWaitForSingleObject(Signal, Wait, Alertable != 0, timeout.get()));
}

BOOL WINAPI TryEnterCriticalSection(PRTL_CRITICAL_SECTION Section) {
  return RtlTryEnterCriticalSection(Section);
}

BOOL WINAPI InitializeCriticalSectionAndSpinCount(PRTL_CRITICAL_SECTION Section, DWORD Spin) {
  return base::succeed(RtlInitializeCriticalSectionAndSpinCount(Section, Spin));
}

}  // extern "C"
