// Exceptions that the processor raises: what NT calls them, and their parameters.
#include "guest/conformance/exceptions.hpp"

namespace exceptions {
namespace {

constexpr DWORD illegal = 0xC000001D, invalid_lock = 0xC000001E, privileged = 0xC0000096;
constexpr DWORD violation = 0xC0000005, guard_violation = 0x80000001;
constexpr DWORD no_address = 0xFFFFFFFF;

void read_at(DWORD address) { FAULTLINE_GUARDED("movb (%%ecx), %%al", "c"(address)); }
void write_at(DWORD address) { FAULTLINE_GUARDED("movb %%al, (%%ecx)", "c"(address)); }

DWORD address_of(const void* pointer) { return reinterpret_cast<DWORD>(pointer); }

/// A page with this protection, until the end of the block.
class Page {
 public:
  explicit Page(DWORD protection, DWORD type = MEM_RESERVE | MEM_COMMIT)
      : base_(VirtualAlloc(nullptr, ktap::page_size(), type, protection)) {}
  ~Page() { VirtualFree(base_, 0, MEM_RELEASE); }
  Page(const Page&) = delete;
  Page& operator=(const Page&) = delete;
  DWORD at(DWORD offset) const { return address_of(base_) + offset; }

 private:
  void* base_;
};

void expect_privileged(ktap::Test& t, const char* instruction) {
  t.equal(instruction, seen.code, privileged);
  t.equal("NumberParameters", seen.count, 0);
  t.expect("ExceptionAddress is the instruction's", seen.address == guarded.at);
}

}  // namespace

void access_violations(ktap::Test& t) {
  read_at(0x10);
  expect_exception(t, violation, 2, 0, 0x10);
  t.expect("the context's Eip is the instruction's", seen.context.Eip == address_of(guarded.at));
  t.equal("the context's Ecx", seen.context.Ecx, 0x10);
  write_at(0x24);
  expect_exception(t, violation, 2, 1, 0x24);
  FAULTLINE_GUARDED("std\n\tmovl (%%ecx), %%eax", "c"(0x30));
  asm volatile("cld");
  t.expect("the context has the direction flag", (seen.context.EFlags & 0x400) != 0);
}

void protected_pages(ktap::Test& t) {
  const Page none(PAGE_NOACCESS), read_only(PAGE_READONLY), reserved(PAGE_READWRITE, MEM_RESERVE);
  read_at(none.at(1));
  expect_exception(t, violation, 2, 0, none.at(1));
  write_at(read_only.at(2));
  expect_exception(t, violation, 2, 1, read_only.at(2));
  read_at(read_only.at(3));
  t.equal("exceptions of a read of a read-only page", seen.calls, 0);
  read_at(reserved.at(4));
  expect_exception(t, violation, 2, 0, reserved.at(4));
}

void kernel_half(ktap::Test& t) {
  read_at(0x80001000);
  expect_exception(t, violation, 2, 0, 0x80001000);
  write_at(0x80002000);
  expect_exception(t, violation, 2, 1, 0x80002000);
}

void jumps_nowhere(ktap::Test& t) {
  FAULTLINE_GUARDED("jmp *%%ecx", "c"(0x44));
  t.equal("ExceptionCode", seen.code, violation);
  t.equal("ExceptionAddress", address_of(seen.address), 0x44);
  t.equal("NumberParameters", seen.count, 2);
  t.equal("ExceptionInformation[0]", seen.parameters[0], 0);
  t.equal("ExceptionInformation[1]", seen.parameters[1], 0x44);
}

void guard_page(ktap::Test& t) {
  const Page page(PAGE_READWRITE | PAGE_GUARD);
  read_at(page.at(8));
  expect_exception(t, guard_violation, 2, 0, page.at(8));
  read_at(page.at(8));
  t.equal("exceptions of the second read", seen.calls, 0);
  const Page other(PAGE_READWRITE | PAGE_GUARD);
  write_at(other.at(12));
  expect_exception(t, guard_violation, 2, 1, other.at(12));
}

void divide(ktap::Test& t) {
  FAULTLINE_GUARDED("divl %%ecx", "c"(0), "d"(0), "a"(1));
  expect_exception(t, 0xC0000094, 0);
}

void overflow_and_bound(ktap::Test& t) {
  FAULTLINE_GUARDED("movb $0x7F, %%al\n\taddb $1, %%al\n\tinto", "c"(0));
  t.equal("INTO", seen.code, 0xC0000095);
  t.equal("its parameters", seen.count, 0);
  static const LONG limits[2] = {5, 7};
  FAULTLINE_GUARDED("boundl %%eax, (%%ecx)", "c"(limits), "a"(8));
  expect_exception(t, 0xC000008C, 0);
  FAULTLINE_GUARDED("boundl %%eax, (%%ecx)", "c"(limits), "a"(7));
  t.equal("exceptions within the bounds", seen.calls, 0);
}

void illegal_instruction(ktap::Test& t) {
  FAULTLINE_GUARDED(".byte 0x0F, 0x0B", "c"(0));
  expect_exception(t, illegal, 0);
}

void lock_prefix(ktap::Test& t) {
  FAULTLINE_GUARDED(".byte 0xF0, 0x89, 0xC9", "c"(0));  // LOCK MOV ECX, ECX
  expect_exception(t, invalid_lock, 0);
}

void privileged_instructions(ktap::Test& t) {
  FAULTLINE_GUARDED("hlt", "c"(0));
  expect_privileged(t, "HLT");
  FAULTLINE_GUARDED("cli", "c"(0));
  expect_privileged(t, "CLI");
  FAULTLINE_GUARDED("sti", "c"(0));
  expect_privileged(t, "STI");
  FAULTLINE_GUARDED("inb %%dx, %%al", "d"(0x60));
  expect_privileged(t, "IN");
  FAULTLINE_GUARDED("outb %%al, $0x80", "c"(0));
  expect_privileged(t, "OUT");
  FAULTLINE_GUARDED("movl %%eax, %%cr3", "a"(0));
  expect_privileged(t, "MOV to CR3");
  FAULTLINE_GUARDED("movl %%eax, %%dr7", "a"(0));
  expect_privileged(t, "MOV to DR7");
  FAULTLINE_GUARDED("lgdt (%%ecx)", "c"(&guarded));
  expect_privileged(t, "LGDT");
}

void breakpoints(ktap::Test& t) {
  FAULTLINE_GUARDED("int3", "c"(0x1111), "d"(0x2222));
  expect_exception(t, 0x80000003, 3, 0, 0x1111);
  t.equal("ExceptionInformation[2]", seen.parameters[2], 0x2222);
  t.expect("the context's Eip is the instruction's", seen.context.Eip == address_of(guarded.at));
  Block block;
  seen = {};
  if (__builtin_setjmp(block.resume) == 0) DebugBreak();
  t.equal("DebugBreak", seen.code, 0x80000003);
}

void single_step(ktap::Test& t) {
  // TF is set behind the instruction that follows POPF. [386 §12.3.1.4]
  FAULTLINE_GUARDED("pushfl\n\torl $0x100, (%%esp)\n\tpopfl\n\tnop\n\tnop", "c"(0));
  t.equal("ExceptionCode", seen.code, 0x80000004);
  t.equal("exceptions", seen.calls, 1);
  t.equal("NumberParameters", seen.count, 0);
  t.equal("the trap flag of the context", seen.context.EFlags & 0x100, 0);
  t.expect("the context's Eip is ExceptionAddress", seen.context.Eip == address_of(seen.address));
}

void missing_gate(ktap::Test& t) {
  FAULTLINE_GUARDED("int $0x99", "c"(0));
  expect_exception(t, violation, 2, 0, no_address);
}

void bad_selector(ktap::Test& t) {
  FAULTLINE_GUARDED("movw %%cx, %%gs", "c"(0x1233));
  expect_exception(t, violation, 2, 0, no_address);
}

void floating_point(ktap::Test& t) {
  FAULTLINE_GUARDED("fninit", "c"(0));
  if (seen.calls != 0) return t.skip("there is no coprocessor");
  constexpr WORD all_masked = 0x037F, divisions = 0x037B;
  FAULTLINE_GUARDED("fldcw (%%ecx)\n\tfld1\n\tfldz\n\tfdivrp\n\tfwait\n\tfninit", "c"(&divisions));
  t.equal("ExceptionCode", seen.code, 0xC000008E);
  t.equal("exceptions", seen.calls, 1);
  t.equal("NumberParameters", seen.count, 1);
  t.equal("ExceptionInformation[0]", seen.parameters[0], 0);
  FAULTLINE_GUARDED("fnclex\n\tfninit\n\tfldcw (%%ecx)", "c"(&all_masked));
}

namespace {

__attribute__((noinline)) DWORD descend(DWORD depth) {
  volatile char room[512];
  room[0] = static_cast<char>(depth);
  return depth == 0 ? 0 : descend(depth - 1) + static_cast<DWORD>(room[0]);
}

DWORD WINAPI use_up_the_stack(void*) {
  Block block;
  if (__builtin_setjmp(block.resume) == 0) descend(0x1000000);
  return 17;
}

}  // namespace

void stack_overflow(ktap::Test& t) {
  seen = {};
  DWORD id = 0, code = 0;
  const HANDLE thread = CreateThread(nullptr, 0, use_up_the_stack, nullptr, 0, &id);
  t.succeeds("CreateThread", thread);
  WaitForSingleObject(thread, INFINITE);
  t.succeeds("GetExitCodeThread", GetExitCodeThread(thread, &code));
  t.equal("the thread's exit code", code, 17);
  t.equal("ExceptionCode", seen.code, 0xC00000FD);
  t.equal("NumberParameters", seen.count, 2);
  t.equal("ExceptionInformation[0]", seen.parameters[0], 1);
  t.expect("ExceptionInformation[1] is below the stack pointer by less than a page",
           seen.parameters[1] - seen.context.Esp + ktap::page_size() < 2 * ktap::page_size());
  CloseHandle(thread);
}

}  // namespace exceptions
