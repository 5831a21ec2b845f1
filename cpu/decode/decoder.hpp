// From bytes to an Instruction, by the table. Knows nothing of memory or state.
#pragma once

#include <span>
#include <string>

#include "cpu/decode/instruction.hpp"
#include "cpu/model.hpp"

namespace faultline {

enum class DecodeStatus : u8 {
  Ok,
  Invalid,   // #UD: no such form, a register where memory must be, LOCK where it may not be
  TooLong,   // more than 15 bytes: #GP(0) [386 §9.8.13] [486 §9.9.13]
  NeedMore,  // the bytes given end inside the instruction
};

/// What decoding depends on beside the bytes.
struct DecodeMode {
  bool big = false;            // CS.D: default operand and address size 32
  bool protected_mode = false; // PE set and VM clear: ProtectedOnly forms exist
  friend bool operator==(const DecodeMode&, const DecodeMode&) = default;
};

inline constexpr unsigned max_instruction_length = 15;

/// Decodes the instruction at the start of `bytes`. Fills everything of `out` but execute, clocks
/// and end. On Invalid `length` counts the bytes looked at. Never reads past `bytes`.
DecodeStatus decode(std::span<const u8> bytes, DecodeMode mode, const Model& model,
                    Instruction& out);

/// Text in Intel syntax: "add dword ptr [eax+4], ecx". `address` is the instruction's own offset.
std::string disassemble(const Instruction& insn, u32 address);

}  // namespace faultline
