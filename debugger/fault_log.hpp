// The fault log: every page fault of a run, with what the kernel's own handler made of it.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <vector>

#include "cpu/observer.hpp"
#include "cpu/state/state.hpp"
#include "debugger/fault_record.hpp"
#include "debugger/kernel_objects.hpp"
#include "debugger/symbols.hpp"

namespace faultline {

/// Watches a CPU. A fault is recorded when the paging unit finds it, followed into MmAccessFault by
/// its thread, and out again by the stack frame of that call, so that nested faults and thread
/// switches in between keep their own answers. Records leave in the order the faults were found.
class FaultLog : public Observation {
 public:
  using Sink = std::function<void(const FaultRecord&)>;

  /// `modules` are the images known by file; the first is the kernel, which gives MmAccessFault and
  /// KdDebuggerDataBlock. Everything referred to outlives the log.
  FaultLog(const State& state, const GuestMemory& memory, std::vector<Module> modules, Sink sink);

  void instruction() override;
  void page_fault(const PageFault& fault) override;

  /// Of the fault found last, right after page_fault().
  const FaultRecord& latest() const { return faults_.back().record; }
  /// Told of each change of a record, whatever came before it and is still open.
  void on_change(Sink sink) { changed_ = std::move(sink); }

  /// The run has ended: what is still open leaves unresolved.
  void finish();

 private:
  enum class Stage : u8 {
    Delivered,  // on its way to MmAccessFault
    InHandler,  // between MmAccessFault's entry and its return
    Resuming,   // the handler succeeded; its instruction has not begun again yet
    Done,
  };
  struct Fault {
    FaultRecord record;
    Stage stage = Stage::Delivered;
    u32 thread = 0;          // address of the thread object; 0 while there are none
    unsigned cpl = 0;        // of the instruction that faulted
    u32 esp = 0;             // of the instruction that faulted
    u32 handler_esp = 0;     // at MmAccessFault's first instruction: points to its return address
    u32 return_address = 0;  // of that call
  };

  void enter_handler();
  bool leave_handler(u32 eip);
  bool resume(u32 eip);
  void flush();
  bool find_objects();
  u32 current_thread() const;
  std::string describe(u32 eip, const ProcessView* process);

  const State& state_;
  const GuestMemory& memory_;
  std::vector<Module> modules_;
  Sink sink_;
  Sink changed_;
  std::optional<u32> handler_;  // linear address of MmAccessFault
  std::optional<KernelObjects> objects_;
  std::deque<Fault> faults_;  // in order found; the front is never Done
  unsigned open_ = 0;         // of them, not Done
};

}  // namespace faultline
