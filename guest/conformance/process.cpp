// Memory of other processes: reading, writing, allocating, protecting and asking.
#include "guest/conformance/ktap.hpp"

namespace {

/// This program as a child that has not begun yet, until the end of the scope.
class Child {
 public:
  Child() {
    char line[] = "process.exe child";
    STARTUPINFOA startup = {};
    startup.cb = sizeof startup;
    if (!CreateProcessA(nullptr, line, nullptr, nullptr, FALSE, CREATE_SUSPENDED, nullptr, nullptr,
                        &startup, &process_)) {
      process_ = {};
    }
  }
  ~Child() {
    TerminateProcess(process_.hProcess, 0);
    WaitForSingleObject(process_.hProcess, INFINITE);
    CloseHandle(process_.hThread);
    CloseHandle(process_.hProcess);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  HANDLE handle() const { return process_.hProcess; }
  DWORD id() const { return process_.dwProcessId; }
  HANDLE thread() const { return process_.hThread; }
  char* allocate(DWORD bytes, DWORD type = MEM_RESERVE | MEM_COMMIT, DWORD protect = PAGE_READWRITE,
                 char* at = nullptr) const {
    return static_cast<char*>(VirtualAllocEx(handle(), at, bytes, type, protect));
  }

 private:
  PROCESS_INFORMATION process_;
};

volatile DWORD variable = 11;  // at the same place in the child

/// Returns what it is written to return.
__attribute__((noinline)) DWORD patched() {
  DWORD value = 0x01234567;
  asm volatile("" : "+r"(value));
  return value;
}

constexpr DWORD changed_value = 4711;

int child() { return variable == 11 ? 0 : static_cast<int>(variable); }

void whole_range(ktap::Test& t) {
  const Child other;
  const DWORD page = ktap::page_size();
  char* there = other.allocate(3 * page);
  t.succeeds("VirtualAllocEx", there);
  static char sent[3 * 8192], received[3 * 8192];
  for (DWORD i = 0; i < 3 * page; ++i) sent[i] = static_cast<char>(i * 7 + i / 256);
  SIZE_T count = 0;
  t.succeeds("WriteProcessMemory",
             WriteProcessMemory(other.handle(), there + 5, sent, 2 * page + 1, &count));
  t.equal("bytes written", count, ktap::by_page_size(8193, 16385));
  t.succeeds("ReadProcessMemory",
             ReadProcessMemory(other.handle(), there + 5, received, 2 * page + 1, &count));
  t.equal("bytes read", count, ktap::by_page_size(8193, 16385));
  bool same = true;
  for (DWORD i = 0; i < 2 * page + 1; ++i) same &= sent[i] == received[i];
  t.expect("they are the same", same);
  t.succeeds("without a place for the count",
             ReadProcessMemory(other.handle(), there, received, 1, nullptr));
  t.equal("bytes that nobody wrote are zeros", received[0], 0);
  count = 9;
  t.succeeds("no bytes", ReadProcessMemory(other.handle(), there, received, 0, &count));
  t.equal("none read", count, 0);
}

void partial_reads(ktap::Test& t) {
  const Child other;
  const DWORD page = ktap::page_size();
  char* there = other.allocate(2 * page, MEM_RESERVE);
  other.allocate(page, MEM_COMMIT, PAGE_READWRITE, there);
  char bytes[64] = {};
  SIZE_T count = 77;
  t.fails("the second page is only reserved",
          ReadProcessMemory(other.handle(), there + page - 10, bytes, 20, &count),
          ERROR_PARTIAL_COPY);
  t.equal("up to its beginning", count, 10);
  count = 77;
  t.fails("all of it is reserved",
          ReadProcessMemory(other.handle(), there + page, bytes, 20, &count), ERROR_PARTIAL_COPY);
  t.equal("nothing", count, 0);
  DWORD old;
  VirtualProtectEx(other.handle(), there, page, PAGE_NOACCESS, &old);
  t.fails("no access", ReadProcessMemory(other.handle(), there, bytes, 20, &count),
          ERROR_PARTIAL_COPY);
  t.fails("the first 64 KB",
          ReadProcessMemory(other.handle(), reinterpret_cast<void*>(16), bytes, 20, &count),
          ERROR_PARTIAL_COPY);
  t.fails("the kernel's half",
          ReadProcessMemory(other.handle(), reinterpret_cast<void*>(0x80000000), bytes, 20, &count),
          ERROR_NOACCESS);
  VirtualProtectEx(other.handle(), there, page, PAGE_READONLY, &old);
  t.fails("into no memory of ours",
          ReadProcessMemory(other.handle(), there, reinterpret_cast<void*>(16), 20, &count),
          ERROR_NOACCESS);
}

void writes(ktap::Test& t) {
  const Child other;
  const DWORD page = ktap::page_size();
  char* there = other.allocate(2 * page, MEM_RESERVE);
  other.allocate(page, MEM_COMMIT, PAGE_READWRITE, there);
  const char bytes[] = "0123456789";
  char back[16] = {};
  SIZE_T count = 77;
  t.fails("to reserved pages", WriteProcessMemory(other.handle(), there + page, bytes, 4, &count),
          ERROR_INVALID_ADDRESS);
  t.fails("to free pages",
          WriteProcessMemory(other.handle(), reinterpret_cast<void*>(0x00010000 - 16), bytes, 4,
                             &count),
          ERROR_INVALID_ADDRESS);
  DWORD old;
  VirtualProtectEx(other.handle(), there, page, PAGE_EXECUTE, &old);
  t.succeeds("to PAGE_EXECUTE", WriteProcessMemory(other.handle(), there, bytes, 4, &count));
  t.succeeds("VirtualProtectEx",
             VirtualProtectEx(other.handle(), there, page, PAGE_EXECUTE_READ, &old));
  t.equal("its protection is as it was", old, PAGE_EXECUTE);
  t.succeeds("to PAGE_EXECUTE_READ",
             WriteProcessMemory(other.handle(), there + 4, bytes, 4, &count));
  ReadProcessMemory(other.handle(), there, back, 8, &count);
  back[8] = '\0';
  t.equal("both were written", back, "01230123");
  VirtualProtectEx(other.handle(), there, page, PAGE_READONLY, &old);
  t.equal("that was as well", old, PAGE_EXECUTE_READ);
  // NT returns a status here where a BOOL is expected, and programs depend on it.
  const BOOL read_only = WriteProcessMemory(other.handle(), there, "x", 1, &count);
  const DWORD error = GetLastError();
  t.equal("to PAGE_READONLY", read_only, 0xC0000005);
  t.equal("its GetLastError", error, ERROR_NOACCESS);
  ReadProcessMemory(other.handle(), there, back, 1, &count);
  t.equal("nothing was written", back[0], '0');
  VirtualProtectEx(other.handle(), there, page, PAGE_NOACCESS, &old);
  t.equal("to PAGE_NOACCESS", WriteProcessMemory(other.handle(), there, "x", 1, &count),
          0xC0000005);
}

/// What debuggers do: the code that both processes share becomes the other one's own.
void shared_code(ktap::Test& t) {
  const Child other;
  auto* code = reinterpret_cast<char*>(&patched);
  char before[16], after[16];
  SIZE_T count;
  t.succeeds("ReadProcessMemory", ReadProcessMemory(other.handle(), code, before, 16, &count));
  bool same = true;
  for (unsigned i = 0; i < 16; ++i) same &= before[i] == code[i];
  t.expect("the code is the same", same);
  MEMORY_BASIC_INFORMATION information;
  VirtualQueryEx(other.handle(), code, &information, sizeof information);
  t.equal("its protection", information.Protect, PAGE_EXECUTE_READ);
  t.succeeds("a breakpoint is written",
             WriteProcessMemory(other.handle(), code, "\xCC", 1, &count));
  ReadProcessMemory(other.handle(), code, after, 16, &count);
  t.equal("it is there", static_cast<unsigned char>(after[0]), 0xCC);
  t.equal("our code is as it was", patched(), 0x01234567);
  VirtualQueryEx(other.handle(), code, &information, sizeof information);
  t.equal("its protection then", information.Protect, PAGE_EXECUTE_READ);
}

void shared_data(ktap::Test& t) {
  const Child other;
  const DWORD value = changed_value;
  SIZE_T count;
  t.succeeds("WriteProcessMemory", WriteProcessMemory(other.handle(), const_cast<DWORD*>(&variable),
                                                      &value, sizeof value, &count));
  t.equal("ours is as it was", variable, 11);
  ResumeThread(other.thread());
  t.equal("the child runs", WaitForSingleObject(other.handle(), 5000), WAIT_OBJECT_0);
  DWORD code = 0;
  GetExitCodeProcess(other.handle(), &code);
  t.equal("and sees it", code, changed_value);
}

void virtual_ex(ktap::Test& t) {
  const Child other;
  const DWORD page = ktap::page_size();
  char* there = other.allocate(2 * page);
  MEMORY_BASIC_INFORMATION information;
  t.equal("VirtualQueryEx",
          VirtualQueryEx(other.handle(), there + page, &information, sizeof information), 28);
  t.expect("AllocationBase", information.AllocationBase == there);
  t.equal("RegionSize", information.RegionSize, page);
  t.equal("Protect", information.Protect, PAGE_READWRITE);
  DWORD old = 0;
  t.succeeds("VirtualProtectEx", VirtualProtectEx(other.handle(), there, 1, PAGE_READONLY, &old));
  t.equal("the old protection", old, PAGE_READWRITE);
  t.succeeds("decommit", VirtualFreeEx(other.handle(), there, page, MEM_DECOMMIT));
  VirtualQueryEx(other.handle(), there, &information, sizeof information);
  t.equal("State", information.State, MEM_RESERVE);
  t.succeeds("release", VirtualFreeEx(other.handle(), there, 0, MEM_RELEASE));
  VirtualQueryEx(other.handle(), there, &information, sizeof information);
  t.equal("State then", information.State, MEM_FREE);
}

void rights(ktap::Test& t) {
  const Child other;
  char* there = other.allocate(16);
  char bytes[16];
  SIZE_T count = 77;
  const auto open = [&](DWORD access) { return OpenProcess(access, FALSE, other.id()); };
  const HANDLE read = open(PROCESS_VM_READ), write = open(PROCESS_VM_WRITE | PROCESS_VM_OPERATION),
               query = open(PROCESS_QUERY_INFORMATION), operation = open(PROCESS_VM_OPERATION);
  t.succeeds("PROCESS_VM_READ reads", ReadProcessMemory(read, there, bytes, 16, &count));
  count = 77;
  t.fails("PROCESS_VM_WRITE doesn't", ReadProcessMemory(write, there, bytes, 16, &count),
          ERROR_ACCESS_DENIED);
  t.equal("and reads nothing", count, 0);
  t.succeeds("with PROCESS_VM_OPERATION it writes",
             WriteProcessMemory(write, there, bytes, 16, &count));
  t.fails("PROCESS_VM_READ doesn't write", WriteProcessMemory(read, there, bytes, 16, &count),
          ERROR_ACCESS_DENIED);
  t.fails("PROCESS_VM_OPERATION alone doesn't",
          WriteProcessMemory(operation, there, bytes, 16, &count), ERROR_ACCESS_DENIED);
  MEMORY_BASIC_INFORMATION information;
  t.equal("PROCESS_QUERY_INFORMATION asks",
          VirtualQueryEx(query, there, &information, sizeof information), 28);
  t.fails("PROCESS_VM_READ doesn't ask",
          VirtualQueryEx(read, there, &information, sizeof information), ERROR_ACCESS_DENIED);
  t.fails("nor does it allocate", VirtualAllocEx(read, nullptr, 16, MEM_COMMIT, PAGE_READWRITE),
          ERROR_ACCESS_DENIED);
  DWORD old;
  t.fails("nor protect", VirtualProtectEx(query, there, 16, PAGE_READONLY, &old),
          ERROR_ACCESS_DENIED);
  t.fails("nor free", VirtualFreeEx(query, there, 0, MEM_RELEASE), ERROR_ACCESS_DENIED);
  t.succeeds("PROCESS_VM_OPERATION does", VirtualFreeEx(operation, there, 0, MEM_RELEASE));
  const HANDLE all[] = {read, write, query, operation};
  for (const HANDLE handle : all) CloseHandle(handle);
}

/// The DLL that allocates it is in both processes.
void belongs_to_one(ktap::Test& t) {
  const Child other;
  auto* mine =
      static_cast<char*>(VirtualAlloc(nullptr, 0x10000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE));
  char* there = other.allocate(0x10000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE, mine);
  t.succeeds("the same address is free in the other process", there);
  t.expect("and given", there == mine);
  *mine = 1;
  char seen = 7;
  t.succeeds("ReadProcessMemory", ReadProcessMemory(other.handle(), there, &seen, 1, nullptr));
  t.equal("it is other memory", seen, 0);
  t.succeeds("VirtualFreeEx there", VirtualFreeEx(other.handle(), there, 0, MEM_RELEASE));
  t.equal("takes nothing here", *mine, 1);
  t.succeeds("VirtualFree here", VirtualFree(mine, 0, MEM_RELEASE));
}

constexpr ktap::Case cases[] = {
    {"H1 the whole range", whole_range},
    {"H1 ReadProcessMemory stops where it must", partial_reads},
    {"H1 WriteProcessMemory and protections", writes},
    {"H1 code that is shared", shared_code},
    {"H1 data of the same program", shared_data},
    {"H2 the Ex functions", virtual_ex},
    {"H3 what a handle allows", rights},
    {"H4 memory belongs to one process", belongs_to_one},
};

}  // namespace

extern "C" int main(int argc, char**) { return argc == 2 ? child() : ktap::run(cases); }
