// What the programs of the checklist share: claims, of which those that fail are printed, and
// accesses to memory that give their exception instead of raising it.
#pragma once

#include "guest/crt/print.hpp"
#include "guest/programs/seh_frame.hpp"

namespace crt {

class Claims {
 public:
  explicit Claims(const char* program) : program_(program) {}
  /// `item` is the checklist's, "F5".
  void operator()(const char* item, const char* claim, bool holds) {
    ++made_;
    if (holds) return;
    ++failed_;
    print(program_, ": ", item, ": not so: ", claim, " (error ", GetLastError(), ")\n");
  }
  /// The program's exit code.
  int finish() {
    print(program_, ": ", made_ - failed_, " of ", made_, " claims hold\n");
    return failed_ == 0 ? 0 : 1;
  }

 private:
  const char* program_;
  unsigned made_ = 0, failed_ = 0;
};

/// An access's exception: code 0 when there was none. `stored` is NT's first parameter of an access
/// violation, 1 for a store; `address` is the second.
struct Caught {
  DWORD code = 0, stored = 0, address = 0;
  bool none() const { return code == 0; }
  bool violation() const { return code == static_cast<DWORD>(STATUS_ACCESS_VIOLATION); }
  bool guard() const { return code == static_cast<DWORD>(STATUS_GUARD_PAGE_VIOLATION); }
};
inline Caught caught;

/// Steps over the two bytes of the instructions below.
inline EXCEPTION_DISPOSITION __cdecl step_over(EXCEPTION_RECORD* record, void*, CONTEXT* context,
                                               void*) {
  if ((record->ExceptionFlags & EXCEPTION_UNWINDING) != 0) return ExceptionContinueSearch;
  caught.code = record->ExceptionCode;
  caught.stored = record->NumberParameters > 0 ? record->ExceptionInformation[0] : 0;
  caught.address = record->NumberParameters > 1 ? record->ExceptionInformation[1] : 0;
  context->Eip += 2;
  return ExceptionContinueExecution;
}

inline Caught read_byte(const volatile void* address) {
  SehFrame frame(step_over);
  caught = {};
  DWORD value = 0;
  asm volatile(".byte 0x8A, 0x01" : "+a"(value) : "c"(address) : "memory");  // movb (%ecx), %al
  return caught;
}

inline Caught write_byte(volatile void* address) {
  SehFrame frame(step_over);
  caught = {};
  asm volatile(".byte 0x88, 0x01" : : "a"(0x5A), "c"(address) : "memory");  // movb %al, (%ecx)
  return caught;
}

/// Four bytes, which may lie on two pages.
inline Caught read_dword(const volatile void* address) {
  SehFrame frame(step_over);
  caught = {};
  DWORD value = 0;
  asm volatile(".byte 0x8B, 0x01" : "+a"(value) : "c"(address) : "memory");  // movl (%ecx), %eax
  return caught;
}

}  // namespace crt
