// A machine under debug: run control and breakpoints, for the monitor, scripts and gdb alike.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <typeindex>
#include <vector>

#include "debugger/alternation.hpp"
#include "debugger/breakpoints.hpp"
#include "debugger/machine_memory.hpp"
#include "debugger/stop_report.hpp"
#include "debugger/symbol_space.hpp"
#include "machine/recording.hpp"

namespace faultline {

/// Something that cannot be done as the machine stands; one line.
struct SessionError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Who holds the session: asked after each 10 ms of emulated time while the machine runs.
class DebugHost {
 public:
  virtual ~DebugHost() = default;
  /// Other than None stops the run: Interrupted or Waiting.
  virtual StopReason after_slice(const RunResult&) { return StopReason::None; }
};

/// A place in a machine's life to go back to: the boundary before an instruction, and so many of
/// its micro-steps; or a clock, where a run that nobody watched came to rest.
struct Moment {
  u64 clock = 0, instructions = 0;
  u32 linear = 0;
  u32 micro = 0;
  bool by_clock = false;
};

class DebugSession {
 public:
  /// `machine` and `host` outlive the session, which takes over Machine::observe. `modules` are the
  /// images known by file, the kernel first; there may be none.
  DebugSession(Machine& machine, DebugHost& host, std::vector<Module> modules);
  ~DebugSession();
  DebugSession(const DebugSession&) = delete;
  DebugSession& operator=(const DebugSession&) = delete;

  // Each runs the machine and returns why it stopped. SessionError after the end.
  StopReport go();
  StopReport step(u64 instructions = 1);
  /// One instruction, a call or a repetition whole. From within a page fault: until it is resolved
  /// and its instruction begins again.
  StopReport step_over();
  /// So many micro-steps; one stops within the instruction, and the last one behind it.
  StopReport micro_step(u64 count = 1);
  /// Until the function, or the interrupt handler, returns. From within a page fault: as step_over.
  StopReport finish();
  /// Until the clock has come so far.
  StopReport run_to_clock(u64 clock);
  /// Lets an instruction that is half done finish (or its fault be delivered); else does nothing.
  /// Whoever changes the machine calls this first.
  void settle();

  // Back in time, as far as the recording reaches; SessionError without one.
  void record(bool on, Recording::Options options = {});
  Recording* recording() { return recording_.get(); }
  /// How often the machine has been put into its past.
  u64 journeys() const { return journeys_; }
  StopReport reverse_go();
  StopReport reverse_step(u64 instructions = 1);
  StopReport reverse_step_over();
  StopReport reverse_micro_step(u64 count = 1);
  /// To the first boundary at or after that clock, back or forward; breakpoints do not stop it.
  StopReport travel_to_clock(u64 clock);
  Moment moment() const;
  /// To where moment() was asked for.
  StopReport travel_to(const Moment& moment);

  /// Input at the guest's serial terminal.
  void type(std::string_view text);

  /// From any thread: the run stops soon.
  void interrupt() { interrupted_ = true; }

  /// The machine stands within an instruction: it may be looked at, not changed.
  bool inside() const { return turns_.suspended(); }
  bool ended() const { return stop_.reason == StopReason::Ended; }
  const StopReport& last_stop() const { return stop_; }
  Position position() const;

  Breakpoints& breakpoints() { return breakpoints_; }

  // What there is to look at. Nothing of this changes the machine.
  Machine& machine() { return machine_; }
  const CpuContext& context() const { return machine_.context(); }
  const State& state() const { return machine_.context().state; }
  const GuestMemory& memory() const { return memory_; }
  SymbolSpace& symbols() { return symbols_; }
  u32 linear_eip() const { return state().segment[CS].base + state().eip; }

  /// Further observers, which get every event of the watched core; while there are any it is
  /// watched.
  void listen(Observation& listener);
  /// The same, but the core is not watched for it alone.
  void follow(Observation& listener) { listeners_.push_back(&listener); }
  void unlisten(Observation& listener);
  /// Whether they get the micro-steps, too.
  bool tells_micro_steps() const;

  /// State of an area of commands, made when it is first asked for: T is made from DebugSession&.
  template <class T>
  T& part() {
    std::shared_ptr<void>& slot = parts_[typeid(T)];
    if (!slot) slot = std::make_shared<T>(*this);
    return *static_cast<T*>(slot.get());
  }

  bool quit = false;  // a command asked for the end of the session

 private:
  class Watcher;
  struct Plan {
    u64 micro = 0;                // stop after so many micro-steps; 0: none
    bool finish = false;          // stop when the frame is left
    u64 steps = 0;                // stop after so many boundaries; 0: none
    u64 clock = ~u64{0};          // stop when the clock has come so far
    std::optional<u32> linear{};  // stop before this instruction,
    u32 esp = 0;                  // when the stack is no deeper than this,
    u32 slack = 0;                // and at most so much less deep
    bool delivery = false;        // stop when the handler returns that is delivered first
    bool settle = false;          // stop at the next boundary
    bool quiet = false;           // breakpoints do not stop it
    // A search in the past: what would stop a run is counted, until a moment is reached.
    bool search = false;
    Moment until{};
    bool part = false;  // another part of the past follows: what was met just before counts, too
    u64 hit = 0;        // stop at this one of them, from 1; 0: none
    std::optional<Moment> call_before{};  // count only calls that come back to this moment
    bool needs_watch() const {
      return search || steps != 0 || micro != 0 || linear || finish || settle;
    }
  };

  StopReport run(const Plan& plan);
  StopReport resume(const Plan& plan);
  struct GivenUp;
  StopReport backwards(const std::function<void()>& search);
  void again(const Plan& plan);
  void step_back(const Moment& from, u64 instructions);
  void micro_step_back(const Moment& from);
  void search_back(const Moment& from, Plan plan);
  void travel(const Moment& moment);
  void travel_by_clock(u64 clock);
  void explain_shutdown();
  Recording& past();
  u64 boundaries_back(const Moment& from, u64 at_least, u64& counted);
  void load(u64 instructions);
  void set_out();
  StopReport arrived(std::string what = {});
  RunResult run_machine(u64 clocks);
  void work();
  void choose_engine();
  bool needs_watch() const;
  void stop(StopReason reason, std::string what = {});
  void complete(StopReport& report);

  Machine& machine_;
  DebugHost& host_;
  MachineMemory memory_;
  SymbolSpace symbols_;
  Breakpoints breakpoints_;
  std::unique_ptr<Watcher> watcher_;
  std::unique_ptr<Recording> recording_;
  std::vector<Observation*> listeners_;
  std::vector<Observation*> demanding_;  // those among them that want the core watched
  std::map<std::type_index, std::shared_ptr<void>> parts_;

  Plan plan_{};
  std::optional<StopReport> stopping_;  // of the run under way
  StopReport stop_{};                   // of the last one
  std::atomic<bool> interrupted_ = false;
  bool watched_ = false;
  bool by_clock_ = false;  // at rest where a slice ended, perhaps in a HLT
  u64 journeys_ = 0;
  Alternation turns_;  // last: its work uses all of this
};

/// The instruction at a linear address, decoded as CS:EIP's would be.
struct Disassembled {
  u32 linear = 0;
  std::vector<u8> bytes{};
  std::string text{};  // "(bad)" for no instruction, "??" where memory is not there
  bool calls = false;  // CALL, INT or a repetition: step_over goes past it
};
Disassembled disassemble_at(const DebugSession& session, u32 linear, std::optional<bool> big = {});

}  // namespace faultline
