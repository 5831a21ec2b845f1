// The whole emulated computer: memory, CPU, board, and the loop that runs them to an end.
#pragma once

#include <array>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "cpu/observer.hpp"
#include "machine/board.hpp"
#include "machine/post_mortem.hpp"

namespace faultline {

/// A configuration no board could be built from; the message names the thing.
struct MachineError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A port log that could not be written to the end; the message names file and reason.
struct PortLogError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Raw bytes that the guest writes to `port` go to the file `path`.
struct PortLogFile {
  u16 port;
  std::string path;
};

struct MachineConfig {
  const Model* model = &default_model();
  Timing timing = Timing::Table;
  std::optional<ClockColumn> clock_column{};  // in place of the model's own
  bool errata = false;                        // the machine shows those of its model
  unsigned memory_mb = 16;   // 1 to 256, and no more than the model's address pins reach
  std::vector<u8> firmware;  // 64 to 256 KB, a whole number of 64 KB
  /// Primary master, primary slave, secondary master, secondary slave; null is no drive.
  std::array<std::unique_ptr<DiskImage>, 4> disks;
  std::function<void(u8)> serial_out;   // bytes COM1 sends; may be empty
  std::function<void(u8)> console_out;  // bytes written to port E9h; may be empty
  CalendarTime start;                   // what the RTC shows at power-on
  u64 cycle_limit = 0;                  // in CPU clocks; 0 is none
  bool interactive = false;             // keys or serial input may still come from a person
  Observation* observation = nullptr;   // watched core when not null
  // Without one of these a run is slower, and the same to the clock and to every counter.
  bool blocks = true;  // decoded code is kept; else one instruction after the other, as if watched
  bool shadow = true;  // the host shadow of the TLB; else every access asks the TLB
  std::vector<PortLogFile> port_logs;
};

/// Why a run ended.
enum class EndReason : u8 {
  Running,        // run_for: its clocks are used up and the guest goes on
  Exit,           // exit register: code is the guest's 32-bit exit code
  DebugExit,      // port F4h: code is (v << 1) | 1
  Bugcheck,       // bugcheck register: code is the stop code
  TripleFault,    // shutdown: a fault while invoking the double-fault handler
  HaltedForever,  // HLT that no interrupt can end
  CycleLimit,
  Requested,  // Machine::request_stop
};
std::string_view name_of(EndReason reason);  // "exit", "triple fault", ...

struct RunResult {
  EndReason reason = EndReason::Running;
  u32 code = 0;
  std::string text;      // one line for a person, without a newline
  u64 clocks = 0;        // since power-on
  u64 instructions = 0;  // since power-on
  bool ended() const { return reason != EndReason::Running; }
};

class Machine {
 public:
  /// Builds the board and resets the CPU. Throws MachineError, or std::runtime_error for a port log
  /// that cannot be written.
  explicit Machine(MachineConfig config);
  ~Machine();
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  /// Runs to the end. Throws PortLogError. Serial output still in the transmitter is delivered
  /// before it returns.
  RunResult run();
  /// Runs at most `clocks` further clocks; a halted CPU skips to the next event. With an end behind
  /// it, returns that end again.
  RunResult run_for(u64 clocks);
  /// Ends the run at the next instruction boundary with EndReason::Requested; run_for goes on from
  /// there. Callable from sinks and observers.
  void request_stop();

  /// Watches the CPU from the next run on, or stops watching (null).
  void observe(Observation* observation);

  /// Of a snapshot: the CPU, the MMU with its TLB, and the board; not memory, not the disks. On
  /// loading, memory has been loaded; the engine is a new one, unwatched, as nothing of the old is.
  std::vector<u8> save_board();
  /// Throws SnapshotError, and then the machine is fit for another load only.
  void load_board(std::span<const u8> bytes);
  /// The disk of a drive, numbered as in MachineConfig; null is none.
  DiskImage* disk(unsigned drive);
  const MachineConfig& configuration() const { return config_; }

  // What a person does to the running machine.
  void type(std::string_view ascii) { board_.keyboard.type(ascii); }
  void key(u8 set1) { board_.keyboard.key(set1); }
  void serial_input(std::span<const u8> bytes) { board_.com1.input(bytes); }
  void serial_input(std::string_view text);
  Image screenshot() const { return board_.vga.render(); }
  std::string screen_text() const { return board_.vga.text(); }

  /// True when the CPU waits in HLT.
  bool halted() const { return context_.state.halted; }
  /// Clocks that have passed in HLT.
  u64 waited() const { return waited_; }
  u64 clocks() const { return context_.state.clock.now; }
  /// Emulated time since power-on.
  u64 microseconds() const;

  /// What it puts out from now on is new, whatever it has put out after this moment before.
  void begin_another_future();

  CpuContext& context() { return context_; }
  const CpuContext& context() const { return context_; }
  PhysicalMemory& memory() { return memory_; }
  Board& board() { return board_; }
  const Board& board() const { return board_; }
  PortBus& bus() { return bus_; }
  Vga& vga() { return board_.vga; }
  Engine& engine() { return *engine_; }

 private:
  /// Output that goes out once: a machine brought back to an earlier state repeats it silently.
  struct Sink {
    u64 sent = 0, shown = 0;  // bytes: on this line of time, and ever
    bool fresh() {
      if (++sent <= shown) return false;
      shown = sent;
      return true;
    }
  };
  void archive(auto& a);
  std::unique_ptr<Engine> make_core(Observation* observation);
  Board::Outputs outputs();
  void map_firmware(std::span<const u8> firmware);
  void describe_configuration();  // what POST finds in CMOS
  void open_port_logs();
  void flush_port_logs();
  void end(EndReason reason, u32 code, std::string text);
  void step(u64 until);
  void wait_for_interrupt(u64 until);
  bool interrupt_can_come() const;
  RunResult result() const;
  std::string where() const;

  MachineConfig config_;
  PhysicalMemory memory_;
  PortBus bus_;
  CpuContext context_;
  Board board_;
  Observation nobody_{};  // watches where there are to be no blocks
  std::unique_ptr<Engine> engine_;
  std::vector<std::unique_ptr<std::ofstream>> log_files_;  // one for each of config_.port_logs
  RunResult end_;                                          // the end, once there is one
  u64 waited_ = 0;                                         // clocks
  Sink serial_, console_;
  std::vector<Sink> logs_;  // one for each of config_.port_logs
  bool stop_requested_ = false;
};

}  // namespace faultline
