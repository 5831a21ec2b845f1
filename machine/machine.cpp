// The machine: construction, and the loop between engine and scheduler.
#include "machine/machine.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "arch/ports.hpp"

namespace faultline {

namespace {
constexpr std::size_t rom_unit = 64 << 10, rom_most = 256 << 10;
constexpr unsigned memory_most_mb = 256;

std::string hex(u32 value) {
  char text[16];
  std::snprintf(text, sizeof text, "0x%08X", value);
  return text;
}

/// Refuses what no board could be built from.
MachineConfig checked(MachineConfig config) {
  const unsigned most = std::min(memory_most_mb, config.model->address_limit_mb());
  if (config.memory_mb < 1 || config.memory_mb > most) {
    throw MachineError("memory of " + std::to_string(config.memory_mb) + " MB: the " +
                       std::string(config.model->name) + " board takes 1 to " +
                       std::to_string(most) + " MB");
  }
  const std::size_t size = config.firmware.size();
  if (size < rom_unit || size > rom_most || size % rom_unit != 0) {
    throw MachineError("firmware of " + std::to_string(size) +
                       " bytes: a ROM has 65536, 131072, 196608 or 262144");
  }
  return config;
}

}  // namespace

std::string_view name_of(EndReason reason) {
  switch (reason) {
    case EndReason::Running:
      return "running";
    case EndReason::Exit:
      return "exit";
    case EndReason::DebugExit:
      return "debug exit";
    case EndReason::Bugcheck:
      return "bugcheck";
    case EndReason::TripleFault:
      return "triple fault";
    case EndReason::HaltedForever:
      return "halted for ever";
    case EndReason::CycleLimit:
      return "cycle limit";
    case EndReason::Requested:
      return "stop requested";
  }
  return "unknown";
}

Machine::Machine(MachineConfig config)
    : config_(checked(std::move(config))),
      memory_(config_.memory_mb << 20, config_.model->address_lines),
      context_{*config_.model, memory_, bus_, config_.clock_column.value_or(config_.model->column),
               config_.errata ? config_.model->errata : 0},
      board_(context_, bus_, config_.start, outputs()),
      engine_(make_core(config_.observation)) {
  map_firmware(config_.firmware);
  for (unsigned i = 0; i < config_.disks.size(); ++i) {
    if (!config_.disks[i]) continue;
    IdeChannel& channel = i < 2 ? board_.ide_primary : board_.ide_secondary;
    channel.attach(i % 2, std::move(config_.disks[i]));
  }
  describe_configuration();
  open_port_logs();
  engine_->reset();
}

Machine::~Machine() = default;

std::unique_ptr<Engine> Machine::make_core(Observation* observation) {
  context_.mmu.shadow_off = !config_.shadow;
  nobody_.micro_steps = false;
  if (observation == nullptr && !config_.blocks) observation = &nobody_;
  return make_engine(config_.timing, context_, observation);
}

Board::Outputs Machine::outputs() {
  return {.serial =
              [this](u8 byte) {
                if (serial_.fresh() && config_.serial_out) config_.serial_out(byte);
              },
          .console =
              [this](u8 byte) {
                if (console_.fresh() && config_.console_out) config_.console_out(byte);
              },
          .exit =
              [this](u32 code) {
                end(EndReason::Exit, code, "the guest exited with code " + std::to_string(code));
              },
          .debug_exit =
              [this](u8 value) {
                const u32 code = u32{value} << 1 | 1;
                end(EndReason::DebugExit, code,
                    "the guest wrote " + std::to_string(value) + " to the debug exit port");
              },
          .bugcheck =
              [this](u32 code) {
                end(EndReason::Bugcheck, code, "the guest kernel stopped: STOP " + hex(code));
              }};
}

/// The ROM ends at 1 MB and again where addresses end, at the reset vector. [386 §10.1]
void Machine::map_firmware(std::span<const u8> firmware) {
  const u32 size = static_cast<u32>(firmware.size());
  memory_.map_rom({memory_map::rom_end - size}, firmware);
  memory_.map_rom(memory_.bus_address({u32{0} - size}), firmware);
}

/// The cells that a setup program would have left. [PC/AT TR, CMOS RAM]
void Machine::describe_configuration() {
  const auto set_word = [this](u8 low, u8 high, u32 value) {
    board_.rtc.set_cell(low, static_cast<u8>(value));
    board_.rtc.set_cell(high, static_cast<u8>(value >> 8));
  };
  // With 24 address lines the ROM at the top of the space hides what RAM there is.
  const u32 rom = memory_.bus_address({u32{0} - static_cast<u32>(config_.firmware.size())}).value;
  const u32 ram_end = std::min(config_.memory_mb << 20, rom);
  const u32 extended_kb = std::min((ram_end - memory_map::extended) >> 10, 0xFFFFu);
  const u32 above_16mb = config_.memory_mb > 16 ? (config_.memory_mb - 16) * 16 : 0;
  set_word(cmos::base_memory_low, cmos::base_memory_high, memory_map::conventional_end >> 10);
  set_word(cmos::extended_memory_low, cmos::extended_memory_high, extended_kb);
  set_word(0x30, 0x31, extended_kb);  // the same as POST finds it
  set_word(cmos::extended_64k_low, cmos::extended_64k_high, above_16mb);
  // No diskette, a VGA, and bit 1: a coprocessor.
  board_.rtc.set_cell(cmos::equipment,
                      config_.model->fpu != FpuKind::None ? equipment::numeric : 0);
  const u8 type_c = board_.ide_primary.disk(0) ? 0xF0 : 0,
           type_d = board_.ide_primary.disk(1) ? 0x0F : 0;
  board_.rtc.set_cell(0x12, type_c | type_d);
  board_.rtc.set_cell(0x19, type_c ? 47 : 0);  // 47: geometry is the drive's own
  board_.rtc.set_cell(0x1A, type_d ? 47 : 0);
  u32 sum = 0;
  for (u8 cell = 0x10; cell <= 0x2D; ++cell) sum += board_.rtc.cell(cell);
  set_word(0x2F, 0x2E, sum);  // the checksum's high byte comes first
}

void Machine::open_port_logs() {
  for (const PortLogFile& log : config_.port_logs) {
    errno = 0;
    auto file = std::make_unique<std::ofstream>(log.path, std::ios::binary);
    if (!*file) throw std::runtime_error("port log '" + log.path + "': " + std::strerror(errno));
    const std::size_t index = log_files_.size();
    logs_.emplace_back();
    bus_.log_writes(log.port, [this, index, out = file.get()](std::span<const u8> bytes) {
      if (!logs_[index].fresh()) return;
      out->write(reinterpret_cast<const char*>(bytes.data()),
                 static_cast<std::streamsize>(bytes.size()));
    });
    log_files_.push_back(std::move(file));
  }
}

void Machine::flush_port_logs() {
  for (std::size_t i = 0; i < log_files_.size(); ++i) {
    errno = 0;
    if (!log_files_[i]->flush()) {
      throw PortLogError("port log '" + config_.port_logs[i].path + "': " + std::strerror(errno));
    }
  }
}

void Machine::end(EndReason reason, u32 code, std::string text) {
  if (end_.ended()) return;  // the first reason counts
  end_.reason = reason;
  end_.code = code;
  end_.text = std::move(text);
  context_.lines.stop = true;
  context_.lines.attention(context_.state.clock);
}

void Machine::request_stop() {
  stop_requested_ = true;
  context_.lines.stop = true;
  context_.lines.attention(context_.state.clock);
}

void Machine::observe(Observation* observation) {
  engine_.reset();  // the old one lets go of memory first
  engine_ = make_core(observation);
}

void Machine::serial_input(std::string_view text) {
  board_.com1.input({reinterpret_cast<const u8*>(text.data()), text.size()});
}

u64 Machine::microseconds() const {
  return Oscillator(context_.state.clock, context_.model.clock_hz, 1000000).ticks();
}

RunResult Machine::result() const {
  RunResult now = end_;
  if (!now.ended() && stop_requested_) {
    now.reason = EndReason::Requested;
    now.text = "the run was stopped";
  }
  now.clocks = clocks();
  now.instructions = context_.state.instructions;
  return now;
}

RunResult Machine::run() { return run_for(Scheduler::never); }

RunResult Machine::run_for(u64 clocks_to_run) {
  const u64 limit = config_.cycle_limit != 0 ? config_.cycle_limit : Scheduler::never;
  const u64 wanted =
      clocks_to_run > Scheduler::never - clocks() ? Scheduler::never : clocks() + clocks_to_run;
  const u64 until = std::min(wanted, limit);
  stop_requested_ = false;
  context_.lines.stop = false;
  board_.scheduler.set_limit(until);
  while (!end_.ended() && !stop_requested_) {
    if (clocks() >= limit) {
      end(EndReason::CycleLimit, 0,
          "the limit of " + std::to_string(limit) + " clocks is reached, at " + where());
    } else if (clocks() >= until) {
      break;
    } else {
      step(until);
    }
  }
  if (end_.ended()) board_.com1.drain();
  flush_port_logs();
  return result();
}

void Machine::step(u64 until) {
  context_.lines.attention(context_.state.clock);  // the board may have changed since
  switch (engine_->run()) {
    case Stop::Deadline:
      board_.scheduler.run_due();
      return;
    case Stop::Halted:
      wait_for_interrupt(until);
      return;
    case Stop::Requested:
      return;
    case Stop::Shutdown:
      end(EndReason::TripleFault, 0, "triple fault: the CPU shut down at " + where());
      return;
  }
}

void Machine::begin_another_future() {
  for (Sink* sink : {&serial_, &console_}) sink->shown = sink->sent;
  for (Sink& log : logs_) log.shown = log.sent;
}

bool Machine::interrupt_can_come() const {
  // No source of NMI on this board. Masks cannot change while the CPU is halted.
  if (!context_.state.flags.interrupts() || !board_.pic.open()) return false;
  return config_.interactive || board_.scheduler.next().has_value();
}

/// HLT: time passes to the next event at once.
void Machine::wait_for_interrupt(u64 until) {
  if (context_.lines.reset || (context_.lines.intr && context_.state.flags.interrupts())) return;
  if (!interrupt_can_come()) {
    const bool masked = !context_.state.flags.interrupts();
    end(EndReason::HaltedForever, 0,
        std::string("halted for ever: HLT ") +
            (masked ? "with interrupts disabled" : "and no interrupt can come") + ", at " +
            where());
    return;
  }
  Clock& clock = context_.state.clock;
  const u64 then = std::max(clock.now, std::min(board_.scheduler.next().value_or(until), until));
  waited_ += then - clock.now;
  clock.now = then;
  board_.scheduler.run_due();
}

std::string Machine::where() const {
  char text[32];
  std::snprintf(text, sizeof text, "%04X:%08X", context_.state.segment[CS].selector,
                context_.state.eip);
  return text;
}

}  // namespace faultline
