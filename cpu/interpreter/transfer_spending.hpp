// Clocks of leaving the straight path, where it is known how: the figures are in
// cpu/timing/transfer_clocks.hpp and repeat_clocks.hpp.
#pragma once

#include "cpu/interpreter/core.hpp"
#include "cpu/timing/clocks.hpp"
#include "cpu/timing/repeat_clocks.hpp"

namespace faultline {

/// After spend_alternative, whose figure this takes the place of. Only what goes to code of the
/// same task through a CALL, JMP or RET of the same level or inward owes `m`.
template <Timing t, class O>
void Core<t, O>::spend_route(const Instruction& insn, Route route, u32 parameters) {
  if constexpr (timing != Timing::Table) return;
  const u32 figure =
      route_clocks(context.column, insn.form().mnemonic, insn.memory, insn.has_immediate, route) +
      parameters * clocks_per_parameter;
  s.clock.advance(static_cast<u64>(s64{figure} - insn.alternative));
  if (route >= Route::Outer) s.in_flight = 0;
}

/// INT n, INT3, INTO: the row has the figures of real mode (of INTO, second) and of the same level;
/// the others are as far from the latter as in the interrupt table.
template <Timing t, class O>
void Core<t, O>::spend_software_interrupt(const Instruction& insn, bool from_virtual8086,
                                          unsigned old_cpl) {
  if constexpr (timing != Timing::Table) return;
  const InterruptClocks to = interrupt_clocks(context.column);
  const Clocks& row = clocks_of(insn.row, context.column);
  const s64 more = s64{row.alt} - to.same_level;
  s64 figure = row.alt;
  if (!protected_mode())
    figure = insn.form().mnemonic == Mnemonic::INTO ? row.mem : row.reg;
  else if (switched_)
    figure = to.task + more;
  else if (from_virtual8086)
    figure = to.from_virtual8086 + more;
  else if (cpl() != old_cpl)
    figure = to.inner_level + more;
  s.clock.advance(static_cast<u64>(figure - insn.first_clocks));
}

/// An exception or interrupt, delivered between two instructions.
template <Timing t, class O>
void Core<t, O>::spend_delivery(bool from_virtual8086, unsigned old_cpl) {
  const InterruptClocks to = interrupt_clocks(context.column);
  const u16 figure = !protected_mode()  ? to.real
                     : switched_        ? to.task
                     : from_virtual8086 ? to.from_virtual8086
                     : cpl() != old_cpl ? to.inner_level
                                        : to.same_level;
  s.clock.now += timing == Timing::Table ? figure : 1;
  s.in_flight = 0;
}

template <Timing t, class O>
void Core<t, O>::spend_task_switch(const TaskSwitchClocks& clocks, bool to_virtual8086, bool wide) {
  spend(!wide ? clocks.to_16bit : to_virtual8086 ? clocks.to_virtual8086 : clocks.to_32bit);
  s.in_flight = 0;
}

/// IN, OUT, INS, OUTS when they have come to their end. [386 §17.2.2 IN] [486 §26 IN]
template <Timing t, class O>
void Core<t, O>::spend_port(const Instruction& insn) {
  if constexpr (timing != Timing::Table) return;
  if (!protected_mode()) return;
  const Mnemonic m = insn.form().mnemonic;
  const bool repeated = is_repeated(insn), i486 = context.column == ClockColumn::I486;
  s64 figure = repeated ? insn.first_clocks - protected_port_saving : insn.alternative;
  if (virtual8086() && i486)
    figure = virtual8086_port_clocks(m, repeated);
  else if (virtual8086() || cpl() > s.flags.iopl())
    figure += permission_map_clocks(context.column, m, repeated);
  s.clock.advance(static_cast<u64>(figure - insn.first_clocks));
}

template <Timing t, class O>
void Core<t, O>::spend_no_iteration(const Instruction& insn) {
  const Mnemonic m = insn.form().mnemonic;
  if (m == Mnemonic::INS || m == Mnemonic::OUTS) return;
  if constexpr (timing == Timing::Table)
    s.clock.advance(static_cast<u64>(s64{no_iteration_clocks} - insn.first_clocks));
}

}  // namespace faultline
