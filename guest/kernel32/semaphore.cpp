// Semaphores.
#include "guest/kernel32/object_attributes.hpp"

namespace {

HANDLE create_semaphore(const SECURITY_ATTRIBUTES* security, LONG initial, LONG maximum,
                        const base::ObjectName& name) {
  return base::create_object(name, security, [&](PHANDLE handle, POBJECT_ATTRIBUTES attributes) {
    return NtCreateSemaphore(handle, SEMAPHORE_ALL_ACCESS, attributes, initial, maximum);
  });
}

}  // namespace

extern "C" {

HANDLE WINAPI CreateSemaphoreA(const SECURITY_ATTRIBUTES* Security, LONG Initial, LONG Maximum,
                               LPCSTR Name) {
  return create_semaphore(Security, Initial, Maximum, base::ObjectName(Name));
}
HANDLE WINAPI CreateSemaphoreW(const SECURITY_ATTRIBUTES* Security, LONG Initial, LONG Maximum,
                               PCWSTR Name) {
  return create_semaphore(Security, Initial, Maximum, base::ObjectName(Name));
}

HANDLE WINAPI OpenSemaphoreA(DWORD Access, BOOL Inherit, LPCSTR Name) {
  return base::open_object(base::ObjectName(Name), NtOpenSemaphore, Access, Inherit);
}
HANDLE WINAPI OpenSemaphoreW(DWORD Access, BOOL Inherit, PCWSTR Name) {
  return base::open_object(base::ObjectName(Name), NtOpenSemaphore, Access, Inherit);
}

BOOL WINAPI ReleaseSemaphore(HANDLE Semaphore, LONG Count, LONG* Previous) {
  return base::succeed(NtReleaseSemaphore(Semaphore, Count, Previous));
}

}  // extern "C"
