// The guest's threads as gdb's: who they are, and where each of those that wait stands.
#pragma once

#include <optional>
#include <vector>

#include "debugger/gdb/target.hpp"
#include "debugger/session.hpp"

namespace faultline::gdb {

/// While the kernel has no threads: the processor itself. NT's ids are multiples of four.
inline constexpr u32 processor_thread = 1;

struct GuestThread {
  u32 address = 0;  // of the thread object; 0: processor_thread
  u32 id = processor_thread;
  bool running = false;
  std::string process = "CPU";
  u32 process_id = 0;
  u32 directory = 0;  // CR3 of its address space
  u32 teb = 0;        // 0: of the system's
  std::string state;
  u32 kernel_stack = 0;  // ESP while it waits
};

/// The one that runs comes first.
std::vector<GuestThread> guest_threads(DebugSession& session);
/// The one that runs.
GuestThread running_guest_thread(DebugSession& session);

/// A general register or EIP (by gdb's number) of a thread that waits; nothing for those that its
/// kernel stack does not hold.
std::optional<u32> saved_register(const GuestMemory& memory, const GuestThread& thread,
                                  unsigned number);

}  // namespace faultline::gdb
