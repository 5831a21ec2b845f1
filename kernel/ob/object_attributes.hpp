// OBJECT_ATTRIBUTES of a system service, copied from user mode once and checked.
#pragma once

#include "kernel/ob/name_directory.hpp"
#include "kernel/ob/object.hpp"

class ObjectAttributes {
 public:
  ObjectAttributes() = default;
  ~ObjectAttributes();
  ObjectAttributes(const ObjectAttributes&) = delete;
  ObjectAttributes& operator=(const ObjectAttributes&) = delete;

  /// Null is none: no name, no attributes.
  NTSTATUS capture(POBJECT_ATTRIBUTES user);

  /// An empty name is none.
  bool named() const { return name_.length != 0; }
  ObpName name() const { return name_; }
  HANDLE root() const { return root_; }  // null: names begin with "\"
  ULONG flags() const { return flags_; }
  ULONG handle_flags() const { return flags_ & OBJ_INHERIT; }
  /// The captured descriptor, which the caller now owns; null when there was none.
  SECURITY_DESCRIPTOR_RELATIVE* take_security() const {
    SECURITY_DESCRIPTOR_RELATIVE* taken = security_;
    security_ = nullptr;
    return taken;
  }
  bool case_insensitive() const { return (flags_ & OBJ_CASE_INSENSITIVE) != 0; }

 private:
  NTSTATUS capture_name(PUNICODE_STRING user);

  HANDLE root_ = nullptr;
  ULONG flags_ = 0;
  ObpName name_ = {};
  WCHAR* text_ = nullptr;                                     // pool
  mutable SECURITY_DESCRIPTOR_RELATIVE* security_ = nullptr;  // pool
};
