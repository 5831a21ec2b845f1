// What files are asked and told.
#pragma once

#include "guest/kernel32/win32.hpp"

namespace base {

inline constexpr DWORD invalid_attributes = 0xFFFFFFFF;

template <class Information>
bool query_file(HANDLE file, FILE_INFORMATION_CLASS type, Information& information) {
  IO_STATUS_BLOCK io;
  return succeed(NtQueryInformationFile(file, &io, &information, sizeof information, type));
}

template <class Information>
BOOL set_file(HANDLE file, FILE_INFORMATION_CLASS type, Information information) {
  IO_STATUS_BLOCK io;
  return succeed(NtSetInformationFile(file, &io, &information, sizeof information, type));
}

/// A file opened by its DOS name for the length of a scope.
class OpenedFile {
 public:
  OpenedFile(const NtPath& path, ACCESS_MASK access, ULONG options) {
    if (!path.valid()) {
      fail(ERROR_PATH_NOT_FOUND);
      return;
    }
    OBJECT_ATTRIBUTES attributes;
    InitializeObjectAttributes(&attributes, path.get(), OBJ_CASE_INSENSITIVE, nullptr);
    IO_STATUS_BLOCK io;
    succeed(NtOpenFile(&handle_, access | SYNCHRONIZE, &attributes, &io,
                       FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                       options | FILE_SYNCHRONOUS_IO_NONALERT));
  }
  ~OpenedFile() {
    if (handle_ != nullptr) NtClose(handle_);
  }
  OpenedFile(const OpenedFile&) = delete;
  OpenedFile& operator=(const OpenedFile&) = delete;
  bool valid() const { return handle_ != nullptr; }
  HANDLE get() const { return handle_; }

 private:
  HANDLE handle_ = nullptr;
};

}  // namespace base
