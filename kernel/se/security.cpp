// Objects and their security: the check at each open, and the services that ask and change.
#include "kernel/ke/dispatcher_objects.hpp"
#include "kernel/mm/pool.hpp"
#include "kernel/mm/user_copy.hpp"
#include "kernel/ob/handle_table.hpp"
#include "kernel/se/descriptor.hpp"
#include "kernel/se/token.hpp"
#include "kernel/system_services.hpp"

namespace {

/// Descriptors are replaced while it is held, and read.
constinit FAST_MUTEX SepDescriptorMutex = {};

const SECURITY_DESCRIPTOR_RELATIVE& descriptor_of(const OBJECT_HEADER* header) {
  return header->SecurityDescriptor == nullptr ? SeDefaultDescriptor : *header->SecurityDescriptor;
}

/// The generic rights in the ACEs become the type's own.
void map_generic_rights(const SECURITY_DESCRIPTOR_RELATIVE* descriptor, const OBJECT_TYPE& type) {
  const ACL* dacl = SeDacl(*descriptor);
  if (dacl == nullptr) return;
  AclForEachAce(*dacl, [&](const ACE_HEADER& header) {
    if (header.AceType > SYSTEM_ALARM_ACE_TYPE) return true;
    auto& ace = const_cast<KNOWN_ACE&>(reinterpret_cast<const KNOWN_ACE&>(header));
    ace.Mask = ObMapGenericAccess(type, ace.Mask);
    return true;
  });
}

/// One that a handler holds in pool until the end of the scope.
struct PoolDescriptor {
  SECURITY_DESCRIPTOR_RELATIVE* descriptor = nullptr;
  ~PoolDescriptor() {
    if (descriptor != nullptr) ExFreePool(descriptor);
  }
};

}  // namespace

NTSTATUS SeAccessCheck(PVOID object, ACCESS_MASK desired, ACCESS_MASK& granted) {
  const OBJECT_HEADER* header = ObjectToHeader(object);
  const OBJECT_TYPE& type = *header->Type;
  if ((desired & ACCESS_SYSTEM_SECURITY) != 0) return STATUS_PRIVILEGE_NOT_HELD;
  const bool maximum = (desired & MAXIMUM_ALLOWED) != 0;
  const ACCESS_MASK asked = ObMapGenericAccess(type, desired & ~MAXIMUM_ALLOWED);
  if (asked == 0 && !maximum) return STATUS_ACCESS_DENIED;
  ACCESS_MASK allowed = type.ValidAccessMask;
  {
    const FastMutexGuard lock(SepDescriptorMutex);
    const SECURITY_DESCRIPTOR_RELATIVE& descriptor = descriptor_of(header);
    const SID* owner = SeOwner(descriptor);
    const bool owns = owner != nullptr && SeUser.bears(*owner);
    if (const ACL* dacl = SeDacl(descriptor)) {
      allowed = SeAllowedByAcl(*dacl, SeUser, owns ? READ_CONTROL | WRITE_DAC : 0,
                               [&](ACCESS_MASK mask) { return ObMapGenericAccess(type, mask); });
    }
  }
  if ((asked & ~allowed) != 0) return STATUS_ACCESS_DENIED;
  granted = maximum ? allowed & type.ValidAccessMask : asked;
  return granted == 0 ? STATUS_ACCESS_DENIED : STATUS_SUCCESS;
}

void SeAssignSecurity(PVOID object, SECURITY_DESCRIPTOR_RELATIVE* descriptor) {
  map_generic_rights(descriptor, *ObjectToHeader(object)->Type);
  ObjectToHeader(object)->SecurityDescriptor = descriptor;
}

void SeDeassignSecurity(OBJECT_HEADER* header) {
  if (header->SecurityDescriptor != nullptr) ExFreePool(header->SecurityDescriptor);
}

void SepInitializeDescriptors() { ExInitializeFastMutex(&SepDescriptorMutex); }

NTSTATUS NTAPI NtQuerySecurityObject(HANDLE handle, SECURITY_INFORMATION which, PVOID descriptor,
                                     ULONG length, PULONG return_length) {
  if ((which & SACL_SECURITY_INFORMATION) != 0) return STATUS_PRIVILEGE_NOT_HELD;
  PVOID body;
  NTSTATUS status = ObReferenceObjectByHandle(handle, READ_CONTROL, nullptr, body);
  if (!NT_SUCCESS(status)) return status;
  const ObjectReference<void> held(body);
  PoolDescriptor answer;
  static constexpr SECURITY_DESCRIPTOR_RELATIVE nothing = {
      SECURITY_DESCRIPTOR_REVISION, 0, SE_SELF_RELATIVE, 0, 0, 0, 0};
  {
    const FastMutexGuard lock(SepDescriptorMutex);
    answer.descriptor = SeMergeDescriptors(nothing, descriptor_of(ObjectToHeader(body)), which);
  }
  if (answer.descriptor == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  map_generic_rights(answer.descriptor, *ObjectToHeader(body)->Type);
  const ULONG needed = SeDescriptorLength(*answer.descriptor);
  status = MmWriteUser(return_length, needed);
  if (!NT_SUCCESS(status)) return status;
  if (length < needed) return STATUS_BUFFER_TOO_SMALL;
  return MmCopyToUser(reinterpret_cast<ULONG>(descriptor), answer.descriptor, needed);
}

NTSTATUS NTAPI NtSetSecurityObject(HANDLE handle, SECURITY_INFORMATION which, PVOID descriptor) {
  if ((which & SACL_SECURITY_INFORMATION) != 0) return STATUS_PRIVILEGE_NOT_HELD;
  const bool owner = (which & (OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION)) != 0;
  const bool dacl = (which & DACL_SECURITY_INFORMATION) != 0;
  PVOID body;
  NTSTATUS status = ObReferenceObjectByHandle(
      handle, (owner ? WRITE_OWNER : 0) | (dacl ? WRITE_DAC : 0), nullptr, body);
  if (!NT_SUCCESS(status)) return status;
  const ObjectReference<void> held(body);
  PoolDescriptor given;
  status = SeCaptureSecurityDescriptor(descriptor, given.descriptor);
  if (!NT_SUCCESS(status)) return status;
  OBJECT_HEADER* header = ObjectToHeader(body);
  PoolDescriptor old;
  const FastMutexGuard lock(SepDescriptorMutex);
  SECURITY_DESCRIPTOR_RELATIVE* merged =
      SeMergeDescriptors(descriptor_of(header), *given.descriptor, which);
  if (merged == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  map_generic_rights(merged, *header->Type);
  old.descriptor = header->SecurityDescriptor;
  header->SecurityDescriptor = merged;
  return STATUS_SUCCESS;
}
