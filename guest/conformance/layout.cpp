// The address space: its two halves, the no-man's-lands, the page that the kernel shares; clocks.
#include "guest/conformance/memory.hpp"
#include "guest/programs/claims.hpp"

using memory::address, memory::pointer;

namespace {

bool violates(DWORD at) {
  const crt::Caught read = crt::read_byte(pointer(at)), write = crt::write_byte(pointer(at));
  return read.violation() && read.address == at && write.violation() && write.address == at;
}

void lower_land(ktap::Test& t) {
  t.expect("touching 0", violates(0));
  t.expect("touching FFFF", violates(0xFFFF));
  const MEMORY_BASIC_INFORMATION information = memory::query(nullptr);
  t.equal("it is free", information.State, MEM_FREE);
  t.expect("64 KB at least", information.RegionSize >= 0x10000);
}

void upper_land(ktap::Test& t) {
  t.expect("touching 7FFF0000", violates(0x7FFF0000));
  t.expect("touching 7FFFFFFF", violates(0x7FFFFFFF));
  MEMORY_BASIC_INFORMATION information;
  t.fails("VirtualQuery there", VirtualQuery(pointer(0x7FFF0000), &information, sizeof information),
          ERROR_INVALID_PARAMETER);
}

void kernel_half(ktap::Test& t) {
  t.expect("touching 80000000", violates(0x80000000));
  t.expect("touching C0000000", violates(0xC0000000));
  t.expect("touching FFFFFFFF", violates(0xFFFFFFFF));
}

void shared_page(ktap::Test& t) {
  char* shared = static_cast<char*>(pointer(0x7FFE0000));
  t.expect("it can be read", crt::read_byte(shared).none());
  t.expect("not written", crt::write_byte(shared).violation());
  const MEMORY_BASIC_INFORMATION information = memory::query(shared);
  t.equal("State", information.State, MEM_COMMIT);
  t.equal("Protect", information.Protect, PAGE_READONLY);
  t.equal("one page", information.RegionSize, ktap::page_size());
  const MEMORY_BASIC_INFORMATION behind = memory::query(shared + ktap::page_size());
  t.equal("what is behind it is reserved", behind.State, MEM_RESERVE);
  t.equal("up to 7FFF0000", behind.RegionSize, 0x10000 - ktap::page_size());
}

void everything_below(ktap::Test& t) {
  const auto below = [](const void* at) {
    return address(at) >= 0x10000 && address(at) < 0x7FFE0000;
  };
  int on_stack = 0;
  t.expect("the program", below(GetModuleHandleA(nullptr)));
  t.expect("ntdll.dll", below(GetModuleHandleA("ntdll.dll")));
  t.expect("kernel32.dll", below(GetModuleHandleA("kernel32.dll")));
  t.expect("the heap", below(GetProcessHeap()));
  t.expect("the stack", below(&on_stack));
  t.equal("DLLs are images", memory::query(GetModuleHandleA("kernel32.dll")).Type, MEM_IMAGE);
}

void whole_space(ktap::Test& t) {
  DWORD at = 0;
  bool contiguous = true;
  while (at < 0x7FFF0000 && contiguous) {
    const MEMORY_BASIC_INFORMATION information = memory::query(pointer(at));
    contiguous = address(information.BaseAddress) == at && information.RegionSize != 0;
    at += information.RegionSize;
  }
  t.expect("each region begins where the one before ends", contiguous);
  t.equal("the last ends at", at, 0x7FFF0000);
}

void clocks(ktap::Test& t) {
  const auto* shared = static_cast<const volatile DWORD*>(pointer(0x7FFE0000));
  const auto shared_milliseconds = [&] {
    return static_cast<DWORD>(static_cast<unsigned long long>(shared[0]) * shared[1] >> 24);
  };
  const DWORD before = GetTickCount();
  const DWORD between = shared_milliseconds();
  const DWORD after = GetTickCount();
  t.expect("GetTickCount is the shared page's", before <= between && between <= after);
  Sleep(30);
  t.expect("it goes on", GetTickCount() != before);
  LARGE_INTEGER frequency = {}, first, second;
  t.succeeds("QueryPerformanceFrequency", QueryPerformanceFrequency(&frequency));
  t.expect("is that of a timer", frequency.QuadPart >= 1000000);
  t.succeeds("QueryPerformanceCounter", QueryPerformanceCounter(&first));
  QueryPerformanceCounter(&second);
  t.expect("goes on", second.QuadPart > first.QuadPart);
}

constexpr ktap::Case cases[] = {
    {"E1 64 KB of no-man's-land at the bottom", lower_land},
    {"E1 64 KB below 2 GB", upper_land},
    {"E2 the kernel's half can't be touched", kernel_half},
    {"the page that the kernel shares", shared_page},
    {"E5 programs, DLLs, heaps and stacks lie in the lower half", everything_below},
    {"E4 VirtualQuery goes through all of 2 GB", whole_space},
    {"clocks", clocks},
};

}  // namespace

extern "C" int main(int, char**) { return ktap::run(cases); }
