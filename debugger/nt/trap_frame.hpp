// KTRAP_FRAME as the kernel's trap entry builds it, read back from a stack.
#pragma once

#include <optional>

#include "debugger/guest_memory.hpp"

namespace faultline::nt {

struct TrapFrame {
  arch::u32 address = 0;
  arch::u32 eax = 0, ebx = 0, ecx = 0, edx = 0, esi = 0, edi = 0, ebp = 0, esp = 0;
  arch::u32 eip = 0, cs = 0, eflags = 0, error_code = 0;
  bool from_user() const { return (cs & 3) != 0; }
};

/// Nothing where there is none: the kernel marks its frames.
std::optional<TrapFrame> read_trap_frame(const GuestMemory& memory, arch::u32 address);

}  // namespace faultline::nt
