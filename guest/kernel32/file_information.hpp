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

/// What an OVERLAPPED asks for: a position, an event, where the outcome goes. Without one it is the
/// file's own position.
class Request {
 public:
  explicit Request(OVERLAPPED* overlapped) : overlapped_(overlapped) {
    if (overlapped == nullptr) return;
    offset_.LowPart = overlapped->Offset;
    offset_.HighPart = static_cast<LONG>(overlapped->OffsetHigh);
    *io_status() = {STATUS_PENDING, 0};
  }
  PLARGE_INTEGER position() { return overlapped_ != nullptr ? &offset_ : nullptr; }
  /// Bit 0 of an event's handle says something to completion ports alone. [SDK]
  HANDLE event() const {
    if (overlapped_ == nullptr) return nullptr;
    return reinterpret_cast<HANDLE>(reinterpret_cast<ULONG_PTR>(overlapped_->hEvent) & ~1u);
  }
  /// Internal and InternalHigh are one.
  PIO_STATUS_BLOCK io_status() {
    return overlapped_ != nullptr ? reinterpret_cast<PIO_STATUS_BLOCK>(overlapped_) : &own_;
  }

 private:
  OVERLAPPED* overlapped_;
  LARGE_INTEGER offset_ = {};
  IO_STATUS_BLOCK own_ = {};
};

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
