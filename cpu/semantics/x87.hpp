// The escapes: when a numeric instruction may run, its memory operands, its pointers; what it
// computes is in cpu/x87. [387 §4] [386 §11.1] [486 §18]
#pragma once

#include "cpu/interpreter/segmentation.hpp"
#include "cpu/semantics/semantics.hpp"
#include "cpu/x87/instructions.hpp"

namespace faultline {

/// What the processor does with an escape or WAIT before it looks at the instruction itself.
enum class Readiness : u8 {
  Go,
  Waits,   // frozen on an error that is reported by interrupt
  Absent,  // nobody takes the escape and nothing changes: how programs find out [386 §11.1]
};

/// An error left by an earlier instruction: #MF, or the interrupt that FERR# asks for. [486 §18.2]
template <class Core>
Readiness meet_pending_error(Core& core) {
  if (!core.s.x87.error()) return Readiness::Go;
  if (core.reports_by_exception()) core.raise(Vector::MF);
  if (core.context.lines.ignne) return Readiness::Go;
  core.s.halted = true;  // until the interrupt; the instruction runs again then
  core.look_around();
  return Readiness::Waits;
}

template <class S, class Core>
Readiness x87_ready(Core& core) {
  if ((core.cr0() & (cr0::EM | cr0::TS)) != 0) core.raise(Vector::NM);
  if (core.context.model.fpu == FpuKind::None) return Readiness::Absent;
  const bool looks = S::form.has(Numeric) && !S::form.has(NoWait);
  return looks ? meet_pending_error(core) : Readiness::Go;
}

/// What the operand's address must be a multiple of. [486 §9.9.16]
template <Operand O, class T>
constexpr u32 x87_alignment() {
  switch (O) {
    case Operand::M2byte: case Operand::M16int: return 2;
    case Operand::M32int: case Operand::M32real: return 4;
    case Operand::Menv: case Operand::Mstate: return sizeof(T);
    default: return 8;
  }
}
/// The operand as a whole, before its parts. A segment that forbids it will say so first.
template <class S, class Core>
void check_x87_alignment(Core& core, const Instruction& insn) {
  const DescriptorCache& segment = core.seg(insn.segment);
  const u32 at = core.address(insn);
  if (permits(segment, at, 1, false) || permits(segment, at, 1, true))
    core.check_alignment({segment.base + at}, x87_alignment<S::op1, typename S::Width>());
}

/// A range of memory that an instruction is about to store, checked as a whole.
template <class Core>
void probe_store(Core& core, const Instruction& insn, u32 bytes) {
  const u32 first = core.address(insn);
  const u32 last = (first + bytes - 1) & insn.address_mask;
  core.template writable<u8>(insn.segment, last);
  const LinearAddress at = core.template writable<u8>(insn.segment, first);
  if (last >= first) core.mmu.probe_write(at, bytes, core.privilege());
}

/// `count` values of T from the operand on; past the end of a 16-bit segment the offset wraps.
template <class T, class Core>
T read_part(Core& core, const Instruction& insn, u32 offset) {
  const u32 at = (core.address(insn) + offset) & insn.address_mask;
  if (core.s.checks_alignment) [[unlikely]]
    return core.template read_part<T>(insn.segment, at);
  return core.template read<T>(insn.segment, at);
}
template <class T, class Core>
void write_part(Core& core, const Instruction& insn, u32 offset, T value) {
  const u32 at = (core.address(insn) + offset) & insn.address_mask;
  if (core.s.checks_alignment) [[unlikely]]
    return core.template write_part<T>(insn.segment, at, value);
  core.template write<T>(insn.segment, at, value);
}
template <class Core>
u64 read_u64(Core& core, const Instruction& insn, u32 offset = 0) {
  const u64 low = read_part<u32>(core, insn, offset);
  return low | u64{read_part<u32>(core, insn, offset + 4)} << 32;
}
template <class Core>
void write_u64(Core& core, const Instruction& insn, u32 offset, u64 value) {
  write_part<u32>(core, insn, offset, static_cast<u32>(value));
  write_part<u32>(core, insn, offset + 4, static_cast<u32>(value >> 32));
}
template <class Core>
x87::Extended read_extended(Core& core, const Instruction& insn, u32 offset = 0) {
  const u64 significand = read_u64(core, insn, offset);
  return {significand, read_part<u16>(core, insn, offset + 8)};
}
template <class Core>
void write_extended(Core& core, const Instruction& insn, u32 offset, x87::Extended x) {
  write_u64(core, insn, offset, x.significand);
  write_part<u16>(core, insn, offset + 8, x.sign_exponent);
}

/// The operand of a load, a comparison or an arithmetic instruction in memory.
template <Operand O, class Core>
x87::Operand load_numeric(Core& core, const Instruction& insn) {
  if constexpr (O == Operand::M32real) return x87::from_single(read_part<u32>(core, insn, 0));
  if constexpr (O == Operand::M64real) return x87::from_double(read_u64(core, insn));
  if constexpr (O == Operand::M80real) return {read_extended(core, insn)};
  if constexpr (O == Operand::M16int)
    return x87::from_integer(static_cast<s16>(read_part<u16>(core, insn, 0)));
  if constexpr (O == Operand::M32int)
    return x87::from_integer(static_cast<s32>(read_part<u32>(core, insn, 0)));
  if constexpr (O == Operand::M64int)
    return x87::from_integer(static_cast<s64>(read_u64(core, insn)));
  if constexpr (O == Operand::M80dec) {
    const u64 low = read_u64(core, insn);
    return x87::from_decimal({low, read_part<u16>(core, insn, 8)});
  }
}

/// The instruction and operand pointers of every instruction that is none of control. [387 §2.2.5]
template <class S, class Core>
void note_pointers(Core& core, const Instruction& insn) {
  X87State& x = core.s.x87;
  x.instruction_offset = core.next_eip(insn) - insn.length;
  x.instruction_selector = core.seg(CS).selector;
  x.opcode = static_cast<u16>((S::form.opcode & 7u) << 8 | insn.modrm);
  if constexpr (S::memory) {
    x.operand_offset = core.address(insn);
    x.operand_selector = core.seg(insn.segment).selector;
  }
}

/// The shape of the meanings below: `compute` on the register stack, after the memory operand.
template <class Meaning>
struct NumericInstruction {
  template <class S, class Core>
  static bool run(Core& core, const Instruction& insn) {
    switch (x87_ready<S>(core)) {
      case Readiness::Waits:
        return false;
      case Readiness::Absent:
        return true;
      case Readiness::Go:
        break;
    }
    if constexpr (S::memory)
      if (core.s.checks_alignment) [[unlikely]]
        check_x87_alignment<S>(core, insn);
    x87::RegisterStack stack(core.s.x87);
    Meaning::template compute<S>(core, insn, stack);
    core.drive_ferr();
    return true;
  }
};

}  // namespace faultline
