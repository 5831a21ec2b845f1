// What the board holds of a CPU: its plain state, and an engine that runs it.
#pragma once

#include <memory>

#include "cpu/bus.hpp"
#include "cpu/model.hpp"
#include "cpu/state/state.hpp"
#include "mmu/mmu.hpp"
#include "mmu/physical_memory.hpp"

namespace faultline {

enum class Timing : u8 { None, Table };

/// Why run() came back.
enum class Stop : u8 {
  Deadline,   // clock.now >= clock.horizon: the scheduler has work
  Halted,     // HLT: waits for an interrupt (or for ever, when IF = 0 and no NMI can come)
  Shutdown,   // a fault while invoking the double-fault handler [386 §9.8.8]
  Requested,  // lines.stop
};

/// Everything an engine works on. Plain data plus references to the board; several engines may
/// take turns on the same context.
struct CpuContext {
  const Model& model;
  PhysicalMemory& memory;
  Bus& bus;
  ClockColumn column = model.column;
  u32 errata = 0;  // those of model.errata that it shows; set before an engine is made
  State state{};
  MmuState<Paging> mmu{};
  InputLines lines{};
  bool numeric_error = false;  // the level last driven on FERR#
};

class Observation;  // cpu/observer.hpp: virtual callbacks of a watched core

class Engine {
 public:
  virtual ~Engine() = default;
  /// Runs until a reason to stop; the state is at an instruction boundary on return.
  virtual Stop run() = 0;
  /// RESET pin: registers as the model's manual states. [386 §10.1] [486 §10.1]
  virtual void reset() = 0;

  // For whoever changes registers from outside, between two instructions.
  /// CRn as MOV CRn at privilege 0 loads it; false, and nothing done, where that would fault.
  [[nodiscard]] virtual bool load_control(unsigned number, u32 value) = 0;
  /// DRn as MOV DRn loads it, whatever GD says.
  virtual void load_debug(unsigned number, u32 value) = 0;
  /// TRn of a model that has it, as MOV loads it (a command is carried out) and reads it.
  virtual void load_test(unsigned number, u32 value) = 0;
  virtual u32 test_register(unsigned number) const = 0;
  /// Segment, control or debug registers or flags were changed: what follows from them is renewed.
  virtual void state_changed() = 0;
};

/// One of the four cores: timing none or table, unwatched (observation null) or watched.
/// `context` must outlive the engine.
std::unique_ptr<Engine> make_engine(Timing timing, CpuContext& context,
                                    Observation* observation = nullptr);

}  // namespace faultline
