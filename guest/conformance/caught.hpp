// Calls whose exceptions are wanted: what was raised is returned, and the stack is unwound.
#pragma once

#include <windows.h>

namespace ktap {

struct CatchFrame {
  CatchFrame* next;
  EXCEPTION_DISPOSITION(__cdecl* handler)(EXCEPTION_RECORD*, void*, CONTEXT*, void*);
  EXCEPTION_RECORD* record;
  void* registers[5];
};

inline EXCEPTION_DISPOSITION __cdecl catch_all(EXCEPTION_RECORD* record, void* frame, CONTEXT*,
                                               void*) {
  if ((record->ExceptionFlags & 6) != 0) return ExceptionContinueSearch;  // an unwind
  auto* mine = static_cast<CatchFrame*>(frame);
  *mine->record = *record;
  RtlUnwind(mine, nullptr, nullptr, nullptr);
  __builtin_longjmp(mine->registers, 1);
}

/// function(argument); the record of the exception that it raised, or one with code 0.
__attribute__((noinline)) inline EXCEPTION_RECORD catch_exception(void (*function)(void*),
                                                                  void* argument) {
  static EXCEPTION_RECORD record;
  CatchFrame frame = {nullptr, catch_all, &record, {}};
  record = {};
  asm volatile("movl %%fs:0, %0" : "=r"(frame.next));
  asm volatile("movl %0, %%fs:0" : : "r"(&frame) : "memory");
  if (__builtin_setjmp(frame.registers) == 0) function(argument);
  asm volatile("movl %%fs:0, %%eax\n\tmovl (%%eax), %%eax\n\tmovl %%eax, %%fs:0"
               :
               :
               : "eax", "memory");
  return record;
}

/// The same for anything that can be called.
template <class Call>
EXCEPTION_RECORD exception_of(Call call) {
  return catch_exception([](void* it) { (*static_cast<Call*>(it))(); }, &call);
}

}  // namespace ktap
