// Descriptors: small numbers for handles, text and binary mode.
#include "guest/msvcrt/streams.hpp"

extern "C" {
HANDLE WINAPI GetStdHandle(DWORD Which);
}

namespace {

using c::Descriptor;
Descriptor table[c::descriptors];

int read_raw(Descriptor& d, char* to, unsigned count) {
  DWORD done = 0;
  if (!ReadFile(d.handle, to, count, &done, nullptr)) {
    constexpr DWORD access_denied = 5, end_of_file = 38, broken_pipe = 109;
    const DWORD error = GetLastError();
    if (error == end_of_file || error == broken_pipe) return 0;
    return error == access_denied ? c::fail(EBADF) : c::fail();
  }
  return static_cast<int>(done);
}

int write_raw(Descriptor& d, const char* from, unsigned count) {
  unsigned written = 0;
  while (written < count) {
    DWORD done = 0;
    if (!WriteFile(d.handle, from + written, count - written, &done, nullptr)) {
      constexpr DWORD access_denied = 5;
      return GetLastError() == access_denied ? c::fail(EBADF) : c::fail();
    }
    if (done == 0) return c::fail(ENOSPC);
    written += done;
  }
  return static_cast<int>(count);
}

/// CR LF becomes LF in place; a CR at the end waits for what follows it.
int to_text(Descriptor& d, char* text, int count) {
  int out = 0;
  for (int i = 0; i < count; ++i) {
    if (text[i] == 0x1A && GetFileType(d.handle) == 1) {
      d.end = true;
      break;
    }
    if (text[i] == '\r') {
      char next = i + 1 < count ? text[i + 1] : '\0';
      if (i + 1 == count && read_raw(d, &next, 1) == 1 && next != '\n') {
        SetFilePointer(d.handle, -1, nullptr, SEEK_CUR);
        next = '\0';
      }
      if (next == '\n') {
        text[out++] = '\n';
        ++i;
        continue;
      }
    }
    text[out++] = text[i];
  }
  return out;
}

int write_text(Descriptor& d, const char* from, unsigned count) {
  char block[512];
  unsigned used = 0;
  for (unsigned i = 0; i < count; ++i) {
    if (used + 2 > sizeof block) {
      if (write_raw(d, block, used) < 0) return -1;
      used = 0;
    }
    if (from[i] == '\n') block[used++] = '\r';
    block[used++] = from[i];
  }
  return write_raw(d, block, used) < 0 ? -1 : static_cast<int>(count);
}

}  // namespace

c::Descriptor* c::find_descriptor(int number) {
  const bool good = number >= 0 && number < descriptors && table[number].open;
  if (!good) fail(EBADF);
  return good ? &table[number] : nullptr;
}

c::Descriptor* c::descriptor_slot(int number) { return &table[number]; }

int c::enter_descriptor(HANDLE handle, bool text, bool append) {
  const Guard guard(descriptors_lock);
  for (int i = 0; i < descriptors; ++i) {
    if (table[i].open) continue;
    table[i] = {handle, true, text, append, false};
    return i;
  }
  CloseHandle(handle);
  return fail(EMFILE);
}

/// A process without a console or a file behind a standard handle has no such descriptor.
void c::open_standard_descriptors() {
  constexpr DWORD which[] = {static_cast<DWORD>(-10), static_cast<DWORD>(-11),
                             static_cast<DWORD>(-12)};
  for (int i = 0; i < 3; ++i) {
    const HANDLE handle = GetStdHandle(which[i]);
    const bool there = handle != nullptr && handle != INVALID_HANDLE_VALUE;
    table[i] = {handle, there, true, false, false};
  }
}

int c::close(int number) {
  Descriptor* d = find_descriptor(number);
  if (d == nullptr) return -1;
  d->open = false;
  return CloseHandle(d->handle) ? 0 : fail();
}

int c::read(int number, char* to, unsigned count) {
  Descriptor* d = find_descriptor(number);
  if (d == nullptr) return -1;
  if (d->end || count == 0) return 0;
  int got = read_raw(*d, to, count);
  if (!d->text) return got;
  while (got > 0) {
    const int left = to_text(*d, to, got);
    if (left != 0 || d->end) return left;
    got = read_raw(*d, to, count);
  }
  return got;
}

int c::write(int number, const char* from, unsigned count) {
  Descriptor* d = find_descriptor(number);
  if (d == nullptr) return -1;
  if (d->append) SetFilePointer(d->handle, 0, nullptr, SEEK_END);
  return d->text ? write_text(*d, from, count) : write_raw(*d, from, count);
}

LONGLONG c::seek(int number, LONGLONG to, int from) {
  Descriptor* d = find_descriptor(number);
  if (d == nullptr) return -1;
  if (from < SEEK_SET || from > SEEK_END) return fail(EINVAL);
  d->end = false;
  LONG high = static_cast<LONG>(to >> 32);
  RtlSetLastWin32Error(0);
  const DWORD low =
      SetFilePointer(d->handle, static_cast<LONG>(to), &high, static_cast<DWORD>(from));
  if (low == 0xFFFFFFFF && GetLastError() != 0) return fail();
  return static_cast<LONGLONG>(high) << 32 | low;
}

bool c::is_console(int number) {
  Descriptor* d = find_descriptor(number);
  return d != nullptr && GetFileType(d->handle) == 2;
}

bool c::is_text(int number) {
  Descriptor* d = find_descriptor(number);
  return d != nullptr && d->text;
}
