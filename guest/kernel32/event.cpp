// Events.
#include "guest/kernel32/object_attributes.hpp"

namespace {

HANDLE create_event(const SECURITY_ATTRIBUTES* security, BOOL manual, BOOL initial,
                    const base::ObjectName& name) {
  return base::create_object(name, security, [&](PHANDLE handle, POBJECT_ATTRIBUTES attributes) {
    return NtCreateEvent(handle, EVENT_ALL_ACCESS, attributes,
                         manual != 0 ? NotificationEvent : SynchronizationEvent, initial != 0);
  });
}

}  // namespace

extern "C" {

HANDLE WINAPI CreateEventA(const SECURITY_ATTRIBUTES* Security, BOOL Manual, BOOL Initial,
                           LPCSTR Name) {
  return create_event(Security, Manual, Initial, base::ObjectName(Name));
}
HANDLE WINAPI CreateEventW(const SECURITY_ATTRIBUTES* Security, BOOL Manual, BOOL Initial,
                           PCWSTR Name) {
  return create_event(Security, Manual, Initial, base::ObjectName(Name));
}

HANDLE WINAPI OpenEventA(DWORD Access, BOOL Inherit, LPCSTR Name) {
  return base::open_object(base::ObjectName(Name), NtOpenEvent, Access, Inherit);
}
HANDLE WINAPI OpenEventW(DWORD Access, BOOL Inherit, PCWSTR Name) {
  return base::open_object(base::ObjectName(Name), NtOpenEvent, Access, Inherit);
}

BOOL WINAPI SetEvent(HANDLE Event) { return base::succeed(NtSetEvent(Event, nullptr)); }
BOOL WINAPI ResetEvent(HANDLE Event) { return base::succeed(NtClearEvent(Event)); }
BOOL WINAPI PulseEvent(HANDLE Event) { return base::succeed(NtPulseEvent(Event, nullptr)); }

}  // extern "C"
