// A process cloned with its whole address space, again and again: each side writes and sees only
// its own stores, while memory that was never written stays shared. A view that is inherited stays
// common to all. `fork PAGES` uses so many pages in place of 64.
#include <windows.h>

#include "guest/crt/print.hpp"
#include "guest/programs/native_section.hpp"

namespace {

using native::Section;
using native::View;

constexpr DWORD cloned = 0x129, inherit_handles = 4;
DWORD pages = 64;
DWORD page;  // bytes

volatile DWORD global = 1;  // a page of the image's data

#define EXPECT(what)                             \
  do {                                           \
    if (!(what)) {                               \
      crt::print("fork: not so: ", #what, "\n"); \
      return false;                              \
    }                                            \
  } while (0)

/// 0 in the child, the child's handle in the parent; null when it failed.
struct Fork {
  Fork() {
    using Create = DWORD(WINAPI*)(HANDLE*, HANDLE*, DWORD, DWORD, void*, void*, DWORD, DWORD, void*,
                                  void*, void*);
    HANDLE thread = nullptr;
    status = native::service<Create>("NtCreateUserProcess")(
        &process, &thread, PROCESS_ALL_ACCESS, THREAD_ALL_ACCESS, nullptr, nullptr, inherit_handles,
        0, nullptr, nullptr, nullptr);
    if (thread != nullptr && status == 0) CloseHandle(thread);
  }
  bool in_child() const { return status == cloned; }
  DWORD wait() const {
    DWORD code = 99;
    WaitForSingleObject(process, INFINITE);
    GetExitCodeProcess(process, &code);
    CloseHandle(process);
    return code;
  }
  HANDLE process = nullptr;
  DWORD status;
};

struct Memory {
  volatile DWORD* words;
  DWORD at(DWORD index) const { return words[index * (page / 4)]; }
  void set(DWORD index, DWORD value) const { words[index * (page / 4)] = value; }
  void* address(DWORD index) const { return const_cast<DWORD*>(words + index * (page / 4)); }
};

bool child_of(const Memory& memory, const View& view, DWORD generation) {
  for (DWORD i = 0; i < pages; i += 2) EXPECT(memory.at(i) == 1000 * generation + i);
  EXPECT(memory.at(1) == 0 && global == generation);
  for (DWORD i = 0; i < pages; i += 4) memory.set(i, 7);
  memory.set(3, 33);
  global = 77;
  DWORD old = 0;
  EXPECT(VirtualProtect(memory.address(6), page, PAGE_READONLY, &old) && old == PAGE_READWRITE);
  EXPECT(memory.at(6) == 1000 * generation + 6);
  EXPECT(VirtualFree(memory.address(10), page, MEM_DECOMMIT));
  EXPECT(VirtualAlloc(memory.address(10), page, MEM_COMMIT, PAGE_READWRITE) != nullptr);
  EXPECT(memory.at(10) == 0 && memory.at(14) == 1000 * generation + 14);
  view.words[generation] = 500 + generation;
  return true;
}

/// Each generation has a child of its own, so that pages are shared by three and more.
bool generations(const Memory& memory, const View& view, DWORD generation) {
  for (DWORD i = 0; i < pages; i += 2) memory.set(i, 1000 * generation + i);
  global = generation;
  const Fork first;
  if (first.in_child()) ExitProcess(child_of(memory, view, generation) ? 0 : 1);
  EXPECT(first.status == 0);
  const Fork second;
  if (second.in_child()) {
    bool good = global == generation && memory.at(2) == 1000 * generation + 2;
    if (good && generation < 4) good = generations(memory, view, generation + 1);
    ExitProcess(good ? 0 : 1);
  }
  EXPECT(second.status == 0);
  EXPECT(first.wait() == 0 && second.wait() == 0);
  for (DWORD i = 0; i < pages; i += 2) EXPECT(memory.at(i) == 1000 * generation + i);
  EXPECT(global == generation && memory.at(1) == 0 && memory.at(3) == 0);
  EXPECT(view.words[generation] == 500 + generation);
  return true;
}

/// The clone's stack grows by its own guard page.
[[gnu::noinline]] DWORD deep(DWORD depth) {
  volatile char room[1000];
  room[0] = static_cast<char>(depth);
  return depth == 0 ? 0 : deep(depth - 1) + (room[0] == static_cast<char>(depth) ? 1 : 0);
}

bool stacks_grow() {
  const Fork fork;
  if (fork.in_child()) ExitProcess(deep(120) == 120 ? 0 : 1);
  EXPECT(fork.status == 0);
  EXPECT(deep(90) == 90);
  EXPECT(fork.wait() == 0);
  return true;
}

}  // namespace

extern "C" int main(int argc, char** argv) {
  if (argc == 2) {
    pages = 0;
    for (const char* at = argv[1]; *at >= '0' && *at <= '9'; ++at) {
      pages = pages * 10 + static_cast<DWORD>(*at - '0');
    }
  }
  if (argc > 2 || pages < 16) {
    crt::print("usage: fork [PAGES], 16 at least\n");
    return 64;
  }
  SYSTEM_INFO system;
  GetSystemInfo(&system);
  page = system.dwPageSize;
  const Memory memory = {static_cast<volatile DWORD*>(
      VirtualAlloc(nullptr, pages * page, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE))};
  const Section section(page, PAGE_READWRITE, native::SEC_COMMIT_, true);
  const View view(section, PAGE_READWRITE, 0, 0, nullptr, native::view_share);
  if (memory.words == nullptr || view.status != 0) return 2;
  if (!generations(memory, view, 1) || !stacks_grow()) return 1;
  crt::print("fork: every process has its own\n");
  return 0;
}
