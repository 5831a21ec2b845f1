// Operand codes, letter for letter those of the manual's opcode map. [386 App. A]
#pragma once

#include "mmu/clock.hpp"

namespace faultline {

enum class Operand : u8 {
  None,
  Eb, Ew, Ev,          // ModRM r/m: register or memory
  Gb, Gw, Gv,          // ModRM reg
  Ib, Iw, Iv, Ibs,     // immediate; Ibs is a byte, sign-extended to the operand size
  Jb, Jv,              // displacement of a relative jump
  Ap,                  // far pointer in the instruction
  M, Ma, Mp, Ms,       // memory only: address, BOUND pair, far pointer, table register image
  Mb, Mv, Mq,          // memory only, byte, operand size or eight bytes
  Ob, Ov,              // memory at an offset in the instruction
  Rd, Cd, Dd, Td,      // 32-bit general (ModRM r/m), control, debug, test register (ModRM reg)
  Rv,                  // register only, operand size
  Sw,                  // segment register (ModRM reg)
  Xb, Xv, Yb, Yv,      // string source DS:(E)SI, destination ES:(E)DI
  Zb, Zv,              // general register in the opcode's low three bits
  AL, eAX, DX, CL, One, Three,
  ES_, CS_, SS_, DS_, FS_, GS_,
  M32real, M64real, M80real, M16int, M32int, M64int, M80dec,  // memory only, as the x87 reads it
  M2byte, Menv, Mstate,  // control or status word, environment, whole state of the x87
  AX, ST0, STi,        // FNSTSW AX; the x87's stack top, and the register ModRM r/m names
};

constexpr bool x87_memory(Operand o) { return o >= Operand::M32real && o <= Operand::Mstate; }
constexpr bool x87_register(Operand o) { return o == Operand::ST0 || o == Operand::STi; }

constexpr bool uses_modrm(Operand o) {
  switch (o) {
    case Operand::Eb: case Operand::Ew: case Operand::Ev: case Operand::Gb: case Operand::Gw:
    case Operand::Gv: case Operand::M: case Operand::Ma: case Operand::Mp: case Operand::Ms:
    case Operand::Mb: case Operand::Mv: case Operand::Mq: case Operand::Rd: case Operand::Cd: case Operand::Dd:
    case Operand::Td: case Operand::Rv: case Operand::Sw:
      return true;
    default:
      return x87_memory(o) || x87_register(o);
  }
}
/// r/m operands that must be memory: a register there is an invalid opcode.
constexpr bool memory_only(Operand o) {
  return o == Operand::M || o == Operand::Ma || o == Operand::Mp || o == Operand::Ms ||
         o == Operand::Mb || o == Operand::Mv || o == Operand::Mq || x87_memory(o);
}
/// r/m operands whose mod field is ignored or must name a register.
constexpr bool register_only(Operand o) { return o == Operand::Rd || o == Operand::Rv; }
constexpr bool is_rm(Operand o) {
  return o == Operand::Eb || o == Operand::Ew || o == Operand::Ev || memory_only(o) ||
         register_only(o);
}
/// Memory at an offset in the instruction, without ModRM.
constexpr bool at_offset(Operand o) { return o == Operand::Ob || o == Operand::Ov; }
/// True when the operand is one byte wide whatever the operand-size attribute.
constexpr bool byte_wide(Operand o) {
  return o == Operand::Eb || o == Operand::Gb || o == Operand::Ob || o == Operand::Xb ||
         o == Operand::Yb || o == Operand::Zb || o == Operand::AL || o == Operand::Mb;
}

}  // namespace faultline
