// Who keeps memory when it is short: `swap` waits while three others run. One touches its pages all
// the time, one seldom; the third makes memory short for eight seconds and then prints how many
// pages each has. Ends with 0 when the pages of the one that waited are as they were.
#include <windows.h>

#include "guest/crt/print.hpp"

namespace {

constexpr DWORD milliseconds = 8000;

DWORD page_size() {
  SYSTEM_INFO system;
  GetSystemInfo(&system);
  return system.dwPageSize;
}

volatile DWORD* commit(DWORD count) {
  return static_cast<volatile DWORD*>(
      VirtualAlloc(nullptr, count * page_size(), MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE));
}

DWORD pages_of_memory() {
  MEMORYSTATUS memory;
  GlobalMemoryStatus(&memory);
  return memory.dwTotalPhys / page_size();
}

/// Of each process: two of them and the system fill memory, whatever else there is.
DWORD share() { return pages_of_memory() * 3 / 8; }

struct VmCounters {
  SIZE_T peak_virtual_size, virtual_size;
  DWORD page_faults;
  SIZE_T peak_working_set, working_set, rest[6];
};

/// No Win32 function of this age tells.
DWORD working_set(DWORD process_id) {
  using Query = LONG(WINAPI*)(HANDLE, LONG, void*, DWORD, DWORD*);
  static const auto query = reinterpret_cast<Query>(reinterpret_cast<void*>(
      GetProcAddress(GetModuleHandleA("ntdll.dll"), "NtQueryInformationProcess")));
  const HANDLE process = OpenProcess(PROCESS_QUERY_INFORMATION, FALSE, process_id);
  VmCounters counters = {};
  query(process, 3, &counters, sizeof counters, nullptr);
  CloseHandle(process);
  return counters.working_set / page_size();
}

unsigned number(const char* text) {
  unsigned value = 0;
  for (; *text >= '0' && *text <= '9'; ++text)
    value = value * 10 + static_cast<unsigned>(*text - '0');
  return value;
}

void append(char*& to, const char* text) {
  while (*text != '\0') *to++ = *text++;
}
void append(char*& to, unsigned value) {
  if (value >= 10) append(to, value / 10);
  *to++ = static_cast<char>('0' + value % 10);
}

PROCESS_INFORMATION start(const char* role, DWORD first = 0, DWORD second = 0, DWORD third = 0) {
  char line[80];
  char* to = line;
  append(to, "swap.exe ");
  append(to, role);
  const DWORD ids[] = {first, second, third};
  for (const DWORD id : ids) {
    append(to, " ");
    append(to, id);
  }
  *to = '\0';
  STARTUPINFOA startup = {};
  startup.cb = sizeof startup;
  PROCESS_INFORMATION process = {};
  CreateProcessA(nullptr, line, nullptr, nullptr, FALSE, 0, nullptr, nullptr, &startup, &process);
  return process;
}

/// For ever; the parent ends these two.
[[noreturn]] void touch(DWORD pause) {
  const DWORD step = page_size() / sizeof(DWORD), pages = share();
  volatile DWORD* region = commit(pages);
  for (DWORD i = 0; i < pages; ++i) region[i * step] = i;
  for (DWORD i = 0;; i = (i + 1) % pages) {
    region[i * step] = region[i * step] + 1;
    if (pause != 0 || i == 0) Sleep(pause == 0 ? 10 : pause);
  }
}

int make_memory_short(DWORD idle, DWORD seldom, DWORD often) {
  const DWORD step = page_size() / sizeof(DWORD), count = pages_of_memory();
  volatile DWORD* region = commit(count);
  if (region == nullptr) return 1;
  const DWORD begin = GetTickCount();
  while (GetTickCount() - begin < milliseconds) {
    for (DWORD i = 0; i < count; ++i) region[i * step] = region[i * step] + 1;
  }
  crt::print("swap: idle ", working_set(idle), ", seldom ", working_set(seldom), ", often ",
             working_set(often), "\n");
  return 0;
}

}  // namespace

extern "C" int main(int argc, char** argv) {
  if (argc == 5 && argv[1][0] == 'o') touch(0);
  if (argc == 5 && argv[1][0] == 's') touch(500);
  if (argc == 5) return make_memory_short(number(argv[2]), number(argv[3]), number(argv[4]));
  const DWORD step = page_size() / sizeof(DWORD), pages = share();
  volatile DWORD* region = commit(pages);
  for (DWORD i = 0; i < pages; ++i) region[i * step] = i * 2654435761u;
  const PROCESS_INFORMATION often = start("often"), seldom = start("seldom");
  const PROCESS_INFORMATION hog =
      start("hog", GetCurrentProcessId(), seldom.dwProcessId, often.dwProcessId);
  WaitForSingleObject(hog.hProcess, INFINITE);
  DWORD code = 99;
  GetExitCodeProcess(hog.hProcess, &code);
  TerminateProcess(often.hProcess, 0);
  TerminateProcess(seldom.hProcess, 0);
  WaitForSingleObject(often.hProcess, INFINITE);
  WaitForSingleObject(seldom.hProcess, INFINITE);
  for (DWORD i = 0; i < pages; ++i) {
    if (region[i * step] != i * 2654435761u) return 2;
  }
  return static_cast<int>(code);
}
