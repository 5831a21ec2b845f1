// Which of the kernel's threads has the processor, known at each moment of a watched run.
#pragma once

#include <optional>

#include "cpu/observer.hpp"
#include "debugger/kernel_objects.hpp"
#include "debugger/symbols.hpp"

namespace faultline {

struct RunningThread {
  u32 address = 0;  // of its object; 0 before the kernel has threads
  u32 id = 0;
  ProcessView process;
};

/// The kernel writes the thread it switches to into its KPCR; this listens for that store.
class ThreadWatch {
 public:
  /// `kernel` gives KdDebuggerDataBlock; both outlive this.
  ThreadWatch(const GuestMemory& memory, const Module& kernel)
      : memory_(memory), block_(kernel.address_of("KdDebuggerDataBlock")) {}

  /// To be told of every store (Observation::data), and of every load of a control register.
  void stored(LinearAddress address, u32 bytes) {
    if (slot_ && *slot_ - address.value < bytes) stale_ = true;
  }
  void control_loaded() { stale_ = stale_ || !objects_; }
  /// To be asked before every instruction: true when another thread runs than before.
  bool switched() { return stale_ && update(); }
  const RunningThread& thread() const { return thread_; }

 private:
  bool update();

  const GuestMemory& memory_;
  std::optional<u32> block_, slot_;  // the slot is the KPCR's CurrentThread
  std::optional<KernelObjects> objects_;
  RunningThread thread_;
  bool stale_ = false;
};

}  // namespace faultline
