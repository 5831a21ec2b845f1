// Capturing OBJECT_ATTRIBUTES.
#include "kernel/ob/object_attributes.hpp"

#include "kernel/mm/pool.hpp"
#include "kernel/mm/user_copy.hpp"
#include "kernel/se/descriptor.hpp"

namespace {

constexpr ULONG name_tag = PoolTag("ObNm");
constexpr ULONG known_flags =
    OBJ_INHERIT | OBJ_PERMANENT | OBJ_CASE_INSENSITIVE | OBJ_OPENIF | OBJ_OPENLINK;

}  // namespace

ObjectAttributes::~ObjectAttributes() {
  if (text_ != nullptr) ExFreePool(text_);
  if (security_ != nullptr) ExFreePool(security_);
}

NTSTATUS ObjectAttributes::capture_name(PUNICODE_STRING user) {
  UNICODE_STRING string;
  const NTSTATUS status = MmReadUser(user, string);
  if (!NT_SUCCESS(status)) return status;
  if (string.Length % sizeof(WCHAR) != 0) return STATUS_OBJECT_NAME_INVALID;
  if (string.Length == 0) return STATUS_SUCCESS;
  text_ = static_cast<WCHAR*>(ExAllocatePoolWithTag(PagedPool, string.Length, name_tag));
  if (text_ == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  name_ = {text_, string.Length / ULONG{sizeof(WCHAR)}};
  return MmCopyFromUser(text_, reinterpret_cast<ULONG>(string.Buffer), string.Length);
}

NTSTATUS ObjectAttributes::capture(POBJECT_ATTRIBUTES user) {
  if (user == nullptr) return STATUS_SUCCESS;
  OBJECT_ATTRIBUTES given;
  NTSTATUS status = MmReadUser(user, given);
  if (!NT_SUCCESS(status)) return status;
  if (given.Length != sizeof given || (given.Attributes & ~known_flags) != 0) {
    return STATUS_INVALID_PARAMETER;
  }
  // No process has the privilege to make an object outlive its handles.
  if ((given.Attributes & OBJ_PERMANENT) != 0) return STATUS_PRIVILEGE_NOT_HELD;
  flags_ = given.Attributes;
  root_ = given.RootDirectory;
  if (given.ObjectName != nullptr) status = capture_name(given.ObjectName);
  if (NT_SUCCESS(status) && given.SecurityDescriptor != nullptr) {
    status = SeCaptureSecurityDescriptor(given.SecurityDescriptor, security_);
  }
  return status;
}
