// Page protections: what each allows, guard pages, and VirtualProtect.
#include "guest/conformance/memory.hpp"
#include "guest/programs/claims.hpp"

using memory::address, memory::Region;

namespace {

struct Allowed {
  DWORD protection;
  const char* reading;
  const char* writing;
  bool read, write;
};

constexpr Allowed allowed[] = {
    {PAGE_NOACCESS, "PAGE_NOACCESS: reading", "PAGE_NOACCESS: writing", false, false},
    {PAGE_READONLY, "PAGE_READONLY: reading", "PAGE_READONLY: writing", true, false},
    {PAGE_READWRITE, "PAGE_READWRITE: reading", "PAGE_READWRITE: writing", true, true},
    {PAGE_EXECUTE, "PAGE_EXECUTE: reading", "PAGE_EXECUTE: writing", true, false},
    {PAGE_EXECUTE_READ, "PAGE_EXECUTE_READ: reading", "PAGE_EXECUTE_READ: writing", true, false},
    {PAGE_EXECUTE_READWRITE, "PAGE_EXECUTE_READWRITE: reading", "PAGE_EXECUTE_READWRITE: writing",
     true, true},
};

void what_each_allows(ktap::Test& t) {
  for (const Allowed& row : allowed) {
    const Region region(memory::commit(1, row.protection));
    t.equal(row.reading, crt::read_byte(region).none(), row.read);
    t.equal(row.writing, crt::write_byte(region).none(), row.write);
  }
}

void by_virtual_protect(ktap::Test& t) {
  const Region region(memory::commit(1));
  region[0] = 42;
  bool right = true, kept = true;
  for (const Allowed& row : allowed) {
    DWORD old;
    VirtualProtect(region, 1, row.protection, &old);
    right = right && memory::query(region).Protect == row.protection;
    right = right && crt::read_byte(region).none() == row.read;
    right = right && crt::write_byte(region + 1).none() == row.write;
    VirtualProtect(region, 1, PAGE_READWRITE, &old);
    right = right && old == row.protection;
    kept = kept && region[0] == 42;
  }
  t.expect("each protection", right);
  t.expect("the page keeps what is in it", kept);
}

void violations(ktap::Test& t) {
  const Region region(memory::commit(1, PAGE_READONLY));
  crt::Caught caught = crt::write_byte(region + 5);
  t.equal("writing to PAGE_READONLY", caught.code, STATUS_ACCESS_VIOLATION);
  t.equal("was a write", caught.stored, 1);
  t.equal("where", caught.address, address(region + 5));
  DWORD old;
  VirtualProtect(region, 1, PAGE_NOACCESS, &old);
  caught = crt::read_byte(region + 7);
  t.equal("reading PAGE_NOACCESS", caught.code, STATUS_ACCESS_VIOLATION);
  t.equal("was no write", caught.stored, 0);
  t.equal("there", caught.address, address(region + 7));
}

void reserved_and_free(ktap::Test& t) {
  char* region = memory::reserve(0x10000);
  t.equal("reading a reserved page", crt::read_byte(region).code, STATUS_ACCESS_VIOLATION);
  t.equal("writing one", crt::write_byte(region).code, STATUS_ACCESS_VIOLATION);
  memory::release(region);
  t.equal("reading a free page", crt::read_byte(region).code, STATUS_ACCESS_VIOLATION);
  t.equal("writing there", crt::write_byte(region).code, STATUS_ACCESS_VIOLATION);
}

void page_boundaries(ktap::Test& t) {
  const DWORD page = ktap::page_size();
  const Region region(memory::commit(2 * page));
  VirtualFree(region + page, page, MEM_DECOMMIT);
  t.expect("the last byte of a page", crt::read_byte(region + page - 1).none());
  const crt::Caught caught = crt::read_dword(region + page - 2);
  t.equal("four bytes of which two are good", caught.code, STATUS_ACCESS_VIOLATION);
  t.equal("fault at the boundary", caught.address, address(region + page));
}

void guard(ktap::Test& t) {
  const Region region(memory::commit(1, PAGE_READWRITE | PAGE_GUARD));
  t.equal("VirtualQuery", memory::query(region).Protect, PAGE_READWRITE | PAGE_GUARD);
  const crt::Caught caught = crt::write_byte(region + 3);
  t.equal("the first access", caught.code, STATUS_GUARD_PAGE_VIOLATION);
  t.equal("its address", caught.address, address(region + 3));
  t.expect("the second is none", crt::write_byte(region + 3).none());
  t.equal("the guard is gone", memory::query(region).Protect, PAGE_READWRITE);
  DWORD old;
  VirtualProtect(region, 1, PAGE_READONLY | PAGE_GUARD, &old);
  t.equal("reading an armed page", crt::read_byte(region).code, STATUS_GUARD_PAGE_VIOLATION);
  t.equal("then it is read-only", crt::write_byte(region).code, STATUS_ACCESS_VIOLATION);
}

void combinations(ktap::Test& t) {
  const auto refused = [](DWORD protection) {
    return VirtualAlloc(nullptr, 1, MEM_RESERVE | MEM_COMMIT, protection);
  };
  t.fails("PAGE_GUARD with PAGE_NOACCESS", refused(PAGE_NOACCESS | PAGE_GUARD),
          ERROR_INVALID_PARAMETER);
  t.fails("PAGE_NOCACHE with PAGE_NOACCESS", refused(PAGE_NOACCESS | PAGE_NOCACHE),
          ERROR_INVALID_PARAMETER);
  t.fails("PAGE_GUARD with PAGE_NOCACHE", refused(PAGE_READWRITE | PAGE_GUARD | PAGE_NOCACHE),
          ERROR_INVALID_PARAMETER);
  t.fails("PAGE_GUARD alone", refused(PAGE_GUARD), ERROR_INVALID_PARAMETER);
}

void no_cache(ktap::Test& t) {
  const Region region(memory::commit(1, PAGE_READWRITE | PAGE_NOCACHE));
  t.equal("VirtualQuery", memory::query(region).Protect, PAGE_READWRITE | PAGE_NOCACHE);
  region[0] = 42;
  t.equal("it is memory", region[0], 42);
}

void write_copy(ktap::Test& t) {
  const Region region(memory::commit(1));
  DWORD old;
  t.fails("VirtualProtect", VirtualProtect(region, 1, PAGE_WRITECOPY, &old),
          ERROR_INVALID_PARAMETER);
  t.fails("to execute", VirtualProtect(region, 1, PAGE_EXECUTE_WRITECOPY, &old),
          ERROR_INVALID_PARAMETER);
  t.equal("it stays", memory::query(region).Protect, PAGE_READWRITE);
}

void protect_ranges(ktap::Test& t) {
  const DWORD page = ktap::page_size();
  const Region region(memory::commit(4 * page));
  DWORD old = 0;
  t.succeeds("two bytes over a boundary",
             VirtualProtect(region + 2 * page - 1, 2, PAGE_READONLY, &old));
  t.equal("the old protection", old, PAGE_READWRITE);
  t.equal("two pages", memory::query(region + page).RegionSize, 2 * page);
  t.succeeds("all of it", VirtualProtect(region, 4 * page, PAGE_NOACCESS, &old));
  t.equal("the old one is the first page's", old, PAGE_READWRITE);
  t.equal("AllocationProtect stays", memory::query(region).AllocationProtect, PAGE_READWRITE);
}

void protect_errors(ktap::Test& t) {
  const DWORD page = ktap::page_size();
  const Region region(memory::commit(4 * page));
  VirtualFree(region + 2 * page, page, MEM_DECOMMIT);
  DWORD old;
  t.fails("a reserved page among them", VirtualProtect(region, 4 * page, PAGE_READONLY, &old),
          ERROR_INVALID_ADDRESS);
  t.equal("changes none", memory::query(region).Protect, PAGE_READWRITE);
  t.fails("past the region's end", VirtualProtect(region, 0x20000, PAGE_READONLY, &old),
          ERROR_INVALID_ADDRESS);
  t.fails("no protection", VirtualProtect(region, page, 0, &old), ERROR_INVALID_PARAMETER);
  t.fails("two", VirtualProtect(region, page, PAGE_READONLY | PAGE_READWRITE, &old),
          ERROR_INVALID_PARAMETER);
  t.fails("no place for the old one", VirtualProtect(region, page, PAGE_READONLY, nullptr),
          ERROR_NOACCESS);
  char* hole = memory::reserve(0x10000);
  memory::release(hole);
  t.fails("free memory", VirtualProtect(hole, page, PAGE_READONLY, &old), ERROR_INVALID_ADDRESS);
  t.fails("the kernel's half",
          VirtualProtect(memory::pointer(0x80000000), page, PAGE_READONLY, &old),
          ERROR_INVALID_PARAMETER);
}

void code(ktap::Test& t) {
  const Region region(memory::commit(1, PAGE_EXECUTE_READWRITE));
  constexpr unsigned char instructions[] = {0xB8, 42, 0, 0, 0, 0xC3};  // mov eax, 42; ret
  for (unsigned i = 0; i < sizeof instructions; ++i) {
    region[i] = static_cast<char>(instructions[i]);
  }
  FlushInstructionCache(GetCurrentProcess(), region, sizeof instructions);
  DWORD old;
  VirtualProtect(region, 1, PAGE_EXECUTE, &old);
  int result = 0;
  asm volatile("call *%1"
               : "=a"(result)
               : "r"(static_cast<char*>(region))
               : "ecx", "edx", "memory");
  t.equal("what was written there runs", result, 42);
}

constexpr ktap::Case cases[] = {
    {"D10 what each protection allows from the start", what_each_allows},
    {"D10 and after VirtualProtect", by_virtual_protect},
    {"D9 access violations and their parameters", violations},
    {"D8 reserved and free pages", reserved_and_free},
    {"D9 only the boundaries of pages are checked", page_boundaries},
    {"D4 PAGE_GUARD warns once", guard},
    {"D4 protections that don't go together", combinations},
    {"D5 PAGE_NOCACHE", no_cache},
    {"D6 PAGE_WRITECOPY is not for private memory", write_copy},
    {"D7 PAGE_EXECUTE", code},
    {"F8 VirtualProtect of ranges", protect_ranges},
    {"F8 VirtualProtect's refusals", protect_errors},
};

}  // namespace

extern "C" int main(int, char**) { return ktap::run(cases); }
