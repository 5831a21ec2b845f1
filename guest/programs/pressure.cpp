// Memory pressure: several processes write a pattern to more memory than there is and verify all of
// it, twice. `pressure` runs 4 processes with 4 MB each; `pressure N MB` N processes; the processes
// themselves are `pressure worker MB SEED`. Ends with 0 when no word was lost.
#include <windows.h>

#include "guest/crt/print.hpp"

namespace {

constexpr unsigned most_workers = 16, default_workers = 4, default_megabytes = 4;
constexpr DWORD megabyte = 0x100000;

/// A word that tells its place, its process and the pass that wrote it.
DWORD pattern(DWORD index, DWORD seed, DWORD pass) {
  DWORD x = index * 2654435761u + seed * 40503u + pass * 2246822519u;
  x ^= x >> 15;
  return x * 2246822519u;
}

struct Region {
  DWORD* words;
  DWORD pages, step;  // words a page

  /// Eight words of each page, the first and the last among them.
  template <class Visit>
  bool for_each_word(Visit visit) const {
    for (DWORD page = 0; page < pages; ++page) {
      for (DWORD i = 0; i < 8; ++i) {
        const DWORD index = page * step + i * (step - 1) / 7;
        if (!visit(words[index], index)) return false;
      }
    }
    return true;
  }
};

/// The exit code: 0, or what went wrong.
int worker(DWORD megabytes, DWORD seed) {
  SYSTEM_INFO system;
  GetSystemInfo(&system);
  Region region = {static_cast<DWORD*>(VirtualAlloc(nullptr, megabytes * megabyte,
                                                    MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE)),
                   megabytes * megabyte / system.dwPageSize, system.dwPageSize / 4};
  if (region.words == nullptr) return 2;
  if (!region.for_each_word([](DWORD& word, DWORD) { return word == 0; })) return 3;
  for (DWORD pass = 0; pass < 2; ++pass) {
    region.for_each_word([=](DWORD& word, DWORD index) {
      word = pattern(index, seed, pass);
      return true;
    });
    const bool kept = region.for_each_word(
        [=](DWORD& word, DWORD index) { return word == pattern(index, seed, pass); });
    if (!kept) return 4;
  }
  return VirtualFree(region.words, 0, MEM_RELEASE) ? 0 : 5;
}

void append(char*& to, const char* text) {
  while (*text != '\0') *to++ = *text++;
}
void append(char*& to, unsigned value) {
  if (value >= 10) append(to, value / 10);
  *to++ = static_cast<char>('0' + value % 10);
}

HANDLE start_worker(unsigned megabytes, unsigned seed) {
  char line[64];
  char* to = line;
  append(to, "pressure.exe worker ");
  append(to, megabytes);
  append(to, " ");
  append(to, seed);
  *to = '\0';
  STARTUPINFOA startup = {};
  startup.cb = sizeof startup;
  PROCESS_INFORMATION process;
  if (!CreateProcessA(nullptr, line, nullptr, nullptr, FALSE, 0, nullptr, nullptr, &startup,
                      &process)) {
    return nullptr;
  }
  CloseHandle(process.hThread);
  return process.hProcess;
}

unsigned number(const char* text) {
  unsigned value = 0;
  for (; *text >= '0' && *text <= '9'; ++text)
    value = value * 10 + static_cast<unsigned>(*text - '0');
  return value;
}

int run_workers(unsigned count, unsigned megabytes) {
  HANDLE processes[most_workers];
  unsigned failures = 0;
  for (unsigned i = 0; i < count; ++i) {
    processes[i] = start_worker(megabytes, i + 1);
    if (processes[i] == nullptr) {
      crt::print("pressure: cannot start process ", i, " (error ", GetLastError(), ")\n");
      ++failures;
    }
  }
  for (unsigned i = 0; i < count; ++i) {
    if (processes[i] == nullptr) continue;
    DWORD code = 99;
    WaitForSingleObject(processes[i], INFINITE);
    GetExitCodeProcess(processes[i], &code);
    CloseHandle(processes[i]);
    if (code != 0) {
      crt::print("pressure: process ", i, " ends with ", crt::hex(code), "\n");
      ++failures;
    }
  }
  crt::print("pressure: ", count - failures, " of ", count, " processes verified ", megabytes,
             " MB each\n");
  return failures == 0 ? 0 : 1;
}

}  // namespace

extern "C" int main(int argc, char** argv) {
  if (argc == 4 && argv[1][0] == 'w') return worker(number(argv[2]), number(argv[3]));
  const unsigned count = argc == 3 ? number(argv[1]) : default_workers;
  if ((argc != 1 && argc != 3) || count == 0 || count > most_workers) {
    crt::print("usage: pressure [PROCESSES MB]\n");
    return 64;
  }
  return run_workers(count, argc == 3 ? number(argv[2]) : default_megabytes);
}
