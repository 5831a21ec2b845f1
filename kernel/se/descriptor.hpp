// Security descriptors: copied from user mode and checked, kept with objects, asked at each open.
#pragma once

#include "kernel/ob/object.hpp"
#include "kernel/se/access_check.hpp"

/// The parts of a descriptor of the kernel's.
inline const SID* SeOwner(const SECURITY_DESCRIPTOR_RELATIVE& descriptor) {
  return descriptor.Owner == 0
             ? nullptr
             : reinterpret_cast<const SID*>(reinterpret_cast<const UCHAR*>(&descriptor) +
                                            descriptor.Owner);
}
inline const SID* SeGroup(const SECURITY_DESCRIPTOR_RELATIVE& descriptor) {
  return descriptor.Group == 0
             ? nullptr
             : reinterpret_cast<const SID*>(reinterpret_cast<const UCHAR*>(&descriptor) +
                                            descriptor.Group);
}
/// Null lets everybody do everything.
inline const ACL* SeDacl(const SECURITY_DESCRIPTOR_RELATIVE& descriptor) {
  return descriptor.Dacl == 0 ? nullptr
                              : reinterpret_cast<const ACL*>(
                                    reinterpret_cast<const UCHAR*>(&descriptor) + descriptor.Dacl);
}

/// The descriptor at `user`, absolute or self-relative, as a self-relative one in pool, whose parts
/// are well formed. Owner and group are the user's where it has none, without a DACL it gets that
/// of the token. A SACL needs a privilege that no process has.
NTSTATUS SeCaptureSecurityDescriptor(PVOID user, SECURITY_DESCRIPTOR_RELATIVE*& captured);
/// Into one: `parts` of `from`, the others of `base`. Pool, or null.
SECURITY_DESCRIPTOR_RELATIVE* SeMergeDescriptors(const SECURITY_DESCRIPTOR_RELATIVE& base,
                                                 const SECURITY_DESCRIPTOR_RELATIVE& from,
                                                 SECURITY_INFORMATION parts);
ULONG SeDescriptorLength(const SECURITY_DESCRIPTOR_RELATIVE& descriptor);

/// Whether the current process may have `desired` (generic rights and MAXIMUM_ALLOWED among it),
/// and which rights that gives a handle.
NTSTATUS SeAccessCheck(PVOID object, ACCESS_MASK desired, ACCESS_MASK& granted);
void SepInitializeDescriptors();
/// A new object gets `descriptor`, from pool, whose generic rights become its type's.
void SeAssignSecurity(PVOID object, SECURITY_DESCRIPTOR_RELATIVE* descriptor);
/// At the object's end.
void SeDeassignSecurity(OBJECT_HEADER* header);
