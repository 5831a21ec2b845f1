// Waitable timers.
#include "guest/kernel32/object_attributes.hpp"

namespace {

constexpr DWORD not_supported = 50;

HANDLE create_timer(const SECURITY_ATTRIBUTES* security, BOOL manual_reset,
                    const base::ObjectName& name) {
  return base::create_object(name, security, [&](PHANDLE handle, POBJECT_ATTRIBUTES attributes) {
    return NtCreateTimer(handle, TIMER_ALL_ACCESS, attributes,
                         manual_reset != 0 ? NotificationTimer : SynchronizationTimer);
  });
}

}  // namespace

extern "C" {

HANDLE WINAPI CreateWaitableTimerA(const SECURITY_ATTRIBUTES* Security, BOOL ManualReset,
                                   LPCSTR Name) {
  return create_timer(Security, ManualReset, base::ObjectName(Name));
}
HANDLE WINAPI CreateWaitableTimerW(const SECURITY_ATTRIBUTES* Security, BOOL ManualReset,
                                   PCWSTR Name) {
  return create_timer(Security, ManualReset, base::ObjectName(Name));
}

HANDLE WINAPI OpenWaitableTimerA(DWORD Access, BOOL Inherit, LPCSTR Name) {
  return base::open_object(base::ObjectName(Name), NtOpenTimer, Access, Inherit);
}
HANDLE WINAPI OpenWaitableTimerW(DWORD Access, BOOL Inherit, PCWSTR Name) {
  return base::open_object(base::ObjectName(Name), NtOpenTimer, Access, Inherit);
}

/// A timer that can't wake the machine is set all the same, and the last error tells.
BOOL WINAPI SetWaitableTimer(HANDLE Timer, const LARGE_INTEGER* DueTime, LONG Period,
                             PTIMER_APC_ROUTINE Routine, PVOID Context, BOOL Resume) {
  const NTSTATUS status = NtSetTimer(Timer, const_cast<PLARGE_INTEGER>(DueTime), Routine, Context,
                                     Resume != 0, Period, nullptr);
  if (!base::succeed(status)) return 0;
  RtlSetLastWin32Error(status == STATUS_TIMER_RESUME_IGNORED ? not_supported : ERROR_SUCCESS);
  return 1;
}

BOOL WINAPI CancelWaitableTimer(HANDLE Timer) {
  return base::succeed(NtCancelTimer(Timer, nullptr));
}

}  // extern "C"
