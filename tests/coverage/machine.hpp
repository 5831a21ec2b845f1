// A machine that begins one instruction in a mode of the processor, in a state of our choice, and
// tells how it ended. Every mode has the same segments at the same places.
#pragma once

#include "arch/descriptor.hpp"
#include "tests/coverage/instance.hpp"
#include "tests/unit/cpu/raw_paging.hpp"
#include "tests/unit/cpu/test_machine.hpp"

namespace faultline::coverage {

// Segments of 64 KB: code, data (DS, ES, FS, GS) and stack; paragraphs or descriptors by the mode.
inline constexpr u32 code_base = 0x10000, data_base = 0x30000, stack_base = 0x50000;
inline constexpr u32 segment_limit = 0xFFFF;
// Offsets in them; each lies in a page of its own, of either size.
inline constexpr u32 code_at = 0x100, landing = 0x180;
inline constexpr u32 operand_at = 0x2100, destination_at = 0x4100;
inline constexpr u32 stack_at = 0x6100, frame_at = 0x6180, inner_stack_at = 0xA100;
// Tables, in pages of their own too.
inline constexpr u32 gdt = 0x2000, idt = 0x4000, tss = 0x6000, other_tss = 0x6400, ldt = 0x6800,
                     handlers = 0x8000, directory = 0x80000, table = 0x82000;
inline constexpr u32 mapped_bytes = 0x90000;  // linear = physical
inline constexpr u16 tss_limit = 0x68 + 0x20, io_map = 0x68;

// Selectors.
inline constexpr u16 code0 = 0x08, data0 = 0x10, stack0 = 0x18, code3 = 0x23, data3 = 0x2B,
                     stack3 = 0x33, tss_selector = 0x38, ldt_selector = 0x40,
                     other_tss_selector = 0x48, handler_code = 0x50, scratch = 0x58,
                     scratch2 = 0x60, read_only = 0x6B, execute_only = 0x73, code1 = 0x79,
                     beyond = 0x0FF8;

inline constexpr unsigned software_vector = 0x41;

/// An exception on its way to the IDT, and the registers then.
struct Raised {
  Vector vector = Vector::DE;
  bool coded = false;  // with an error code
  u32 error = 0;
  u32 eip = 0;
  friend bool operator==(const Raised&, const Raised&) = default;
};

/// Stops the run behind one instruction, or at the exception that it raises.
class Witness : public Observation {
 public:
  Witness() { micro_steps = false; }
  void instruction() override;
  void interrupt(u8 vector, bool external, bool has_error, u32 error) override;
  bool intercepts(u8 vector, u32& eip) override;

  InputLines* lines = nullptr;
  const State* state = nullptr;
  u64 before = 0;  // instructions that had retired
  std::optional<Raised> raised{};

 private:
  bool coded_ = false;
  u32 error_ = 0;
};

struct WitnessFirst {
  Witness witness{};
};

class Machine : private WitnessFirst, public test::TestMachine {
 public:
  explicit Machine(const Model& model);

  /// The state in which every instruction of the mode runs: memory and registers as at first.
  void begin(Mode mode);
  Mode mode() const { return mode_; }
  bool big() const { return descriptors(mode_); }
  const Model& model() const { return context.model; }

  // The mode's selectors.
  u16 code() const;
  u16 data() const;
  u16 stack() const;

  // Values in the segments, written past the processor.
  void set_data(u32 offset, u32 value) { set_dword(data_base + offset, value); }
  void set_stack(u32 offset, u32 value) { set_dword(stack_base + offset, value); }
  void set_descriptor(u16 selector, arch::Descriptor d);
  void set_gate(unsigned vector, arch::Descriptor d);
  /// Changes a byte of the descriptor's access rights.
  void clear_present(u16 selector);
  /// Reloads a segment register from the table, unchecked.
  void reload(unsigned segment, u16 selector);
  /// The i386's P 1, R/W 2, U/S 4 of the page of a linear address.
  void page_rights(u32 linear, u32 rights);

  /// The mode that the registers say, which the instruction may have changed.
  Mode present_mode() const;
  /// EIP at which the instruction begins, also when it has run.
  u32 start() const { return ran_ ? before_.eip : s.eip; }

  /// Places the instruction at EIP and runs it; what it was is kept for the checks below.
  void run_one(const std::vector<u8>& bytes);
  bool retired() const { return s.instructions == before_.instructions + 1; }
  const std::optional<Raised>& raised() const { return witness.raised; }
  const State& before() const { return before_; }
  /// What has changed though the instruction faulted; empty if nothing.
  std::string changed_registers() const;
  std::string changed_memory();

 private:
  struct Region {
    u32 at, bytes;
  };
  void build_tables();
  void load_segments();
  std::vector<u8> contents(Region r);

  Mode mode_ = Mode::Real;
  bool ran_ = false;
  State reset_{}, before_{};
  PagingRegisters paging_before_{};
  std::vector<std::pair<u32, std::vector<u8>>> image_{};
  std::vector<std::vector<u8>> memory_before_{};
  Stop last_stop = Stop::Deadline;
};

}  // namespace faultline::coverage
