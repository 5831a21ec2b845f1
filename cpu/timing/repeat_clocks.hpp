// Repeated string instructions: a base, and a figure for each iteration. [386 §17.2.2 REP] [486
// §26]
#pragma once

#include "cpu/decode/instruction.hpp"
#include "cpu/model.hpp"

namespace faultline {

struct RepeatClocks {
  u16 base, each;
};

constexpr RepeatClocks repeat_clocks(ClockColumn column, Mnemonic m) {
  const bool i486 = column == ClockColumn::I486;
  switch (m) {
    case Mnemonic::MOVS:
      return i486 ? RepeatClocks{12, 3} : RepeatClocks{5, 4};
    case Mnemonic::STOS:
      return i486 ? RepeatClocks{7, 4} : RepeatClocks{5, 5};
    case Mnemonic::LODS:
      return i486 ? RepeatClocks{7, 4} : RepeatClocks{5, 6};  // [386: IBM]
    case Mnemonic::CMPS:
      return i486 ? RepeatClocks{7, 7} : RepeatClocks{5, 9};
    case Mnemonic::SCAS:
      return i486 ? RepeatClocks{7, 5} : RepeatClocks{5, 8};
    case Mnemonic::INS:
      return i486 ? RepeatClocks{16, 8} : RepeatClocks{13, 6};
    default:
      return i486 ? RepeatClocks{17, 5} : RepeatClocks{12, 5};  // OUTS; docs/timing.md, slips
  }
}

/// With a count of zero. [386 §17.2.2 REP: 5+4n and kin] [486 §26 REP: c = 0]
inline constexpr u16 no_iteration_clocks = 5;
/// What protected mode saves of the base of REP INS and REP OUTS on either model.
inline constexpr u16 protected_port_saving = 6;

/// True when the instruction's REP prefix makes it a row of its own.
constexpr bool is_repeated(const Instruction& insn) {
  return insn.repeat != RepeatPrefix::None &&
         (insn.form().has(Rep) || insn.form().has(RepCondition));
}

}  // namespace faultline
