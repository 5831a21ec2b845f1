// _findfirst and its kin, in all the widths of sizes, times and names.
#include "guest/msvcrt/times.hpp"

extern "C" {
HANDLE WINAPI FindFirstFileA(LPCSTR Name, WIN32_FIND_DATAA* Data);
BOOL WINAPI FindNextFileA(HANDLE Find, WIN32_FIND_DATAA* Data);
BOOL WINAPI FindClose(HANDLE Find);
}

namespace {

template <class Time, class Size, class Char>
struct FindData {
  ULONG attrib;
  alignas(sizeof(Time)) Time time_create;
  Time time_access, time_write;
  alignas(sizeof(Size)) Size size;
  Char name[260];
};
using Find32 = FindData<LONG, ULONG, char>;
using FindI64 = FindData<LONG, LONGLONG, char>;
using Find64 = FindData<LONGLONG, LONGLONG, char>;
using WideFind32 = FindData<LONG, ULONG, WCHAR>;
using WideFindI64 = FindData<LONG, LONGLONG, WCHAR>;
using WideFind64 = FindData<LONGLONG, LONGLONG, WCHAR>;
static_assert(sizeof(Find32) == 280 && sizeof(FindI64) == 288 && sizeof(Find64) == 304);

LONGLONG seconds(const FILETIME& time) {
  const LONGLONG ticks = static_cast<LONGLONG>(time.dwHighDateTime) << 32 | time.dwLowDateTime;
  return ticks == 0 ? -1 : c::seconds_of(ticks);
}

template <class Data>
void tell(const WIN32_FIND_DATAA& found, Data* to) {
  using Time = decltype(to->time_write);
  to->attrib = found.dwFileAttributes == FILE_ATTRIBUTE_NORMAL ? 0 : found.dwFileAttributes;
  to->time_create = static_cast<Time>(seconds(found.ftCreationTime));
  to->time_access = static_cast<Time>(seconds(found.ftLastAccessTime));
  to->time_write = static_cast<Time>(seconds(found.ftLastWriteTime));
  to->size = static_cast<decltype(to->size)>(static_cast<LONGLONG>(found.nFileSizeHigh) << 32 |
                                             found.nFileSizeLow);
  if constexpr (sizeof(to->name[0]) == 1) {
    strcpy(to->name, found.cFileName);
  } else {
    c::widen(to->name, found.cFileName);
  }
}

template <class Data>
LONG first(const char* pattern, Data* to) {
  WIN32_FIND_DATAA found;
  const HANDLE handle = FindFirstFileA(pattern, &found);
  if (handle == INVALID_HANDLE_VALUE) return c::fail();
  tell(found, to);
  return reinterpret_cast<LONG>(handle);
}

template <class Data>
int next(LONG handle, Data* to) {
  WIN32_FIND_DATAA found;
  if (!FindNextFileA(reinterpret_cast<HANDLE>(handle), &found)) {
    c::fail();
    return c::fail(ENOENT);
  }
  tell(found, to);
  return 0;
}

}  // namespace

extern "C" {

LONG _findfirst(const char* pattern, Find32* to) { return first(pattern, to); }
LONG _findfirsti64(const char* pattern, FindI64* to) { return first(pattern, to); }
LONG _findfirst64(const char* pattern, Find64* to) { return first(pattern, to); }
LONG _wfindfirst(const WCHAR* pattern, WideFind32* to) {
  return first(c::Narrow(pattern).get(), to);
}
LONG _wfindfirsti64(const WCHAR* pattern, WideFindI64* to) {
  return first(c::Narrow(pattern).get(), to);
}
LONG _wfindfirst64(const WCHAR* pattern, WideFind64* to) {
  return first(c::Narrow(pattern).get(), to);
}
int _findnext(LONG handle, Find32* to) { return next(handle, to); }
int _findnexti64(LONG handle, FindI64* to) { return next(handle, to); }
int _findnext64(LONG handle, Find64* to) { return next(handle, to); }
int _wfindnext(LONG handle, WideFind32* to) { return next(handle, to); }
int _wfindnexti64(LONG handle, WideFindI64* to) { return next(handle, to); }
int _wfindnext64(LONG handle, WideFind64* to) { return next(handle, to); }
int _findclose(LONG handle) {
  return FindClose(reinterpret_cast<HANDLE>(handle)) ? 0 : c::fail(EINVAL);
}

}  // extern "C"
