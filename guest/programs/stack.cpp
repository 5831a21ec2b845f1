// Guard pages: one of the program's own faults once; the one below a stack moves down with it, to
// the limit, in threads and in the main thread.
#include <windows.h>

#include "guest/programs/claims.hpp"

namespace {

DWORD page_size;

/// The running thread's TEB: stack base, limit, and the reservation's start.
DWORD teb(unsigned offset) {
  DWORD value;
  asm volatile("movl %%fs:(%1), %0" : "=r"(value) : "r"(offset));
  return value;
}
DWORD stack_base() { return teb(4); }
DWORD stack_limit() { return teb(8); }

MEMORY_BASIC_INFORMATION query(DWORD address) {
  MEMORY_BASIC_INFORMATION info = {};
  VirtualQuery(reinterpret_cast<void*>(address), &info, sizeof info);
  return info;
}

struct Descent {
  DWORD limit_before = 0, limit_after = 0, allocation = 0, code = 0;
  unsigned pages = 0;
  bool guarded = true;  // the page below the limit was the guard, each time
};

/// Goes down the stack a page at a time, without calling anybody, until an exception says stop.
Descent descend() {
  Descent result;
  result.limit_before = stack_limit();
  result.allocation = reinterpret_cast<DWORD>(query(stack_limit()).AllocationBase);
  for (DWORD at = stack_limit() - page_size; at >= result.allocation; at -= page_size) {
    const MEMORY_BASIC_INFORMATION below = query(stack_limit() - page_size);
    if ((below.Protect & PAGE_GUARD) == 0 || below.State != MEM_COMMIT) result.guarded = false;
    result.code = crt::write_byte(reinterpret_cast<void*>(at)).code;
    if (result.code != 0) break;
    ++result.pages;
    if (stack_limit() != at) result.guarded = false;
  }
  result.limit_after = stack_limit();
  return result;
}

Descent of_thread;

DWORD WINAPI descending_thread(void*) {
  of_thread = descend();
  return 0;
}

void claim_descent(crt::Claims& claim, const Descent& descent) {
  claim("B16", "the stack ends with STATUS_STACK_OVERFLOW",
        descent.code == static_cast<DWORD>(STATUS_STACK_OVERFLOW));
  claim("B16", "each touch below the limit makes a new guard and moves TEB.StackLimit",
        descent.guarded);
  claim("B16", "the stack grows to the end of its reservation",
        descent.limit_after - descent.allocation <= 2 * page_size &&
            descent.limit_after > descent.allocation);
  claim("B16", "there was something to grow", descent.pages > 2);
}

void own_guard_page(crt::Claims& claim) {
  auto* page = static_cast<unsigned char*>(
      VirtualAlloc(nullptr, 2 * page_size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE | PAGE_GUARD));
  claim("D4", "a guard page can be committed", page != nullptr);
  claim("D4", "the first access is STATUS_GUARD_PAGE_VIOLATION", crt::read_byte(page).guard());
  claim("D4", "the second one is not", crt::read_byte(page).none());
  claim("D4", "VirtualQuery no longer says PAGE_GUARD",
        query(reinterpret_cast<DWORD>(page)).Protect == PAGE_READWRITE);
  claim("D4", "the next page is a guard still", crt::write_byte(page + page_size).guard());
  claim("D4", "and then it can be written", crt::write_byte(page + page_size).none());
  // A service that meets a guard page doesn't pass it.
  DWORD old = 0;
  claim("D4", "VirtualProtect makes a guard",
        VirtualProtect(page, 1, PAGE_READWRITE | PAGE_GUARD, &old) != 0);
  claim("D4", "which faults once again",
        crt::write_byte(page).guard() && crt::write_byte(page).none());
  VirtualFree(page, 0, MEM_RELEASE);
}

}  // namespace

extern "C" int main(int, char**) {
  SYSTEM_INFO system;
  GetSystemInfo(&system);
  page_size = system.dwPageSize;
  crt::Claims claim("stack");
  own_guard_page(claim);
  const HANDLE thread = CreateThread(nullptr, 0, descending_thread, nullptr, 0, nullptr);
  claim("B16", "a thread starts", thread != nullptr);
  WaitForSingleObject(thread, INFINITE);
  CloseHandle(thread);
  claim_descent(claim, of_thread);
  claim("B16", "the stack's base lies above the limit", stack_base() > stack_limit());
  claim_descent(claim, descend());
  return claim.finish();
}
