// FormatMessage for the system's error codes.
#include "guest/kernel32/win32.hpp"

extern "C" PVOID WINAPI GlobalAlloc(UINT Flags, SIZE_T Size);

namespace {

constexpr DWORD allocate_buffer = 0x100, from_system = 0x1000, width_mask = 0xFF;
constexpr DWORD error_mr_mid_not_found = 317;

struct Message {
  DWORD code;
  LPCSTR text;
};
constexpr Message messages[] = {
    {0, "The operation completed successfully."},
    {1, "Incorrect function."},
    {2, "The system cannot find the file specified."},
    {3, "The system cannot find the path specified."},
    {5, "Access is denied."},
    {6, "The handle is invalid."},
    {8, "Not enough storage is available to process this command."},
    {32, "The process cannot access the file because it is being used by another process."},
    {38, "Reached the end of the file."},
    {80, "The file exists."},
    {87, "The parameter is incorrect."},
    {112, "There is not enough space on the disk."},
    {122, "The data area passed to a system call is too small."},
    {123, "The filename, directory name, or volume label syntax is incorrect."},
    {126, "The specified module could not be found."},
    {127, "The specified procedure could not be found."},
    {183, "Cannot create a file when that file already exists."},
    {193, "%1 is not a valid Win32 application."},
    {487, "Attempt to access invalid address."},
    {998, "Invalid access to memory location."},
    {1455, "The paging file is too small for this operation to complete."},
};

LPCSTR find(DWORD code) {
  for (const Message& message : messages) {
    if (message.code == code) return message.text;
  }
  return nullptr;
}

}  // namespace

/// Texts of the system only, without inserts; a line's end unless a width is asked for.
extern "C" DWORD WINAPI FormatMessageA(DWORD Flags, const void*, DWORD Code, DWORD, LPSTR Buffer,
                                       DWORD Size, PVOID) {
  if ((Flags & from_system) == 0 || Buffer == nullptr) return base::fail(ERROR_INVALID_PARAMETER);
  LPCSTR text = find(Code);
  if (text == nullptr) return base::fail(error_mr_mid_not_found);
  LPCSTR end = (Flags & width_mask) == 0 ? "\r\n" : "";
  const DWORD length = strlen(text) + strlen(end);
  LPSTR to = Buffer;
  if ((Flags & allocate_buffer) != 0) {
    to = static_cast<LPSTR>(GlobalAlloc(0, length + 1 > Size ? length + 1 : Size));
    if (to == nullptr) return base::fail(ERROR_NOT_ENOUGH_MEMORY);
    *reinterpret_cast<LPSTR*>(Buffer) = to;
  } else if (length + 1 > Size) {
    return base::fail(ERROR_INSUFFICIENT_BUFFER);
  }
  strcpy(to, text);
  strcat(to, end);
  return length;
}
