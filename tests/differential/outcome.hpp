// What both processors start from and what is compared when they have stopped.
#pragma once

#include <array>

#include "mmu/clock.hpp"

namespace faultline::differential {

/// General registers by arch::GeneralRegister, EIP and EFLAGS.
struct Registers {
  std::array<u32, 8> general{};
  u32 eip = 0;
  u32 eflags = 2;
};

/// The machine both are: flat 32-bit protected mode at CPL 0, or real mode with all segments at 0.
enum class Mode : u8 { Flat32, Real };

inline constexpr int no_exception = -1;
inline constexpr int runaway = -2;  // neither a HLT nor an exception came

struct Outcome {
  Registers registers{};
  int exception = no_exception;  // the vector that ended the run instead of a HLT
};

// The memory of both: 64 KB, so that 16-bit addresses reach all of it.
inline constexpr u32 memory_size = 0x10000;
inline constexpr u32 code_first = 0x3000, code_last = 0x5FFF;  // filled with HLT
inline constexpr u32 code_start = 0x4800;                      // of the instruction
inline constexpr u32 data_first = 0x8000, data_size = 0x4000;  // what instructions may store into
inline constexpr u8 hlt = 0xF4;

}  // namespace faultline::differential
