// Security descriptors.
#include "guest/advapi32/advapi32.hpp"

using advapi::succeed;

extern "C" {

BOOL WINAPI InitializeSecurityDescriptor(PVOID Descriptor, DWORD Revision) {
  return succeed(RtlCreateSecurityDescriptor(Descriptor, Revision));
}
BOOL WINAPI IsValidSecurityDescriptor(PVOID Descriptor) {
  return RtlValidSecurityDescriptor(Descriptor) ? 1 : succeed(STATUS_INVALID_SECURITY_DESCR);
}
BOOL WINAPI GetSecurityDescriptorControl(PVOID Descriptor, USHORT* Control, DWORD* Revision) {
  return succeed(RtlGetControlSecurityDescriptor(Descriptor, Control, Revision));
}
BOOL WINAPI SetSecurityDescriptorDacl(PVOID Descriptor, BOOL Present, ACL* Dacl, BOOL Defaulted) {
  return succeed(RtlSetDaclSecurityDescriptor(Descriptor, Present != 0, Dacl, Defaulted != 0));
}
BOOL WINAPI GetSecurityDescriptorDacl(PVOID Descriptor, BOOL* Present, ACL** Dacl,
                                      BOOL* Defaulted) {
  BOOLEAN present = FALSE, defaulted = FALSE;
  const NTSTATUS status = RtlGetDaclSecurityDescriptor(Descriptor, &present, Dacl, &defaulted);
  if (!succeed(status)) return 0;
  *Present = present;
  if (present) *Defaulted = defaulted;
  return 1;
}
BOOL WINAPI SetSecurityDescriptorOwner(PVOID Descriptor, SID* Owner, BOOL Defaulted) {
  return succeed(RtlSetOwnerSecurityDescriptor(Descriptor, Owner, Defaulted != 0));
}
BOOL WINAPI GetSecurityDescriptorOwner(PVOID Descriptor, SID** Owner, BOOL* Defaulted) {
  BOOLEAN defaulted = FALSE;
  const NTSTATUS status = RtlGetOwnerSecurityDescriptor(Descriptor, Owner, &defaulted);
  *Defaulted = defaulted;
  return succeed(status);
}
BOOL WINAPI SetSecurityDescriptorGroup(PVOID Descriptor, SID* Group, BOOL Defaulted) {
  return succeed(RtlSetGroupSecurityDescriptor(Descriptor, Group, Defaulted != 0));
}
BOOL WINAPI GetSecurityDescriptorGroup(PVOID Descriptor, SID** Group, BOOL* Defaulted) {
  BOOLEAN defaulted = FALSE;
  const NTSTATUS status = RtlGetGroupSecurityDescriptor(Descriptor, Group, &defaulted);
  *Defaulted = defaulted;
  return succeed(status);
}
BOOL WINAPI MakeSelfRelativeSD(PVOID Absolute, PVOID Relative, DWORD* Length) {
  return succeed(RtlMakeSelfRelativeSD(Absolute, Relative, Length));
}

}  // extern "C"
