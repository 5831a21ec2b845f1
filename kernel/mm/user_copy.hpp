// The only ways into user memory: a bad address is STATUS_ACCESS_VIOLATION, never a bugcheck.
#pragma once

#include "kernel/nt.hpp"

NTSTATUS MmCopyFromUser(void* to, ULONG from, ULONG size);
/// On a 386 the kernel ignores read-only, so there each page is checked before it is written.
NTSTATUS MmCopyToUser(ULONG to, const void* from, ULONG size);

template <class T>
NTSTATUS MmReadUser(ULONG from, T& value) {
  return MmCopyFromUser(&value, from, sizeof value);
}
template <class T>
NTSTATUS MmReadUser(const T* from, T& value) {
  return MmReadUser(reinterpret_cast<ULONG>(from), value);
}
template <class T>
NTSTATUS MmWriteUser(ULONG to, const T& value) {
  return MmCopyToUser(to, &value, sizeof value);
}
template <class T>
NTSTATUS MmWriteUser(T* to, const T& value) {
  return MmWriteUser(reinterpret_cast<ULONG>(to), value);
}
/// For optional results: null is no error.
template <class T>
NTSTATUS MmWriteUserOptional(T* to, const T& value) {
  return to == nullptr ? STATUS_SUCCESS : MmWriteUser(to, value);
}

/// A string copied from user mode into a buffer of the kernel's.
template <unsigned capacity>
struct CapturedString {
  WCHAR text[capacity];
  UNICODE_STRING string;

  NTSTATUS capture(const UNICODE_STRING& user) {
    const ULONG length = user.Length & ~1u;
    if (length > capacity * sizeof(WCHAR)) return STATUS_NAME_TOO_LONG;
    string = {static_cast<USHORT>(length), sizeof text, text};
    return MmCopyFromUser(text, reinterpret_cast<ULONG>(user.Buffer), length);
  }
  NTSTATUS capture(const UNICODE_STRING* user) {
    UNICODE_STRING descriptor;
    const NTSTATUS status = MmReadUser(user, descriptor);
    return NT_SUCCESS(status) ? capture(descriptor) : status;
  }
};
