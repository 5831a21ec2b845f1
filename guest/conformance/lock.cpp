// VirtualLock: what can be locked, how much, and the working set's size that says so.
#include "guest/conformance/memory.hpp"

using memory::Region;

namespace {

constexpr auto everything = static_cast<SIZE_T>(-1);

SIZE_T minimum_pages() {
  SIZE_T least = 0, most = 0;
  GetProcessWorkingSetSize(GetCurrentProcess(), &least, &most);
  return least / ktap::page_size();
}

void ranges(ktap::Test& t) {
  const DWORD page = ktap::page_size();
  const Region region(memory::commit(4 * page));
  t.succeeds("two bytes over a boundary", VirtualLock(region + page - 1, 2));
  t.succeeds("the first page once more", VirtualLock(region, page));
  t.succeeds("VirtualUnlock", VirtualUnlock(region, page));
  t.fails("there is no count", VirtualUnlock(region, page), ERROR_NOT_LOCKED);
  t.fails("all of a range or none", VirtualUnlock(region + page, 2 * page), ERROR_NOT_LOCKED);
  t.succeeds("the second page was locked, too", VirtualUnlock(region + page, 1));
  t.fails("and not the third", VirtualUnlock(region + 2 * page, 1), ERROR_NOT_LOCKED);
}

void committed_only(ktap::Test& t) {
  const DWORD page = ktap::page_size();
  const Region region(memory::commit(4 * page));
  VirtualFree(region + 2 * page, page, MEM_DECOMMIT);
  t.fails("a reserved page among them", VirtualLock(region, 4 * page), ERROR_NOACCESS);
  t.fails("locks none", VirtualUnlock(region, page), ERROR_NOT_LOCKED);
  DWORD old;
  VirtualProtect(region, page, PAGE_NOACCESS, &old);
  t.fails("a page without access", VirtualLock(region, page), ERROR_NOACCESS);
  t.fails("no size", VirtualLock(region, 0), ERROR_INVALID_PARAMETER);
  t.fails("the kernel's half", VirtualLock(memory::pointer(0x80000000), page),
          ERROR_INVALID_PARAMETER);
}

void guard_page(ktap::Test& t) {
  const Region region(memory::commit(1, PAGE_READWRITE | PAGE_GUARD));
  t.fails("the guard is met", VirtualLock(region, 1), STATUS_GUARD_PAGE_VIOLATION);
  t.succeeds("and gone", VirtualLock(region, 1));
}

void losing_the_page(ktap::Test& t) {
  const DWORD page = ktap::page_size();
  const Region region(memory::commit(page));
  DWORD old;
  VirtualLock(region, page);
  VirtualProtect(region, page, PAGE_NOACCESS, &old);
  VirtualProtect(region, page, PAGE_READWRITE, &old);
  t.fails("PAGE_NOACCESS unlocks", VirtualUnlock(region, page), ERROR_NOT_LOCKED);
  t.succeeds("VirtualLock again", VirtualLock(region, page));
  VirtualFree(region, page, MEM_DECOMMIT);
  VirtualAlloc(region, page, MEM_COMMIT, PAGE_READWRITE);
  t.fails("so does MEM_DECOMMIT", VirtualUnlock(region, page), ERROR_NOT_LOCKED);
}

void limit(ktap::Test& t) {
  const DWORD page = ktap::page_size();
  const SIZE_T least = minimum_pages();
  const Region region(memory::commit(2 * least * page));
  t.fails("a page more than the minimum working set", VirtualLock(region, (least + 1) * page),
          ERROR_WORKING_SET_QUOTA);
  SIZE_T count = 0;
  while (count < 2 * least && VirtualLock(region + count * page, page)) ++count;
  t.equal("page by page, too", GetLastError(), ERROR_WORKING_SET_QUOTA);
  t.equal("so many pages are the minimum", count, least);
  t.succeeds("a page that is locked costs nothing", VirtualLock(region, page));
  VirtualUnlock(region, page);
  t.succeeds("one unlocked makes room", VirtualLock(region + count * page, page));
}

void working_set_size(ktap::Test& t) {
  const DWORD page = ktap::page_size();
  const HANDLE self = GetCurrentProcess();
  const SIZE_T least = minimum_pages();
  t.fails("a minimum of 0", SetProcessWorkingSetSize(self, 0, 100 * page), ERROR_INVALID_PARAMETER);
  t.fails("a minimum above the maximum", SetProcessWorkingSetSize(self, 100 * page, 50 * page),
          ERROR_INVALID_PARAMETER);
  t.succeeds("ten pages more",
             SetProcessWorkingSetSize(self, (least + 10) * page, (least + 100) * page));
  t.equal("GetProcessWorkingSetSize", minimum_pages(), least + 10);
  const Region region(memory::commit((least + 10) * page));
  t.succeeds("as many can be locked", VirtualLock(region, (least + 10) * page));
  t.succeeds("VirtualUnlock", VirtualUnlock(region, (least + 10) * page));
  t.succeeds("back", SetProcessWorkingSetSize(self, least * page, (least + 100) * page));
}

void emptying(ktap::Test& t) {
  const Region region(memory::commit(0x10000));
  for (DWORD i = 0; i < 0x10000; ++i) region[i] = static_cast<char>(i * 3);
  t.succeeds("SetProcessWorkingSetSize(-1, -1)",
             SetProcessWorkingSetSize(GetCurrentProcess(), everything, everything));
  bool same = true;
  for (DWORD i = 0; i < 0x10000; ++i) same = same && region[i] == static_cast<char>(i * 3);
  t.expect("what was there is there", same);
}

constexpr ktap::Case cases[] = {
    {"F9 whole pages, and no count of locks", ranges},
    {"F9 committed pages only", committed_only},
    {"F9 a guard page", guard_page},
    {"F9 a page that goes is no longer locked", losing_the_page},
    {"F9 as many pages as the minimum working set", limit},
    {"C3 SetProcessWorkingSetSize", working_set_size},
    {"C3 emptying the working set", emptying},
};

}  // namespace

extern "C" int main(int, char**) { return ktap::run(cases); }
