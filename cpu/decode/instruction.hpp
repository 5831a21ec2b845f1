// An instruction, predecoded: everything its handler needs, nothing to be looked up again.
#pragma once

#include "cpu/isa/forms.hpp"

namespace faultline {

struct Instruction;
/// Runs the instruction and, within a block, its successors. `core` is the Core that decoded it.
using Handler = void (*)(void* core, const Instruction* insn);

/// Index of State::general that is always zero.
inline constexpr u8 no_register = 8;

enum class RepeatPrefix : u8 { None, Repeat /* F3 */, RepeatNotEqual /* F2 */ };

struct Instruction {
  Handler execute = nullptr;
  u32 immediate = 0;           // sign-extended to 32 bits where the operand code says so
  u32 displacement = 0;        // of ModRM, of a relative jump, or a memory offset (Ob, Ov)
  u32 address_mask = ~u32{0};  // 0xFFFF with a 16-bit address size
  u16 immediate2 = 0;          // selector of Ap; the second immediate of ENTER
  u16 row = no_form;           // index into forms
  u16 clocks = 0;              // charged when it completes: cpu/timing/clocks.hpp
  u16 first_clocks = 0;        // the row's first figure, which `alternative` may take the place of
  u16 alternative = 0;         // the row's second figure: taken, protected mode, each iteration
  u16 written = 0;    // registers the next instruction may wait for: cpu/timing/pipeline.hpp
  u16 end = 0;        // bytes from the block's start to the end of this instruction
  u16 elapsed = 0;    // clocks of the block up to and with this instruction
  u8 ordinal = 0;     // instructions of the block up to and with this one
  u8 length = 0;      // bytes, 1 to 15
  u8 components = 0;  // the `m` of the 386's jump clocks [386 §17.2.2.3]
  u8 prefixes = 0;    // prefix bytes, 0F counted as one [486 App. E]
  bool has_displacement : 1 = false, has_immediate : 1 = false;
  bool memory : 1 = false;  // ModRM names memory
  bool wide : 1 = false;    // operand size 32
  bool address32 : 1 = false;
  bool locked : 1 = false;
  RepeatPrefix repeat : 2 = RepeatPrefix::None;
  u8 base = no_register, index = no_register, scale = 0;
  u8 segment = DS;  // effective segment of the memory operand, override applied
  u8 reg = 0;       // ModRM reg
  u8 modrm = 0;     // the whole byte: the x87 keeps it
  u8 rm = 0;        // ModRM r/m when a register, or the opcode's low three bits

  constexpr const Form& form() const { return forms[row]; }
};
static_assert(sizeof(Instruction) == 48);

}  // namespace faultline
