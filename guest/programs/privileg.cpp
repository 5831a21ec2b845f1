// What ring 3 may not do: each privileged instruction is STATUS_PRIVILEGED_INSTRUCTION, and neither
// POPF nor IRET nor a continued context gives it IOPL.
#include <windows.h>

#include "guest/programs/claims.hpp"

namespace {

constexpr DWORD privileged = 0xC0000096, iopl = 3 << 12;

struct Case {
  const char* name;
  unsigned char code[6];
  unsigned length;
};
constexpr Case cases[] = {
    {"CLI", {0xFA}, 1},
    {"STI", {0xFB}, 1},
    {"HLT", {0xF4}, 1},
    {"IN AL, 60h", {0xE4, 0x60}, 2},
    {"IN AL, DX", {0xEC}, 1},
    {"IN EAX, DX", {0xED}, 1},
    {"OUT 80h, AL", {0xE6, 0x80}, 2},
    {"OUT DX, AL", {0xEE}, 1},
    {"INSB", {0x6C}, 1},
    {"OUTSB", {0x6E}, 1},
    {"REP OUTSB", {0xF3, 0x6E}, 2},
    {"LGDT (ECX)", {0x0F, 0x01, 0x11}, 3},
    {"LIDT (ECX)", {0x0F, 0x01, 0x19}, 3},
    {"LLDT AX", {0x0F, 0x00, 0xD0}, 3},
    {"LTR AX", {0x0F, 0x00, 0xD8}, 3},
    {"LMSW AX", {0x0F, 0x01, 0xF0}, 3},
    {"CLTS", {0x0F, 0x06}, 2},
    {"MOV EAX, CR0", {0x0F, 0x20, 0xC0}, 3},
    {"MOV CR0, EAX", {0x0F, 0x22, 0xC0}, 3},
    {"MOV CR3, EAX", {0x0F, 0x22, 0xD8}, 3},
    {"MOV EAX, DR7", {0x0F, 0x21, 0xF8}, 3},
    {"MOV DR7, EAX", {0x0F, 0x23, 0xF8}, 3},
};
constexpr unsigned char ret = 0xC3;
constexpr unsigned ret_at = 8;

unsigned char* code;  // an instruction, and a RET after it

EXCEPTION_DISPOSITION __cdecl leave_by_ret(EXCEPTION_RECORD* record, void*, CONTEXT* context,
                                           void*) {
  if ((record->ExceptionFlags & EXCEPTION_UNWINDING) != 0) return ExceptionContinueSearch;
  crt::caught.code = record->ExceptionCode;
  context->Eip = reinterpret_cast<DWORD>(code + ret_at);
  context->EFlags |= iopl;  // a context that is continued has no say in this
  return ExceptionContinueExecution;
}

/// The exception's code. What ECX points to is readable.
DWORD execute(const Case& instruction) {
  for (unsigned i = 0; i < ret_at; ++i) {
    code[i] = i < instruction.length ? instruction.code[i] : 0x90;
  }
  code[ret_at] = ret;
  FlushInstructionCache(GetCurrentProcess(), code, ret_at + 1);
  crt::SehFrame frame(leave_by_ret);
  crt::caught = {};
  DWORD eax = 0, ecx = 1, edx = 0x80, esi = reinterpret_cast<DWORD>(code) + 64, edi = esi;
  asm volatile("movl %[data], %%ecx\n\tcall *%[code]"
               : "+a"(eax), "+c"(ecx), "+d"(edx), "+S"(esi), "+D"(edi)
               : [code] "m"(code), [data] "r"(esi)
               : "memory", "cc");
  return crt::caught.code;
}

DWORD flags() {
  DWORD value;
  asm volatile("pushfl\n\tpopl %0" : "=r"(value));
  return value;
}

DWORD flags_after_popf() {
  DWORD value;
  asm volatile("pushfl\n\torl $0x3000, (%%esp)\n\tpopfl\n\tpushfl\n\tpopl %0"
               : "=r"(value)
               :
               : "cc");
  return value;
}

DWORD flags_after_iret() {
  DWORD value;
  asm volatile(
      "pushfl\n\torl $0x3000, (%%esp)\n\tpushl %%cs\n\tpushl $1f\n\tiretl\n1:\tpushfl\n\tpopl %0"
      : "=r"(value)
      :
      : "cc");
  return value;
}

}  // namespace

extern "C" int main(int, char**) {
  crt::Claims claim("privileg");
  code = static_cast<unsigned char*>(
      VirtualAlloc(nullptr, 0x1000, MEM_RESERVE | MEM_COMMIT, PAGE_EXECUTE_READWRITE));
  claim("A8", "there is a page for code", code != nullptr);
  if (code == nullptr) return claim.finish();
  for (const Case& instruction : cases) {
    claim("A8", instruction.name, execute(instruction) == privileged);
    claim("A8", "a continued context has no IOPL", (flags() & iopl) == 0);
  }
  claim("A8", "POPF leaves IOPL alone", (flags_after_popf() & iopl) == 0);
  claim("A8", "IRET leaves IOPL alone", (flags_after_iret() & iopl) == 0);
  return claim.finish();
}
