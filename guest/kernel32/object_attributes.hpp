// OBJECT_ATTRIBUTES from what the Create and Open functions are given: a name in
// \BaseNamedObjects, a security descriptor, whether the handle is inherited.
#pragma once

#include "guest/kernel32/win32.hpp"

namespace base {

inline constexpr ULONG longest_object_name = 260;

/// An object's name in either form. Null is none.
class ObjectName {
 public:
  explicit ObjectName(LPCSTR name);
  explicit ObjectName(PCWSTR name);
  ObjectName(const ObjectName&) = delete;
  ObjectName& operator=(const ObjectName&) = delete;

  /// False: too long.
  bool valid() const { return valid_; }
  bool given() const { return given_; }
  PUNICODE_STRING get() const { return given_ ? &string_ : nullptr; }

 private:
  bool given_ = false, valid_ = true;
  mutable UNICODE_STRING string_ = {};  // NT's own pointers to names are not const
  WCHAR text_[longest_object_name];
};

/// Returns a handle, or null with the last error set. `call` gets PHANDLE and POBJECT_ATTRIBUTES.
HANDLE create_object(const ObjectName& name, const SECURITY_ATTRIBUTES* security,
                     NTSTATUS (*call)(PHANDLE, POBJECT_ATTRIBUTES, const void*),
                     const void* context);

/// The same for a lambda.
template <class Call>
HANDLE create_object(const ObjectName& name, const SECURITY_ATTRIBUTES* security,
                     const Call& call) {
  return create_object(
      name, security,
      [](PHANDLE handle, POBJECT_ATTRIBUTES attributes, const void* context) {
        return (*static_cast<const Call*>(context))(handle, attributes);
      },
      &call);
}

using OpenService = NTSTATUS(NTAPI*)(PHANDLE, ACCESS_MASK, POBJECT_ATTRIBUTES);
HANDLE open_object(const ObjectName& name, OpenService service, DWORD access, BOOL inherit);

}  // namespace base
