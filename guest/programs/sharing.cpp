// Memory pressure on shared pages: processes with views of one section, larger than memory, that
// write each its own word of every page, and copies on write of every third page. `sharing` runs 4
// processes on 5 MB; `sharing N MB`; the processes are `sharing worker HANDLE MB ME`. Ends with 0
// when no word was lost, none strayed, and every copy was private.
#include <windows.h>

#include "guest/crt/print.hpp"
#include "guest/programs/child.hpp"
#include "guest/programs/native_section.hpp"

namespace {

using native::Section;
using native::View;

constexpr DWORD most_workers = 16, default_workers = 4, default_megabytes = 5, passes = 2;
constexpr DWORD megabyte = 0x100000;

DWORD pattern(DWORD page, DWORD owner, DWORD pass) {
  DWORD x = page * 2654435761u + owner * 40503u + pass * 2246822519u + 1;
  x ^= x >> 15;
  return x * 2246822519u | 1;  // never what a fresh page holds
}

/// A page's words: one for each worker, the parent's, and one that only copies have.
struct Pages {
  volatile DWORD* words;
  DWORD count, step;
  volatile DWORD& of_worker(DWORD page, DWORD worker) const { return words[page * step + worker]; }
  volatile DWORD& of_parent(DWORD page) const { return words[page * step + step - 1]; }
  volatile DWORD& of_copy(DWORD page) const { return words[page * step + step / 2]; }
};
constexpr DWORD parent = most_workers;

Pages pages_of(const View& view, DWORD megabytes) {
  SYSTEM_INFO system;
  GetSystemInfo(&system);
  return {view.words, megabytes * megabyte / system.dwPageSize, system.dwPageSize / 4};
}

bool is_copied(DWORD page, DWORD me) { return page % 3 == me % 3; }

/// Before the first pass is over a copy follows its page; a copied one stays as it was then.
bool copy_holds(const Pages& copy, DWORD page, DWORD me, DWORD pass) {
  const DWORD mark = copy.of_copy(page), mine = copy.of_worker(page, me);
  if (copy.of_parent(page) != pattern(page, parent, 0)) return false;
  return is_copied(page, me) ? mark == ~pattern(page, me, 0) && mine == pattern(page, me, 0)
                             : mark == 0 && mine == pattern(page, me, pass);
}

/// The exit code: 0, or what went wrong.
int worker(HANDLE handle, DWORD megabytes, DWORD me) {
  const Section section(handle);
  const View shared_view(section, PAGE_READWRITE), copy_view(section, PAGE_WRITECOPY);
  if (shared_view.status != 0 || copy_view.status != 0) return 2;
  const Pages shared = pages_of(shared_view, megabytes), copy = pages_of(copy_view, megabytes);
  for (DWORD pass = 0; pass < passes; ++pass) {
    for (DWORD page = 0; page < shared.count; ++page) {
      if (shared.of_parent(page) != pattern(page, parent, 0)) return 3;
      if (shared.of_worker(page, me) != (pass == 0 ? 0 : pattern(page, me, pass - 1))) return 4;
      shared.of_worker(page, me) = pattern(page, me, pass);
      if (pass == 0 && is_copied(page, me)) copy.of_copy(page) = ~pattern(page, me, 0);
    }
    for (DWORD page = 0; page < shared.count; ++page) {
      if (shared.of_worker(page, me) != pattern(page, me, pass)) return 5;
      if (shared.of_copy(page) != 0) return 6;
      if (!copy_holds(copy, page, me, pass)) return 7;
    }
  }
  return 0;
}

DWORD count_wrong(const Pages& pages, const bool (&ran)[most_workers]) {
  DWORD wrong = 0;
  for (DWORD page = 0; page < pages.count; ++page) {
    if (pages.of_parent(page) != pattern(page, parent, 0) || pages.of_copy(page) != 0) ++wrong;
    for (DWORD i = 0; i < most_workers; ++i) {
      const DWORD expected = ran[i] ? pattern(page, i, passes - 1) : 0;
      if (pages.of_worker(page, i) != expected) ++wrong;
    }
  }
  return wrong;
}

int run_workers(DWORD count, DWORD megabytes) {
  const Section section(megabytes * megabyte, PAGE_READWRITE, native::SEC_COMMIT_, true);
  const View view(section, PAGE_READWRITE);
  if (view.status != 0) {
    crt::print("sharing: no section of ", megabytes, " MB (", crt::hex(section.status), ")\n");
    return 1;
  }
  const Pages pages = pages_of(view, megabytes);
  for (DWORD page = 0; page < pages.count; ++page) {
    pages.of_parent(page) = pattern(page, parent, 0);
  }
  HANDLE processes[most_workers];
  bool ran[most_workers] = {};
  for (DWORD i = 0; i < count; ++i) {
    processes[i] =
        CommandLine("sharing.exe").add("worker").add(section.handle).add(megabytes).add(i).start();
    if (processes[i] == nullptr) crt::print("sharing: cannot start process ", i, "\n");
  }
  DWORD verified = 0;
  for (DWORD i = 0; i < count; ++i) {
    if (processes[i] == nullptr) continue;
    const DWORD code = wait_for(processes[i]);
    if (code != 0) crt::print("sharing: process ", i, " ends with ", crt::hex(code), "\n");
    ran[i] = code == 0;
    if (ran[i]) ++verified;
  }
  const DWORD wrong = count_wrong(pages, ran);
  crt::print("sharing: ", verified, " of ", count, " processes verified ", megabytes,
             " MB they share, ", wrong, " words wrong\n");
  return verified == count && wrong == 0 ? 0 : 1;
}

}  // namespace

extern "C" int main(int argc, char** argv) {
  if (argc == 5) return worker(handle_of(argv[2]), number_of(argv[3]), number_of(argv[4]));
  const DWORD count = argc == 3 ? number_of(argv[1]) : default_workers;
  if ((argc != 1 && argc != 3) || count == 0 || count > most_workers) {
    crt::print("usage: sharing [PROCESSES MB]\n");
    return 64;
  }
  return run_workers(count, argc == 3 ? number_of(argv[2]) : default_megabytes);
}
