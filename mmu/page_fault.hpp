// A page fault as the paging unit reports it, and how it leaves the instruction that caused it.
#pragma once

#include "arch/address.hpp"
#include "arch/vector.hpp"
#include "mmu/clock.hpp"

namespace faultline {

enum class AccessKind : u8 { Read, Write, Execute };
enum class Privilege : u8 { Supervisor, User };

/// CR2 and the error code to push (arch::page_fault bits). [386 §9.8.14] `kind` is for whoever
/// watches: the error code does not tell a fetch from a read.
struct PageFault {
  LinearAddress address;
  u32 error_code = 0;
  AccessKind kind = AccessKind::Read;
};

/// Where the MMU delivers a fault it cannot resolve. `raise` does not return: it abandons the
/// instruction (docs/architecture.md, "Faults"). Nothing was stored before it is called.
struct FaultSink {
  void* context = nullptr;
  void (*raise)(void* context, PageFault fault) = nullptr;
};

}  // namespace faultline
