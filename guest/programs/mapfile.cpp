// Files and programs through sections: views, reads and writes show the same bytes, what is private
// stays so, and the errors are NT's. `mapfile flush` writes one page through to the disk and
// another one not, and never ends.
#include "guest/crt/print.hpp"
#include "guest/programs/native_section.hpp"

namespace {

using native::Section;
using native::View;

constexpr char name[] = "C:\\MAPFILE.DAT";
constexpr DWORD most_bytes = 0x40000;
DWORD page;

void expect(bool condition, const char* what) {
  if (condition) return;
  crt::print("mapfile: ", what, " (error ", GetLastError(), ")\n");
  ExitProcess(1);
}

DWORD pattern(DWORD index, DWORD seed) { return (index * 2654435761u) ^ (seed << 24); }

struct File {
  explicit File(DWORD disposition, DWORD access = GENERIC_READ | GENERIC_WRITE,
                const char* path = name)
      : handle(CreateFileA(path, access, FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr, disposition,
                           0, nullptr)) {}
  ~File() { close(); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  void close() {
    if (handle != INVALID_HANDLE_VALUE) CloseHandle(handle);
    handle = INVALID_HANDLE_VALUE;
  }
  DWORD transfer(bool write, DWORD offset, void* buffer, DWORD bytes) const {
    DWORD done = 0;
    SetFilePointer(handle, static_cast<LONG>(offset), nullptr, FILE_BEGIN);
    if (write) {
      WriteFile(handle, buffer, bytes, &done, nullptr);
    } else {
      ReadFile(handle, buffer, bytes, &done, nullptr);
    }
    return done;
  }
  void write(DWORD first, DWORD count, DWORD seed) const {
    for (DWORD i = first; i < first + count; ++i) {
      DWORD word = pattern(i, seed);
      expect(transfer(true, i * 4, &word, 4) == 4, "cannot write");
    }
  }
  DWORD word(DWORD index) const {
    DWORD value = 0;
    expect(transfer(false, index * 4, &value, 4) == 4, "cannot read");
    return value;
  }
  HANDLE handle;
};

DWORD flush(const View& view, DWORD offset, DWORD bytes) {
  using Flush = DWORD(WINAPI*)(HANDLE, void**, DWORD*, DWORD*);
  void* base = static_cast<char*>(view.address()) + offset;
  DWORD size = bytes, io[2];
  return native::service<Flush>("NtFlushVirtualMemory")(GetCurrentProcess(), &base, &size, io);
}

MEMORY_BASIC_INFORMATION query(const volatile void* address) {
  MEMORY_BASIC_INFORMATION info = {};
  VirtualQuery(const_cast<const void*>(address), &info, sizeof info);
  return info;
}

/// Two views, ReadFile and WriteFile: one file.
void coherence() {
  const File file(CREATE_ALWAYS);
  const DWORD words = 3 * page / 4 + page / 8;  // three pages and a half
  file.write(0, words, 1);
  const Section section(0, PAGE_READWRITE, native::SEC_COMMIT_, false, file.handle);
  expect(section.status == 0, "cannot create a section of a file");
  const View view(section, PAGE_READWRITE), other(section, PAGE_READONLY);
  expect(view.status == 0 && other.status == 0, "cannot map a file");
  for (DWORD i = 0; i < words; ++i) expect(view.words[i] == pattern(i, 1), "a view shows else");
  for (DWORD i = words; i < page; ++i) expect(view.words[i] == 0, "no zeros past the end");
  view.words[5] = 55;
  expect(other.words[5] == 55, "two views differ");
  expect(file.word(5) == 55, "ReadFile does not see what a view wrote");
  DWORD word = 77;
  file.transfer(true, page + 12, &word, 4);
  expect(view.words[page / 4 + 3] == 77 && other.words[page / 4 + 3] == 77,
         "a view does not see what WriteFile wrote");
  const MEMORY_BASIC_INFORMATION info = query(view.words);
  expect(info.Type == MEM_MAPPED && info.Protect == PAGE_READWRITE && info.State == MEM_COMMIT,
         "VirtualQuery of a view");
  SetFilePointer(file.handle, static_cast<LONG>(page), nullptr, FILE_BEGIN);
  expect(SetEndOfFile(file.handle) == 0, "a mapped file was cut off");
  expect(DeleteFileA(name) == 0, "a mapped file was deleted");
}

/// The view outlives the file's handle and the section's; the file gets what was written.
void last_reference() {
  File file(OPEN_EXISTING);
  Section section(0, PAGE_READWRITE, native::SEC_COMMIT_, false, file.handle);
  {
    const View view(section, PAGE_READWRITE);
    file.close();
    section.close();
    view.words[9] = 99;
  }
  const File again(OPEN_EXISTING, GENERIC_READ);
  expect(again.word(9) == 99, "the last view did not write to the file");
  expect(again.word(5) == 55, "an earlier view did not");
}

void copies() {
  const File file(OPEN_EXISTING, GENERIC_READ);
  const Section section(0, PAGE_WRITECOPY, native::SEC_COMMIT_, false, file.handle);
  const View view(section, PAGE_WRITECOPY), other(section, PAGE_READONLY);
  expect(view.status == 0 && other.status == 0, "cannot map copy-on-write");
  view.words[9] = 1;
  expect(view.words[9] == 1 && other.words[9] == 99, "a private page is shared");
  expect(file.word(9) == 99, "a private page got into the file");
  const Section writable(0, PAGE_READWRITE, native::SEC_COMMIT_, false, file.handle);
  expect(writable.status == 0xC0000022, "a read-only handle gave a writable section");
  const Section larger(most_bytes, PAGE_READONLY, native::SEC_COMMIT_, false, file.handle);
  expect(larger.status == 0xC0000040, "a read-only section is larger than its file");
}

/// A file that grows in pieces, and a view over all of them.
void growth() {
  const File file(CREATE_ALWAYS);
  const Section empty(0, PAGE_READWRITE, native::SEC_COMMIT_, false, file.handle);
  expect(empty.status == 0xC000011E, "a section of an empty file");
  file.write(0, 10, 2);
  const Section first(0, PAGE_READWRITE, native::SEC_COMMIT_, false, file.handle);
  const View small(first, PAGE_READWRITE);
  small.words[3] = 3;
  for (DWORD at = page / 4; at < most_bytes / 4; at += page / 4) file.write(at, 2, 2);
  const Section section(most_bytes + 100, PAGE_READWRITE, native::SEC_COMMIT_, false, file.handle);
  expect(section.status == 0, "a section larger than its file");
  expect(GetFileSize(file.handle, nullptr) == most_bytes + 100, "the file did not grow");
  const View view(section, PAGE_READWRITE);
  expect(view.status == 0 && view.words[3] == 3, "what was written before is gone");
  for (DWORD at = page / 4; at < most_bytes / 4; at += page / 4) {
    expect(view.words[at] == pattern(at, 2) && view.words[at + 1] == pattern(at + 1, 2),
           "a view over the pieces shows else");
    expect(view.words[at + 2] == 0, "between the pieces are no zeros");
  }
  view.words[most_bytes / 4] = 4;
  expect(file.word(most_bytes / 4) == 4, "the last piece is not the file's");
}

volatile DWORD variable = 0x11111111;  // in .data: the program's own, copied on write
const volatile DWORD constant = 0x22222222;

void image() {
  const MEMORY_BASIC_INFORMATION code = query(reinterpret_cast<void*>(&coherence));
  expect(code.Type == MEM_IMAGE && code.AllocationProtect == PAGE_EXECUTE_WRITECOPY,
         "the program's code is no image");
  expect(code.Protect == PAGE_EXECUTE_READ || page > 4096, "protection of code");
  HMODULE self = GetModuleHandleA(nullptr);
  expect(code.AllocationBase == self, "the allocation base is not the module");
  expect(query(self).Protect == PAGE_READONLY || page > 4096, "protection of headers");
  expect(variable == 0x11111111 && constant == 0x22222222, "initialised data");
  variable = 0x33333333;
  const DWORD after = query(&variable).Protect;
  expect(after == PAGE_READWRITE || after == PAGE_EXECUTE_READWRITE, "a written page");
  const File own(OPEN_EXISTING, GENERIC_READ | GENERIC_WRITE, "C:\\MAPFILE.EXE");
  expect(own.handle == INVALID_HANDLE_VALUE && GetLastError() == ERROR_SHARING_VIOLATION,
         "a running program was opened for writing");
  expect(DeleteFileA("C:\\MAPFILE.EXE") == 0, "a running program was deleted");
}

struct Performance {
  DWORD words[78];
};
DWORD pages_read() {
  using Query = DWORD(WINAPI*)(DWORD, void*, DWORD, DWORD*);
  Performance performance = {};
  native::service<Query>("NtQuerySystemInformation")(2, &performance, sizeof performance, nullptr);
  return performance.words[20];
}

/// Another process of this program: its code is in memory already, at the latest the second time;
/// its data is not this one's.
void second_process(bool resident) {
  char line[] = "mapfile.exe second";
  STARTUPINFOA startup = {};
  startup.cb = sizeof startup;
  PROCESS_INFORMATION process;
  const DWORD before = pages_read();
  expect(CreateProcessA(nullptr, line, nullptr, nullptr, FALSE, 0, nullptr, nullptr, &startup,
                        &process) != 0,
         "cannot start a second process");
  WaitForSingleObject(process.hProcess, INFINITE);
  DWORD code = 99;
  GetExitCodeProcess(process.hProcess, &code);
  expect(code == 0, "the second process saw this one's data");
  expect(!resident || pages_read() == before, "the second process read code that was in memory");
}

/// A library whose place is taken: relocated, page by page its own.
void relocation() {
  {
    const File from(OPEN_EXISTING, GENERIC_READ, "C:\\KERNEL32.DLL");
    const File to(CREATE_ALWAYS, GENERIC_WRITE, "C:\\COPY.DLL");
    static char bytes[4096];
    DWORD offset = 0;
    while (const DWORD got = from.transfer(false, offset, bytes, sizeof bytes)) {
      expect(to.transfer(true, offset, bytes, got) == got, "cannot copy a library");
      offset += got;
    }
    expect(offset != 0, "cannot read a library");
  }
  HMODULE copy = LoadLibraryA("C:\\COPY.DLL"), original = GetModuleHandleA("KERNEL32.DLL");
  expect(copy != nullptr && copy != original, "cannot load a library twice");
  using Ticks = DWORD(WINAPI*)();
  const auto ticks =
      reinterpret_cast<Ticks>(reinterpret_cast<void (*)()>(GetProcAddress(copy, "GetTickCount")));
  expect(ticks != nullptr && reinterpret_cast<char*>(ticks) > reinterpret_cast<char*>(copy),
         "an export of the copy");
  const DWORD now = ticks();
  expect(GetTickCount() - now < 1000, "the copy does not run");
  expect(query(reinterpret_cast<void*>(ticks)).Type == MEM_IMAGE, "the copy is no image");
  FreeLibrary(copy);
  expect(query(copy).State == MEM_FREE, "a library stays");
  expect(DeleteFileA("C:\\COPY.DLL") != 0, "cannot delete what nobody runs");
}

/// The first page is on the disk when this says so; the second one is not yet.
int flush_and_wait() {
  const File file(CREATE_ALWAYS);
  const Section section(2 * page, PAGE_READWRITE, native::SEC_COMMIT_, false, file.handle);
  const View view(section, PAGE_READWRITE);
  auto* text = static_cast<char*>(view.address());
  for (DWORD i = 0; i < page; ++i) text[i] = 'A';
  expect(flush(view, 0, page) == 0, "cannot flush");
  for (DWORD i = page; i < 2 * page; ++i) text[i] = 'B';
  crt::print("flushed\n");
  for (;;) Sleep(INFINITE);
}

constexpr char left_name[] = "C:\\LEFTVIEW.DAT";

/// Writes to a view and never ends: the file has it when the system ends.
int leave_view() {
  const File file(CREATE_ALWAYS, GENERIC_READ | GENERIC_WRITE, left_name);
  const Section section(page, PAGE_READWRITE, native::SEC_COMMIT_, false, file.handle);
  const View view(section, PAGE_READWRITE);
  expect(view.words[0] == 0, "a new file is not empty");  // so the page comes in clean
  view.words[0] = 0x5445454C;
  Sleep(INFINITE);
  return 1;
}

void start_leave_view() {
  char line[] = "mapfile.exe leave";
  STARTUPINFOA startup = {};
  startup.cb = sizeof startup;
  PROCESS_INFORMATION process;
  expect(CreateProcessA(nullptr, line, nullptr, nullptr, FALSE, 0, nullptr, nullptr, &startup,
                        &process) != 0,
         "cannot start a process that leaves a view");
  for (int tries = 0; tries < 1000; ++tries) {
    const File file(OPEN_EXISTING, GENERIC_READ, left_name);
    DWORD word = 0;
    if (file.handle != INVALID_HANDLE_VALUE) file.transfer(false, 0, &word, 4);
    if (word == 0x5445454C) return;
    Sleep(10);
  }
  expect(false, "the other process writes nothing");
}

}  // namespace

extern "C" int main(int argc, char** argv) {
  SYSTEM_INFO system;
  GetSystemInfo(&system);
  page = system.dwPageSize;
  if (argc > 1 && argv[1][0] == 's') return variable == 0x11111111 ? 0 : 1;
  if (argc > 1 && argv[1][0] == 'f') return flush_and_wait();
  if (argc > 1 && argv[1][0] == 'l') return leave_view();
  coherence();
  last_reference();
  copies();
  growth();
  image();
  second_process(false);
  second_process(true);
  relocation();
  start_leave_view();
  crt::print("mapfile: one file, however it is looked at\n");
  return 0;
}
