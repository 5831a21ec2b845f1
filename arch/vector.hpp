// Interrupt and exception vectors, and the page-fault error code. [386 §9.8, §9.9]
#pragma once

#include "arch/integers.hpp"

namespace arch {

enum class Vector : u8 {
  DE = 0,   // divide error
  DB = 1,   // debug
  NMI = 2,
  BP = 3,   // breakpoint
  OF = 4,   // overflow
  BR = 5,   // BOUND range exceeded
  UD = 6,   // invalid opcode
  NM = 7,   // coprocessor not available
  DF = 8,   // double fault
  CSO = 9,  // coprocessor segment overrun, 386 only
  TS = 10,  // invalid TSS
  NP = 11,  // segment not present
  SS = 12,  // stack exception
  GP = 13,  // general protection
  PF = 14,  // page fault
  MF = 16,  // floating-point error
  AC = 17,  // alignment check, 486
};

/// True when the exception pushes an error code. [386 §9.8 table 9-7] [486 §9.9]
constexpr bool has_error_code(Vector v) {
  return v == Vector::DF || (v >= Vector::TS && v <= Vector::PF) || v == Vector::AC;
}

/// Error code of #PF. [386 §9.8.14]
namespace page_fault {
inline constexpr u32 P = 1u << 0, W = 1u << 1, U = 1u << 2;
}

/// Error code of the segment exceptions: selector index and table. [386 §9.7]
namespace selector_error {
inline constexpr u32 EXT = 1u << 0, IDT = 1u << 1, TI = 1u << 2;
}

}  // namespace arch
