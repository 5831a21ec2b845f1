// Mutexes.
#include "guest/kernel32/object_attributes.hpp"

namespace {

HANDLE create_mutex(const SECURITY_ATTRIBUTES* security, BOOL owner, const base::ObjectName& name) {
  return base::create_object(name, security, [&](PHANDLE handle, POBJECT_ATTRIBUTES attributes) {
    return NtCreateMutant(handle, MUTANT_ALL_ACCESS, attributes, owner != 0);
  });
}

}  // namespace

extern "C" {

HANDLE WINAPI CreateMutexA(const SECURITY_ATTRIBUTES* Security, BOOL InitialOwner, LPCSTR Name) {
  return create_mutex(Security, InitialOwner, base::ObjectName(Name));
}
HANDLE WINAPI CreateMutexW(const SECURITY_ATTRIBUTES* Security, BOOL InitialOwner, PCWSTR Name) {
  return create_mutex(Security, InitialOwner, base::ObjectName(Name));
}

HANDLE WINAPI OpenMutexA(DWORD Access, BOOL Inherit, LPCSTR Name) {
  return base::open_object(base::ObjectName(Name), NtOpenMutant, Access, Inherit);
}
HANDLE WINAPI OpenMutexW(DWORD Access, BOOL Inherit, PCWSTR Name) {
  return base::open_object(base::ObjectName(Name), NtOpenMutant, Access, Inherit);
}

BOOL WINAPI ReleaseMutex(HANDLE Mutex) { return base::succeed(NtReleaseMutant(Mutex, nullptr)); }

}  // extern "C"
