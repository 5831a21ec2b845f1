// Section services when commitment runs out: from nothing left upwards, a page at a time, each
// service either does all it was asked or says STATUS_COMMITMENT_LIMIT and has charged nothing.
// Ends with 0 when that was so; else it says what was not.
#include <windows.h>

#include "guest/crt/print.hpp"
#include "guest/programs/native_section.hpp"

namespace {

using native::Section;
using native::View;

constexpr DWORD pages = 16, out_of_commitment = 1455;
constexpr native::Status commitment_limit = 0xC000012D;
DWORD page;  // bytes

/// Pages the system has promised.
DWORD committed() {
  using Query = native::Status(WINAPI*)(DWORD, void*, DWORD, DWORD*);
  static const auto query = native::service<Query>("NtQuerySystemInformation");
  DWORD performance[78];
  query(2, performance, sizeof performance, nullptr);
  return performance[12];
}

void* commit(DWORD count) {
  return VirtualAlloc(nullptr, count * page, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
}
void release(void* region) { VirtualFree(region, 0, MEM_RELEASE); }

/// Everything there is, so that not even a page is left; some of it can be given back by pages.
class Hoard {
 public:
  Hoard() : spare_(static_cast<char*>(commit(most_spare))) {
    if (spare_ != nullptr) *spare_ = 1;  // giving back needs a page table
    for (DWORD size = 0x1000; size != 0; size /= 2) {
      while (count_ < sizeof regions_ / sizeof *regions_) {
        void* region = commit(size);
        if (region == nullptr) break;
        regions_[count_++] = region;
      }
    }
  }
  ~Hoard() {
    while (count_ != 0) release(regions_[--count_]);
    release(spare_);
  }
  Hoard(const Hoard&) = delete;
  Hoard& operator=(const Hoard&) = delete;

  bool complete() const { return spare_ != nullptr && given_ < most_spare; }
  void give_back_a_page() { VirtualFree(spare_ + given_++ * page, page, MEM_DECOMMIT); }

  static constexpr DWORD most_spare = 2 * pages + 8;

 private:
  char* spare_;
  void* regions_[256];
  DWORD count_ = 0, given_ = 0;
};

/// What was ready before memory was short: page tables exist, pages do not.
struct Prepared {
  Section committed_section{pages * page, PAGE_READWRITE, native::SEC_COMMIT_};
  Section reserved_section{pages * page, PAGE_READWRITE, native::SEC_RESERVE_};
  View shared{committed_section, PAGE_READWRITE}, reserved{reserved_section, PAGE_READWRITE};
};

/// The calls that need commitment. 0: all was done, and undone; else the error.
DWORD create_committed(Prepared&) {
  return Section(pages * page, PAGE_READWRITE, native::SEC_COMMIT_).status;
}
DWORD map_to_be_copied(Prepared& ready) {
  return View(ready.committed_section, PAGE_WRITECOPY).status;
}
DWORD protect_to_be_copied(Prepared& ready) {
  DWORD old;
  if (!VirtualProtect(ready.shared.address(), pages * page, PAGE_WRITECOPY, &old)) {
    return GetLastError();
  }
  return VirtualProtect(ready.shared.address(), pages * page, PAGE_READWRITE, &old) ? 0 : 1;
}
DWORD reserve_only(Prepared&) {
  return Section(pages * page, PAGE_READWRITE, native::SEC_RESERVE_).status;
}

struct Call {
  const char* name;
  DWORD (*make)(Prepared&);
  DWORD refusal, needs;  // pages, the least
};
constexpr Call calls[] = {
    {"create", create_committed, commitment_limit, pages},
    {"map", map_to_be_copied, commitment_limit, pages},
    {"protect", protect_to_be_copied, out_of_commitment, pages},
    {"reserve", reserve_only, 0, 0},
};

/// Told once there is memory again to tell it with.
struct {
  const char* name;
  DWORD left, result;
} failure;
bool wrong(const char* name, DWORD left, DWORD result) {
  failure = {name, left, result};
  return false;
}

/// Refused with less than it needs, done with a few pages more, and no charge stays behind.
bool is_exact(const Call& call, Prepared& ready, DWORD left) {
  const DWORD before = committed(), result = call.make(ready), after = committed();
  const bool enough = left >= call.needs;
  if (result != 0 && (result != call.refusal || left >= call.needs + 8)) {
    return wrong(call.name, left, result);
  }
  if (result == 0 && !enough) return wrong(call.name, left, result);
  return after == before || wrong("a charge that stays", left, after - before);
}

/// The section's reserved pages, which stay committed once they are.
bool commit_is_exact(Prepared& ready, DWORD left) {
  const DWORD before = committed();
  const bool done =
      VirtualAlloc(ready.reserved.address(), pages * page, MEM_COMMIT, PAGE_READWRITE) != nullptr;
  if (!done && GetLastError() != out_of_commitment) return wrong("commit", left, GetLastError());
  MEMORY_BASIC_INFORMATION info = {};
  VirtualQuery(ready.reserved.address(), &info, sizeof info);
  if ((info.State == MEM_COMMIT) != done) return wrong("commit and query", left, info.State);
  return committed() == before + (done ? pages : 0) || wrong("commit's charge", left, committed());
}

bool shared_words_stay(const Prepared& ready) {
  for (DWORD i = 0; i < pages; ++i) {
    if (ready.shared.words[i * page / 4] != i + 1) return wrong("a word", i, 0);
  }
  return true;
}

bool run_out() {
  Prepared ready;
  if (ready.shared.status != 0 || ready.reserved.status != 0) return wrong("prepare", 0, 0);
  for (DWORD i = 0; i < pages; ++i) ready.shared.words[i * page / 4] = i + 1;
  Hoard hoard;
  for (DWORD left = 0; left < pages + 12; ++left) {
    for (const Call& call : calls) {
      if (!is_exact(call, ready, left)) return false;
    }
    if (left < pages && !commit_is_exact(ready, left)) return false;
    if (!hoard.complete()) return wrong("hoard", left, 0);
    hoard.give_back_a_page();
  }
  return commit_is_exact(ready, pages + 12) && shared_words_stay(ready);
}

}  // namespace

extern "C" int main() {
  SYSTEM_INFO system;
  GetSystemInfo(&system);
  page = system.dwPageSize;
  const DWORD before = committed();
  bool good = run_out();
  const DWORD after = committed();
  if (good && after > before + 4) good = wrong("kept", 0, after - before);  // the pool's reserve
  if (good) {
    crt::print("seclimit: all or nothing, at every page\n");
  } else {
    crt::print("seclimit: ", failure.name, " with ", failure.left,
               " pages left: ", crt::hex(failure.result), "\n");
  }
  return good ? 0 : 1;
}
