// Security descriptors, absolute and self-relative.
#include "guest/ntdll/ntdll.hpp"

namespace {

using Relative = SECURITY_DESCRIPTOR_RELATIVE;

/// A part of either form; null when there is none.
template <class T>
T* part(PVOID descriptor, T* SECURITY_DESCRIPTOR::*absolute, ULONG Relative::*offset) {
  auto* relative = static_cast<Relative*>(descriptor);
  if ((relative->Control & SE_SELF_RELATIVE) == 0) {
    return static_cast<SECURITY_DESCRIPTOR*>(descriptor)->*absolute;
  }
  if (relative->*offset == 0) return nullptr;
  return reinterpret_cast<T*>(static_cast<UCHAR*>(descriptor) + relative->*offset);
}

SID* owner_of(PVOID descriptor) {
  return part(descriptor, &SECURITY_DESCRIPTOR::Owner, &Relative::Owner);
}
SID* group_of(PVOID descriptor) {
  return part(descriptor, &SECURITY_DESCRIPTOR::Group, &Relative::Group);
}
ACL* dacl_of(PVOID descriptor) {
  return part(descriptor, &SECURITY_DESCRIPTOR::Dacl, &Relative::Dacl);
}

ULONG rounded(ULONG length) { return (length + 3) & ~3u; }
ULONG length_of(SID* sid) { return sid == nullptr ? 0 : rounded(SidLength(*sid)); }
ULONG length_of(ACL* acl) { return acl == nullptr ? 0 : rounded(acl->AclSize); }

void set_flag(USHORT& control, USHORT flag, BOOLEAN on) {
  control = static_cast<USHORT>(on ? control | flag : control & ~flag);
}

/// Only absolute ones can be changed.
NTSTATUS changeable(const SECURITY_DESCRIPTOR* descriptor) {
  if (descriptor->Revision != SECURITY_DESCRIPTOR_REVISION) return STATUS_UNKNOWN_REVISION;
  return (descriptor->Control & SE_SELF_RELATIVE) != 0 ? STATUS_INVALID_SECURITY_DESCR
                                                       : STATUS_SUCCESS;
}

NTSTATUS known(PVOID descriptor) {
  return static_cast<Relative*>(descriptor)->Revision == SECURITY_DESCRIPTOR_REVISION
             ? STATUS_SUCCESS
             : STATUS_UNKNOWN_REVISION;
}

}  // namespace

extern "C" {

NTSTATUS NTAPI RtlCreateSecurityDescriptor(PVOID Descriptor, ULONG Revision) {
  if (Revision != SECURITY_DESCRIPTOR_REVISION) return STATUS_UNKNOWN_REVISION;
  *static_cast<SECURITY_DESCRIPTOR*>(Descriptor) = {
      SECURITY_DESCRIPTOR_REVISION, 0, 0, nullptr, nullptr, nullptr, nullptr};
  return STATUS_SUCCESS;
}

BOOLEAN NTAPI RtlValidSecurityDescriptor(PVOID Descriptor) {
  if (Descriptor == nullptr || !NT_SUCCESS(known(Descriptor))) return FALSE;
  SID *owner = owner_of(Descriptor), *group = group_of(Descriptor);
  ACL* dacl = dacl_of(Descriptor);
  return (owner == nullptr || RtlValidSid(owner)) && (group == nullptr || RtlValidSid(group)) &&
         (dacl == nullptr || RtlValidAcl(dacl));
}

ULONG NTAPI RtlLengthSecurityDescriptor(PVOID Descriptor) {
  return sizeof(Relative) + length_of(owner_of(Descriptor)) + length_of(group_of(Descriptor)) +
         length_of(dacl_of(Descriptor));
}

NTSTATUS NTAPI RtlGetControlSecurityDescriptor(PVOID Descriptor, USHORT* Control, ULONG* Revision) {
  *Revision = static_cast<Relative*>(Descriptor)->Revision;
  *Control = static_cast<Relative*>(Descriptor)->Control;
  return known(Descriptor);
}

NTSTATUS NTAPI RtlSetDaclSecurityDescriptor(PVOID Descriptor, BOOLEAN Present, ACL* Dacl,
                                            BOOLEAN Defaulted) {
  auto* descriptor = static_cast<SECURITY_DESCRIPTOR*>(Descriptor);
  const NTSTATUS status = changeable(descriptor);
  if (!NT_SUCCESS(status)) return status;
  set_flag(descriptor->Control, SE_DACL_PRESENT, Present);
  set_flag(descriptor->Control, SE_DACL_DEFAULTED, Present && Defaulted);
  descriptor->Dacl = Present ? Dacl : nullptr;
  return status;
}

NTSTATUS NTAPI RtlGetDaclSecurityDescriptor(PVOID Descriptor, BOOLEAN* Present, ACL** Dacl,
                                            BOOLEAN* Defaulted) {
  const USHORT control = static_cast<Relative*>(Descriptor)->Control;
  *Present = (control & SE_DACL_PRESENT) != 0;
  if (*Present) {
    *Dacl = dacl_of(Descriptor);
    *Defaulted = (control & SE_DACL_DEFAULTED) != 0;
  }
  return known(Descriptor);
}

NTSTATUS NTAPI RtlSetOwnerSecurityDescriptor(PVOID Descriptor, SID* Owner, BOOLEAN Defaulted) {
  auto* descriptor = static_cast<SECURITY_DESCRIPTOR*>(Descriptor);
  const NTSTATUS status = changeable(descriptor);
  if (!NT_SUCCESS(status)) return status;
  descriptor->Owner = Owner;
  set_flag(descriptor->Control, SE_OWNER_DEFAULTED, Defaulted);
  return status;
}

NTSTATUS NTAPI RtlGetOwnerSecurityDescriptor(PVOID Descriptor, SID** Owner, BOOLEAN* Defaulted) {
  *Owner = owner_of(Descriptor);
  *Defaulted = (static_cast<Relative*>(Descriptor)->Control & SE_OWNER_DEFAULTED) != 0;
  return known(Descriptor);
}

NTSTATUS NTAPI RtlSetGroupSecurityDescriptor(PVOID Descriptor, SID* Group, BOOLEAN Defaulted) {
  auto* descriptor = static_cast<SECURITY_DESCRIPTOR*>(Descriptor);
  const NTSTATUS status = changeable(descriptor);
  if (!NT_SUCCESS(status)) return status;
  descriptor->Group = Group;
  set_flag(descriptor->Control, SE_GROUP_DEFAULTED, Defaulted);
  return status;
}

NTSTATUS NTAPI RtlGetGroupSecurityDescriptor(PVOID Descriptor, SID** Group, BOOLEAN* Defaulted) {
  *Group = group_of(Descriptor);
  *Defaulted = (static_cast<Relative*>(Descriptor)->Control & SE_GROUP_DEFAULTED) != 0;
  return known(Descriptor);
}

NTSTATUS NTAPI RtlMakeSelfRelativeSD(PVOID Absolute, PVOID Result, ULONG* Length) {
  const ULONG needed = RtlLengthSecurityDescriptor(Absolute);
  const ULONG room = *Length;
  *Length = needed;
  if (room < needed) return STATUS_BUFFER_TOO_SMALL;
  auto* relative = static_cast<Relative*>(Result);
  memset(relative, 0, needed);
  relative->Revision = SECURITY_DESCRIPTOR_REVISION;
  relative->Control =
      static_cast<USHORT>(static_cast<Relative*>(Absolute)->Control | SE_SELF_RELATIVE);
  ULONG at = sizeof *relative;
  const auto put = [&](const void* from, ULONG length) {
    memcpy(static_cast<UCHAR*>(Result) + at, from, length);
    at += rounded(length);
    return at - rounded(length);
  };
  if (SID* owner = owner_of(Absolute)) relative->Owner = put(owner, SidLength(*owner));
  if (SID* group = group_of(Absolute)) relative->Group = put(group, SidLength(*group));
  if (ACL* dacl = dacl_of(Absolute)) relative->Dacl = put(dacl, dacl->AclSize);
  return STATUS_SUCCESS;
}

}  // extern "C"
