// When an instruction needs the bus: the accesses of its operands and of its stack, in order, each
// with its place among the clocks of a 386. Data for a timeline; the interpreter does not read it.
// docs/timing.md, "Bus operations"
#pragma once

#include <vector>

#include "cpu/decode/instruction.hpp"
#include "cpu/model.hpp"

namespace faultline {

enum class BusOperationKind : u8 { Read, Write, PortRead, PortWrite };

struct BusOperation {
  BusOperationKind kind = BusOperationKind::Read;
  u8 bytes = 0;    // of the operand; its address and the bus's width make one or more cycles of it
  u16 offset = 0;  // clocks from the instruction's first; of REP, from the iteration's first
  bool locked = false;     // the bus is kept from this operation to the next [386 §11.2]
  bool estimated = false;  // that is: its offset; that and in which order it happens is known
  friend bool operator==(const BusOperation&, const BusOperation&) = default;
};

struct BusOperations {
  std::vector<BusOperation> list{};
  bool each_iteration = false;  // once for every iteration of REP
  /// More may follow that descriptors, gates, the TSS or the x87 decide about.
  bool open_ended = false;
};

/// Of a decoded and charged instruction, with figures of a 386. A 486's cache takes most of these
/// off the bus; there the kinds, widths and order hold.
BusOperations bus_operations(const Instruction& insn, ClockColumn column = ClockColumn::I386);

}  // namespace faultline
