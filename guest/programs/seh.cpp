// Structured exception handling: a handler that commits the page an access violation asks for and
// lets the instruction run again, one that continues after RaiseException, one that edits the
// context, and one that unwinds the frames above it and goes on behind the guarded code.
#include <windows.h>

#include "guest/crt/print.hpp"
#include "guest/programs/seh_frame.hpp"

namespace {

constexpr DWORD region_size = 0x10000;
constexpr DWORD our_exception = 0xE0465458;

unsigned char* region;
volatile unsigned committed, raised, inner_calls;

/// Commits the page that was touched, as a program does that uses memory sparsely.
EXCEPTION_DISPOSITION __cdecl commit_on_demand(EXCEPTION_RECORD* record, void*, CONTEXT*, void*) {
  if (record->ExceptionCode != static_cast<DWORD>(STATUS_ACCESS_VIOLATION) ||
      record->NumberParameters < 2) {
    return ExceptionContinueSearch;
  }
  auto* address = reinterpret_cast<unsigned char*>(record->ExceptionInformation[1]);
  if (address < region || address >= region + region_size) return ExceptionContinueSearch;
  if (VirtualAlloc(address, 1, MEM_COMMIT, PAGE_READWRITE) == nullptr) {
    return ExceptionContinueSearch;
  }
  committed = committed + 1;
  return ExceptionContinueExecution;
}

EXCEPTION_DISPOSITION __cdecl accept_ours(EXCEPTION_RECORD* record, void*, CONTEXT*, void*) {
  if (record->ExceptionCode != our_exception || record->NumberParameters != 2) {
    return ExceptionContinueSearch;
  }
  raised = record->ExceptionInformation[0] + record->ExceptionInformation[1];
  return ExceptionContinueExecution;
}

EXCEPTION_DISPOSITION __cdecl look_away(EXCEPTION_RECORD*, void*, CONTEXT*, void*) {
  inner_calls = inner_calls + 1;
  return ExceptionContinueSearch;
}

/// Steps over `movl (%ecx), %eax`, two bytes long, leaving a value of its own in EAX.
EXCEPTION_DISPOSITION __cdecl skip_read(EXCEPTION_RECORD*, void*, CONTEXT* context, void*) {
  context->Eip += 2;
  context->Eax = 42;
  return ExceptionContinueExecution;
}

int read_with_context_edit(const void* address) {
  crt::SehFrame frame(skip_read);
  int value;
  asm volatile(".byte 0x8B, 0x01" : "=a"(value) : "c"(address) : "memory");
  return value;
}

/// A guarded block: where to go on after the exception.
struct GuardedBlock {
  crt::SehFrame frame;
  void* resume[5];
  DWORD code;
};

volatile unsigned unwound;

/// Counts how often its frame is taken off the chain by an unwind.
EXCEPTION_DISPOSITION __cdecl count_unwinds(EXCEPTION_RECORD* record, void*, CONTEXT*, void*) {
  if ((record->ExceptionFlags & EXCEPTION_UNWINDING) != 0) unwound = unwound + 1;
  return ExceptionContinueSearch;
}

/// What __except does: unwinds to its own frame, then leaves for the code behind the block.
EXCEPTION_DISPOSITION __cdecl leave_block(EXCEPTION_RECORD* record, void* frame, CONTEXT*, void*) {
  if ((record->ExceptionFlags & EXCEPTION_UNWINDING) != 0) return ExceptionContinueSearch;
  auto* block = static_cast<GuardedBlock*>(frame);
  block->code = record->ExceptionCode;
  RtlUnwind(frame, nullptr, record, nullptr);
  __builtin_longjmp(block->resume, 1);
}

__attribute__((noinline)) void fault_inside_two_frames() {
  crt::SehFrame first(count_unwinds);
  crt::SehFrame second(count_unwinds);
  *static_cast<volatile int*>(nullptr) = 1;
}

/// The frame registered here is the chain's first again when the block is left.
DWORD code_of_fault() {
  GuardedBlock block = {crt::SehFrame(leave_block), {}, 0};
  if (__builtin_setjmp(block.resume) == 0) fault_inside_two_frames();
  return *const_cast<volatile DWORD*>(&block.code);
}

bool check(const char* what, bool good) {
  crt::print(good ? "ok " : "not ok ", what, "\n");
  return good;
}

bool lazy_commit(DWORD page) {
  region =
      static_cast<unsigned char*>(VirtualAlloc(nullptr, region_size, MEM_RESERVE, PAGE_READWRITE));
  if (region == nullptr) return false;
  crt::SehFrame outer(commit_on_demand);
  crt::SehFrame inner(look_away);
  volatile unsigned char* bytes = region;
  for (DWORD at = 0; at < region_size; at += 2 * page) bytes[at] = static_cast<unsigned char>(at);
  const unsigned expected = region_size / (2 * page);
  return committed == expected && inner_calls == expected && bytes[page * 2] == 0;
}

bool raise_and_continue() {
  crt::SehFrame frame(accept_ours);
  const ULONG_PTR arguments[] = {40, 2};
  RaiseException(our_exception, 0, 2, arguments);
  return raised == 42;
}

volatile unsigned breakpoints;

EXCEPTION_DISPOSITION __cdecl count_breakpoints(EXCEPTION_RECORD* record, void*, CONTEXT*, void*) {
  if (record->ExceptionCode != static_cast<DWORD>(STATUS_SINGLE_STEP)) {
    return ExceptionContinueSearch;
  }
  breakpoints = breakpoints + 1;
  return ExceptionContinueExecution;
}

/// A breakpoint on a variable's stores: the program's own is met, the kernel's is not.
bool kernel_meets_no_breakpoint() {
  crt::SehFrame frame(count_breakpoints);
  alignas(8) static LARGE_INTEGER counter;
  CONTEXT context = {};
  context.ContextFlags = CONTEXT_DEBUG_REGISTERS;
  context.Dr0 = reinterpret_cast<DWORD>(&counter);
  context.Dr7 = 0xD0001;  // four bytes, on stores
  if (!SetThreadContext(GetCurrentThread(), &context)) return false;
  QueryPerformanceCounter(&counter);
  const bool quiet = breakpoints == 0 && counter.LowPart != 0;
  const_cast<volatile LARGE_INTEGER&>(counter).LowPart = 0;
  const bool told = breakpoints == 1;
  context.Dr7 = 0;
  return SetThreadContext(GetCurrentThread(), &context) && quiet && told;
}

}  // namespace

extern "C" int main(int, char**) {
  SYSTEM_INFO system;
  GetSystemInfo(&system);
  bool good = check("a handler commits pages on demand", lazy_commit(system.dwPageSize));
  good &= check("a raised exception is continued", raise_and_continue());
  good &= check("a handler edits the context", read_with_context_edit(nullptr) == 42);
  const bool left = code_of_fault() == static_cast<DWORD>(STATUS_ACCESS_VIOLATION);
  good &= check("a handler leaves the guarded block", left);
  good &= check("the frames above it are unwound", unwound == 2);
  good &= check("the system's own stores meet no breakpoint", kernel_meets_no_breakpoint());
  return good ? 0 : 1;
}
