// A structured exception handler by hand: one record of the chain at FS:[0].
#pragma once

#include <windows.h>

namespace crt {

using ExceptionRoutine = EXCEPTION_DISPOSITION(__cdecl*)(EXCEPTION_RECORD*, void* frame, CONTEXT*,
                                                         void* dispatcher);

/// Registered for as long as it lives; it must live on the stack, above what it guards.
class SehFrame {
 public:
  explicit SehFrame(ExceptionRoutine handler) : handler_(handler) {
    asm volatile("movl %%fs:0, %0" : "=r"(next_));
    asm volatile("movl %0, %%fs:0" : : "r"(this) : "memory");
  }
  ~SehFrame() { asm volatile("movl %0, %%fs:0" : : "r"(next_) : "memory"); }
  SehFrame(const SehFrame&) = delete;
  SehFrame& operator=(const SehFrame&) = delete;

 private:
  SehFrame* next_;
  ExceptionRoutine handler_;
};

}  // namespace crt
