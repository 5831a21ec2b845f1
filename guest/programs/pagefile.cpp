// Paging files. `pagefile` lists them; `pagefile fill FILES MB` makes FILES more of 1 MB that may
// grow to 2, writes a pattern to so many MB of memory, verifies it, and lists what is where;
// `pagefile create MIN MAX` makes one (sizes in KB); `pagefile exhaust` commits until it is
// refused; `pagefile quota` gives itself a page-file quota and runs into it; `pagefile spread MB`
// is fill with a file on every other drive.
#include "guest/crt/paging_files.hpp"
#include "guest/crt/print.hpp"
#include "guest/programs/process_figures.hpp"

namespace {

constexpr DWORD megabyte = 0x100000;

using CreatePagingFile = NTSTATUS(NTAPI*)(UNICODE_STRING* name, LARGE_INTEGER* minimum,
                                          LARGE_INTEGER* maximum, ULONG priority);

/// \??\C:\PAGEnn.SYS
NTSTATUS create(unsigned number, DWORD minimum_kb, DWORD maximum_kb, char drive = 'C') {
  WCHAR text[] = L"\\??\\C:\\PAGE00.SYS";
  text[4] = static_cast<WCHAR>(drive);
  text[11] = static_cast<WCHAR>(L'0' + number / 10);
  text[12] = static_cast<WCHAR>(L'0' + number % 10);
  UNICODE_STRING name = {sizeof text - sizeof(WCHAR), sizeof text, text};
  LARGE_INTEGER minimum, maximum;
  minimum.QuadPart = minimum_kb * 1024LL;
  maximum.QuadPart = maximum_kb * 1024LL;
  const auto service = crt::nt_service<CreatePagingFile>("NtCreatePagingFile");
  return service(&name, &minimum, &maximum, 0);
}

int list() {
  SYSTEM_INFO system;
  GetSystemInfo(&system);
  const DWORD kb = system.dwPageSize / 1024;
  const bool told = crt::for_each_paging_file([&](const crt::PagingFile& file, const char* name) {
    crt::print(name, ": ", file.total_size * kb, " KB, ", file.in_use * kb, " KB in use, ",
               file.peak_usage * kb, " KB at most\n");
  });
  MEMORYSTATUS memory;
  memory.dwLength = sizeof memory;
  GlobalMemoryStatus(&memory);
  crt::print("commit limit ", memory.dwTotalPageFile / 1024, " KB, ", memory.dwAvailPageFile / 1024,
             " KB left\n");
  return told ? 0 : 1;
}

bool make_file(unsigned number, char drive = 'C') {
  const NTSTATUS status = create(number, 1024, 2048, drive);
  if (status >= 0) return true;
  crt::print("pagefile: cannot make file ", number, ", status ", crt::hex(status), "\n");
  return false;
}

bool make_files(unsigned files) {
  for (unsigned i = 0; i < files; ++i) {
    if (!make_file(i)) return false;
  }
  return true;
}

bool make_a_file_on_each_drive() {
  const DWORD drives = GetLogicalDrives();
  for (unsigned i = 3; i < 26; ++i) {
    if ((drives >> i & 1) != 0 && !make_file(i, static_cast<char>('A' + i))) return false;
  }
  return true;
}

int fill(DWORD megabytes) {
  const DWORD words = megabytes * (megabyte / sizeof(DWORD));
  auto* memory = static_cast<DWORD*>(
      VirtualAlloc(nullptr, megabytes * megabyte, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE));
  if (memory == nullptr) return 3;
  for (DWORD i = 0; i < words; i += 64) memory[i] = i * 2654435761u;
  for (DWORD i = 0; i < words; i += 64) {
    if (memory[i] != i * 2654435761u) return 4;
  }
  const int listed = list();
  return VirtualFree(memory, 0, MEM_RELEASE) ? listed : 5;
}

/// A MB at a time; what was got is touched and verified, so nothing was promised in vain.
int exhaust() {
  static constexpr unsigned most = 512;
  static DWORD* blocks[most];
  unsigned count = 0;
  while (count < most) {
    blocks[count] = static_cast<DWORD*>(
        VirtualAlloc(nullptr, megabyte, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE));
    if (blocks[count] == nullptr) break;
    *blocks[count] = count;
    ++count;
  }
  crt::print("pagefile: refused after ", count, " MB, error ", GetLastError(), "\n");
  for (unsigned i = 0; i < count; ++i) {
    if (*blocks[i] != i) return 6;
    if (!VirtualFree(blocks[i], 0, MEM_RELEASE)) return 7;
  }
  return list();
}

bool set_pagefile_limit(SIZE_T bytes) {
  return native::set_quota_limits({0, 0, 0, 0, bytes, {}}) == 0;
}
SIZE_T pagefile_limit() { return native::quota_limits().pagefile; }
SIZE_T pagefile_usage() { return native::vm_counters().pagefile_usage; }

/// Another process like this one; its exit code.
DWORD run_child(const char* what) {
  char line[32] = "pagefile.exe ";
  lstrcatA(line, what);
  STARTUPINFOA startup = {};
  startup.cb = sizeof startup;
  PROCESS_INFORMATION process;
  DWORD code = 99;
  if (!CreateProcessA(nullptr, line, nullptr, nullptr, FALSE, 0, nullptr, nullptr, &startup,
                      &process)) {
    return code;
  }
  WaitForSingleObject(process.hProcess, INFINITE);
  GetExitCodeProcess(process.hProcess, &code);
  CloseHandle(process.hThread);
  CloseHandle(process.hProcess);
  return code;
}

/// Committed pages count, reserved ones do not; a child has its parent's quota.
int quota() {
  if (pagefile_limit() != ~SIZE_T{0}) return 11;
  const SIZE_T usage = pagefile_usage(), limit = (usage & ~(megabyte - 1)) + 4 * megabyte;
  if (!set_pagefile_limit(limit)) return 12;
  if (pagefile_limit() != limit) return 13;
  void* block = VirtualAlloc(nullptr, megabyte, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  if (block == nullptr || pagefile_usage() != usage + megabyte) return 14;
  void* reserved = VirtualAlloc(nullptr, 16 * megabyte, MEM_RESERVE, PAGE_READWRITE);
  if (reserved == nullptr || pagefile_usage() != usage + megabyte) return 15;
  if (VirtualAlloc(reserved, 4 * megabyte, MEM_COMMIT, PAGE_READWRITE) != nullptr) return 16;
  crt::print("pagefile: beyond the quota: error ", GetLastError(), "\n");
  if (VirtualAlloc(reserved, megabyte, MEM_COMMIT, PAGE_READWRITE) == nullptr) return 17;
  if (!VirtualFree(block, 0, MEM_RELEASE) || !VirtualFree(reserved, 0, MEM_RELEASE)) return 18;
  if (pagefile_usage() != usage) return 19;
  if (run_child("child") != limit / megabyte) return 20;
  return set_pagefile_limit(~SIZE_T{0}) && run_child("child") != limit / megabyte ? 0 : 21;
}

/// The quota it was born with, in MB.
int child() { return static_cast<int>(pagefile_limit() / megabyte); }

unsigned number(const char* text) {
  unsigned value = 0;
  for (; *text >= '0' && *text <= '9'; ++text)
    value = value * 10 + static_cast<unsigned>(*text - '0');
  return value;
}

}  // namespace

extern "C" int main(int argc, char** argv) {
  if (argc == 1) return list();
  if (argc == 4 && argv[1][0] == 'f') {
    return make_files(number(argv[2])) ? fill(number(argv[3])) : 2;
  }
  if (argc == 3 && argv[1][0] == 's') {
    return make_a_file_on_each_drive() ? fill(number(argv[2])) : 2;
  }
  if (argc == 4 && argv[1][0] == 'c') {
    const NTSTATUS status = create(99, number(argv[2]), number(argv[3]));
    crt::print("pagefile: status ", crt::hex(status), "\n");
    return list();
  }
  if (argc == 2 && argv[1][0] == 'e') return exhaust();
  if (argc == 2 && argv[1][0] == 'q') return quota();
  if (argc == 2 && argv[1][0] == 'c') return child();
  crt::print("usage: pagefile [fill FILES MB | create MIN MAX | exhaust | quota | spread MB]\n");
  return 64;
}
