// What leaving the straight path costs: interrupts, gates, inner and outer levels, tasks, ports.
// The manual's lines beyond the first two of an entry, which the rows hold.
// [386 §17.2.2 CALL, INT, IRET, JMP, RET, IN] [486 §26]
#pragma once

#include "cpu/isa/mnemonic.hpp"
#include "cpu/model.hpp"
#include "mmu/mmu_state.hpp"

namespace faultline {

/// Where a far CALL, JMP, RET or IRET in protected mode has led.
enum class Route : u8 {
  Gate,             // through a call gate, same level
  Inner,            // through a call gate, inner level, without parameters
  InnerParameters,  // and with, before the four clocks of each
  Outer,            // RET and IRET to an outer level
  Virtual8086,      // IRET
  Task,             // to a TSS, without the switch itself
  TaskGate,
};

/// The figure that takes the place of the row's `pm=`.
constexpr u16 route_clocks(ClockColumn column, Mnemonic m, bool memory, bool immediate,
                           Route route) {
  const bool is386 = column != ClockColumn::I486;
  const u16 far_operand = memory ? 4 : 0;  // m16:32 against ptr16:32
  switch (route) {
    case Route::Gate:
      if (is386) return static_cast<u16>((m == Mnemonic::JMPF ? 45 : 52) + far_operand);
      return m == Mnemonic::JMPF ? (memory ? 31 : 32) : 35;
    case Route::Inner:
      return is386 ? static_cast<u16>(86 + far_operand) : 69;
    case Route::InnerParameters:
      return is386 ? static_cast<u16>(94 + far_operand) : 77;
    case Route::Outer:
      if (is386) return m == Mnemonic::IRET ? 82 : 68;
      return m == Mnemonic::IRET || immediate ? 36 : 35;
    case Route::Virtual8086:
      return is386 ? 60 : 36;
    case Route::Task:
    case Route::TaskGate: {
      const u16 gate = route == Route::TaskGate ? 1 : 0;
      if (is386) return memory ? 5 : 0;
      if (m == Mnemonic::IRET) return 32;
      if (m == Mnemonic::JMPF) return static_cast<u16>((memory ? 41 : 42) + gate);
      return static_cast<u16>(37 + gate);
    }
  }
  return 0;
}
inline constexpr u16 clocks_per_parameter = 4;  // 94+4x [386 §17.2.2 CALL], 77+4x [486 §26 CALL]

/// A task switch by the kind of the incoming task. [386 §17.2.2 "ts"] [486 §26 "TS"]
struct TaskSwitchClocks {
  u16 to_32bit, to_virtual8086, to_16bit;
};
constexpr TaskSwitchClocks task_switch_clocks(ClockColumn column) {
  if (column == ClockColumn::I486) return {162, 140, 143};
  return {300, 217, 273};
}
/// What a task gate adds to it: 309, 226 and 282 on the 386. The 486's rows have it.
constexpr u16 task_gate_clocks(ClockColumn column) { return column == ClockColumn::I486 ? 0 : 9; }

/// An interrupt or exception by where its handler is. The 486's manual counts one table and adds to
/// it: INT n 4 in real mode, INTO 2 when taken.
struct InterruptClocks {
  u16 real, same_level, inner_level, from_virtual8086, task;
};
constexpr InterruptClocks interrupt_clocks(ClockColumn column) {
  if (column == ClockColumn::I486) return {26, 44, 71, 82, 37};  // [486 §26 INT]
  return {37, 59, 99, 119, 0};                                   // [386 §17.2.2 INT]
}

/// What a port instruction in protected mode costs more when the I/O permission map is asked, and
/// the 486's figures of virtual-8086 mode. [386 §17.2.2 IN, INS, OUT, OUTS] [486 §26]
constexpr u16 permission_map_clocks(ClockColumn column, Mnemonic m, bool repeated) {
  const bool string = m == Mnemonic::INS || m == Mnemonic::OUTS;
  return column == ClockColumn::I486 && string && !repeated ? 22 : 20;
}
constexpr u16 virtual8086_port_clocks(Mnemonic m, bool repeated) {
  if (m == Mnemonic::INS) return repeated ? 29 : 30;
  return m == Mnemonic::IN ? 27 : m == Mnemonic::OUT ? 29 : 30;
}

/// Bus clocks of a TLB walk: two reads, and a locked update for each of A and D.
/// [N2M: a 386 walk is about 20 clocks at zero wait states]; the 486's 13, 21 and 28 are remembered
/// figures (docs/deviations.md). A misaligned access is 3 clocks on the 486 [486 §26, App. E]; on
/// the 386 each bus cycle after the first is two [386SX, bus timing], and a narrow bus has more.
constexpr MmuTiming memory_timing(ClockColumn column, unsigned data_lines) {
  if (column == ClockColumn::I486)
    return {.walk_read = 6, .walk_update = 8, .misaligned = 3, .further_cycle = 0, .bus_bytes = 4};
  constexpr u32 cycle = 2;
  const u32 bus_bytes = data_lines / 8, further = cycle * (4 / bus_bytes - 1);
  return {.walk_read = 5 + further,
          .walk_update = 5 + 2 * further,
          .misaligned = 0,
          .further_cycle = cycle,
          .bus_bytes = bus_bytes};
}

}  // namespace faultline
