// gdb's steps: of a thread, so that what interrupts it in between is run whole.
#pragma once

#include "debugger/gdb/guest_threads.hpp"

namespace faultline::gdb {

class Stepper {
 public:
  explicit Stepper(DebugSession& session) : session_(session) {}

  /// One instruction. An interrupt of the hardware that is taken with it is run to its return; an
  /// exception is not: its handler is where the guest has gone.
  StopReport step();
  /// Until a thread that waits runs again; the reason is Step then.
  StopReport wait_for(const GuestThread& thread);
  /// Until execution is outside [start, end). Page faults on the way are run whole, too.
  StopReport leave(u32 start, u32 end, const std::function<bool()>& interrupted);

 private:
  enum class Skip : u8 { Interrupts, Faults };
  struct Place {
    u32 linear = 0, esp = 0, thread = 0;
    friend bool operator==(const Place&, const Place&) = default;
  };
  class Deliveries;
  Place here() const;
  StopReport step(Skip skip);
  StopReport come_back(const Place& place);

  DebugSession& session_;
};

/// The address of the guest's running thread; 0 before there are threads.
u32 running_thread(DebugSession& session);

}  // namespace faultline::gdb
