// Reading and writing files through the cache: odd sizes, gaps, cutting off and extending, two
// handles, a buffer that can't be read. Leaves FILEIO.DAT for whoever looks at the disk; with an
// argument also LEFTOPEN.DAT, which another process still has open when this one ends.
#include <windows.h>

#include "guest/crt/print.hpp"

namespace {

constexpr char name[] = "C:\\FILEIO.DAT";
constexpr DWORD chunk = 5003, chunks = 40, final_size = chunk * chunks;  // about 200 KB

BYTE pattern(DWORD offset) { return static_cast<BYTE>((offset * 2654435761u) >> 24 ^ offset); }

BYTE buffer[chunk];

HANDLE open(DWORD access, DWORD disposition) {
  return CreateFileA(name, access, FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr, disposition, 0,
                     nullptr);
}

bool write_at(HANDLE file, DWORD offset, const void* from, DWORD count) {
  DWORD done = 0;
  SetFilePointer(file, static_cast<LONG>(offset), nullptr, FILE_BEGIN);
  return WriteFile(file, from, count, &done, nullptr) != 0 && done == count;
}

bool write_pattern(HANDLE file, DWORD offset, DWORD count) {
  for (DWORD i = 0; i < count; ++i) buffer[i] = pattern(offset + i);
  return write_at(file, offset, buffer, count);
}

/// `expected(offset)` for each byte of [offset, offset + count).
template <class Expected>
bool holds(HANDLE file, DWORD offset, DWORD count, Expected expected) {
  while (count != 0) {
    const DWORD part = count < chunk ? count : chunk;
    DWORD done = 0;
    SetFilePointer(file, static_cast<LONG>(offset), nullptr, FILE_BEGIN);
    if (ReadFile(file, buffer, part, &done, nullptr) == 0 || done != part) return false;
    for (DWORD i = 0; i < part; ++i) {
      if (buffer[i] != expected(offset + i)) return false;
    }
    offset += part;
    count -= part;
  }
  return true;
}

bool set_size(HANDLE file, DWORD size) {
  SetFilePointer(file, static_cast<LONG>(size), nullptr, FILE_BEGIN);
  return SetEndOfFile(file) != 0;
}

const auto zero = [](DWORD) { return BYTE{0}; };

/// Null, or what went wrong.
const char* gaps(HANDLE file) {
  if (!write_pattern(file, 100, 10)) return "cannot write behind a gap";
  if (!holds(file, 0, 100, zero) || !holds(file, 100, 10, pattern)) return "a gap is not zeros";
  if (!write_pattern(file, 30000, 10)) return "cannot write behind a wide gap";
  if (!holds(file, 110, 29890, zero)) return "a wide gap is not zeros";
  if (!set_size(file, 105)) return "cannot cut off";
  if (GetFileSize(file, nullptr) != 105) return "the size after cutting off";
  if (!set_size(file, 40000)) return "cannot extend";
  if (!holds(file, 100, 5, pattern) || !holds(file, 105, 39895, zero)) {
    return "what was cut off has come back";
  }
  return set_size(file, 0) ? nullptr : "cannot empty";
}

const char* bad_buffers(HANDLE file) {
  DWORD done = 0;
  auto* unreadable = reinterpret_cast<BYTE*>(0x10);
  if (WriteFile(file, unreadable, 100, &done, nullptr) != 0) return "wrote from nowhere";
  if (GetFileSize(file, nullptr) != 0) return "a failed write left the file longer";
  return nullptr;
}

const char* contents() {
  const HANDLE file = open(GENERIC_READ | GENERIC_WRITE, CREATE_ALWAYS);
  if (file == INVALID_HANDLE_VALUE) return "cannot create";
  if (const char* failure = gaps(file)) return failure;
  if (const char* failure = bad_buffers(file)) return failure;
  const HANDLE reader = open(GENERIC_READ, OPEN_EXISTING);
  for (DWORD i = 0; i < chunks; ++i) {
    if (!write_pattern(file, i * chunk, chunk)) return "cannot write";
    if (!holds(reader, i * chunk, chunk, pattern)) return "another handle sees something else";
  }
  if (!holds(file, 0, final_size, pattern)) return "lost something";
  DWORD done = 1;
  SetFilePointer(file, static_cast<LONG>(final_size), nullptr, FILE_BEGIN);
  if (ReadFile(file, buffer, 1, &done, nullptr) == 0 || done != 0) return "read past the end";
  if (FlushFileBuffers(file) == 0) return "cannot flush";
  CloseHandle(reader);
  return CloseHandle(file) != 0 ? nullptr : "cannot close";
}

/// Everything once more, from the disk.
const char* again() {
  const HANDLE file = open(GENERIC_READ, OPEN_EXISTING);
  if (file == INVALID_HANDLE_VALUE) return "cannot open again";
  if (GetFileSize(file, nullptr) != final_size) return "another size the second time";
  if (!holds(file, 0, final_size, pattern)) return "something else the second time";
  return CloseHandle(file) != 0 ? nullptr : "cannot close";
}

constexpr char open_name[] = "C:\\LEFTOPEN.DAT", left_open[] = "written and left open";
constexpr DWORD left_open_size = sizeof left_open - 1;

HANDLE open_other(DWORD access, DWORD disposition) {
  return CreateFileA(open_name, access, FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr, disposition, 0,
                     nullptr);
}

/// Writes and never ends: what it wrote gets to the disk when the system ends.
int leave_open() {
  const HANDLE file = open_other(GENERIC_READ | GENERIC_WRITE, CREATE_ALWAYS);
  if (!write_at(file, 0, left_open, left_open_size)) return 1;
  Sleep(INFINITE);
  return 1;
}

const char* start_leave_open() {
  char line[] = "fileio.exe leave-open";
  STARTUPINFOA startup = {};
  startup.cb = sizeof startup;
  PROCESS_INFORMATION process;
  if (!CreateProcessA(nullptr, line, nullptr, nullptr, FALSE, 0, nullptr, nullptr, &startup,
                      &process)) {
    return "cannot start another process";
  }
  for (int tries = 0; tries < 1000; ++tries) {
    const HANDLE file = open_other(GENERIC_READ, OPEN_EXISTING);
    const bool there = file != INVALID_HANDLE_VALUE && holds(file, 0, left_open_size, [](DWORD i) {
                         return static_cast<BYTE>(left_open[i]);
                       });
    if (file != INVALID_HANDLE_VALUE) CloseHandle(file);
    if (there) return nullptr;
    Sleep(10);
  }
  return "the other process writes nothing";
}

}  // namespace

extern "C" int main(int argc, char** argv) {
  if (argc > 1 && argv[1][0] == 'l') return leave_open();
  const char* failure = contents();
  if (failure == nullptr) failure = again();
  if (failure == nullptr && argc > 1) failure = start_leave_open();
  if (failure != nullptr) {
    crt::print("fileio: ", failure, " (error ", GetLastError(), ")\n");
    return 1;
  }
  crt::print("fileio: ", final_size, " bytes written and read\n");
  return 0;
}
