// Names of objects: all kinds share the directory \BaseNamedObjects.
#include "guest/kernel32/object_attributes.hpp"

namespace {

HANDLE named_objects;  // opened for the first name

HANDLE named_objects_directory() {
  RtlAcquirePebLock();
  if (named_objects == nullptr) {
    UNICODE_STRING path;
    RtlInitUnicodeString(&path, L"\\BaseNamedObjects");
    OBJECT_ATTRIBUTES attributes;
    InitializeObjectAttributes(&attributes, &path, OBJ_CASE_INSENSITIVE, nullptr);
    NtOpenDirectoryObject(&named_objects,
                          DIRECTORY_QUERY | DIRECTORY_TRAVERSE | DIRECTORY_CREATE_OBJECT,
                          &attributes);
  }
  RtlReleasePebLock();
  return named_objects;
}

template <class Character>
bool copy_name(const Character* name, WCHAR* text, UNICODE_STRING& string) {
  ULONG length = 0;
  for (; name[length] != 0; ++length) {
    if (length + 1 == base::longest_object_name) return false;
    text[length] = sizeof(Character) == 1 ? static_cast<UCHAR>(name[length])
                                          : static_cast<WCHAR>(name[length]);
  }
  const auto bytes = static_cast<USHORT>(length * sizeof(WCHAR));
  string = {bytes, bytes, text};
  return true;
}

}  // namespace

base::ObjectName::ObjectName(LPCSTR name) : given_(name != nullptr) {
  if (given_) valid_ = copy_name(name, text_, string_);
}

base::ObjectName::ObjectName(PCWSTR name) : given_(name != nullptr) {
  if (given_) valid_ = copy_name(name, text_, string_);
}

HANDLE base::create_object(const ObjectName& name, const SECURITY_ATTRIBUTES* security,
                           NTSTATUS (*call)(PHANDLE, POBJECT_ATTRIBUTES, const void*),
                           const void* context) {
  if (!name.valid()) {
    fail(ERROR_FILENAME_EXCED_RANGE);
    return nullptr;
  }
  const bool inherit = security != nullptr && security->bInheritHandle != 0;
  OBJECT_ATTRIBUTES attributes;
  InitializeObjectAttributes(&attributes, name.get(), OBJ_OPENIF | (inherit ? OBJ_INHERIT : 0),
                             name.given() ? named_objects_directory() : nullptr);
  if (security != nullptr) attributes.SecurityDescriptor = security->lpSecurityDescriptor;
  HANDLE handle = nullptr;
  const NTSTATUS status = call(&handle, &attributes, context);
  if (!succeed(status)) return nullptr;
  RtlSetLastWin32Error(status == STATUS_OBJECT_NAME_EXISTS ? ERROR_ALREADY_EXISTS : ERROR_SUCCESS);
  return handle;
}

HANDLE base::open_object(const ObjectName& name, OpenService service, DWORD access, BOOL inherit) {
  if (!name.given() || !name.valid()) {
    fail(name.given() ? ERROR_FILENAME_EXCED_RANGE : ERROR_INVALID_PARAMETER);
    return nullptr;
  }
  OBJECT_ATTRIBUTES attributes;
  InitializeObjectAttributes(&attributes, name.get(), inherit != 0 ? OBJ_INHERIT : 0,
                             named_objects_directory());
  HANDLE handle = nullptr;
  return succeed(service(&handle, access, &attributes)) ? handle : nullptr;
}
