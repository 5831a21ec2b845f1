// The string functions of kernel32. lstrcmp compares by code, as in the "C" locale.
#include "guest/kernel32/win32.hpp"

extern "C" {

int WINAPI lstrlenA(LPCSTR Text) { return Text == nullptr ? 0 : static_cast<int>(strlen(Text)); }

LPSTR WINAPI lstrcpyA(LPSTR To, LPCSTR From) {
  if (To == nullptr || From == nullptr) return nullptr;
  return strcpy(To, From);
}

/// Copies at most Capacity - 1 characters and always terminates.
LPSTR WINAPI lstrcpynA(LPSTR To, LPCSTR From, int Capacity) {
  if (To == nullptr || From == nullptr) return nullptr;
  LPSTR at = To;
  for (; Capacity > 1 && *From != '\0'; --Capacity) *at++ = *From++;
  if (Capacity > 0) *at = '\0';
  return To;
}

LPSTR WINAPI lstrcatA(LPSTR To, LPCSTR From) {
  if (To == nullptr || From == nullptr) return nullptr;
  return strcat(To, From);
}

static int sign(int value) { return value < 0 ? -1 : value > 0; }

int WINAPI lstrcmpA(LPCSTR A, LPCSTR B) {
  if (A == nullptr || B == nullptr) return (A != nullptr) - (B != nullptr);
  return sign(strcmp(A, B));
}

int WINAPI lstrcmpiA(LPCSTR A, LPCSTR B) {
  if (A == nullptr || B == nullptr) return (A != nullptr) - (B != nullptr);
  return sign(_stricmp(A, B));
}

}  // extern "C"

DWORD base::copy_ansi(const UNICODE_STRING& from, LPSTR to, DWORD capacity) {
  const DWORD length = from.Length / sizeof(WCHAR);
  const DWORD copied = length < capacity ? length : capacity;
  for (DWORD i = 0; i < copied; ++i) {
    to[i] = from.Buffer[i] < 0x100 ? static_cast<char>(from.Buffer[i]) : '?';
  }
  if (copied < capacity) to[copied] = '\0';
  return copied;
}
