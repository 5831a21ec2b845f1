// Errata of two instructions in a row: the first leaves an aftermath in the state and asks for
// attention, the next runs alone and brings it out. An interrupt or exception between them wipes it
// out, for the processor has then begun something else. Not part of any handler unless errata are
// shown: see Core::bind. What they do is told in docs/models.md, "Errata".
#pragma once

#include <algorithm>
#include <utility>

#include "cpu/interpreter/execute.hpp"

namespace faultline {

constexpr bool leaves_aftermath(Mnemonic m) {
  return m == Mnemonic::POPA || m == Mnemonic::LSL || m == Mnemonic::MOVS || m == Mnemonic::STOS ||
         m == Mnemonic::INS;
}

/// What a string register of final value `value` holds if its last step is taken at the other
/// address size.
constexpr u32 stepped_otherwise(u32 value, u32 step, bool address32) {
  constexpr u32 low = 0xFFFF;
  if (address32) return ((value - step) & ~low) | (value & low);
  return ((value & ~low) | ((value - step) & low)) + step;
}

/// `insn`, of the form of S, has completed.
template <class S, class Core>
void leave_aftermath(Core& core, const Instruction& insn) {
  const u32 shown = core.context.errata;
  constexpr Mnemonic m = S::form.mnemonic;
  Aftermath left{.errata = 0, .other = 0, .number = 0, .address32 = insn.address32};
  if constexpr (m == Mnemonic::POPA) {
    if constexpr (sizeof(typename S::Width) == 4) left.errata = shown & PopadLosesEax;
  } else if constexpr (m == Mnemonic::LSL) {
    if (core.s.flags.zf()) left.errata = shown & LslHoldsStackPointer;
  } else if (m == Mnemonic::INS && insn.repeat != RepeatPrefix::None) {
    if ((shown & RepInsCountsOn) != 0) left.errata = shown & (RepInsCountsOn | StringTakesNextSize);
  } else if (m != Mnemonic::STOS || insn.repeat == RepeatPrefix::None) {
    // MOVS (E)DI, REP MOVS (E)SI, STOS (E)DI, INS (E)DI. [B1 §7]
    left.number = insn.repeat == RepeatPrefix::None ? EDI : ESI;
    const u32 step =
        core.s.flags.df() ? 0u - u32{sizeof(typename S::Width)} : u32{sizeof(typename S::Width)};
    const u32 value = core.gpr(left.number);
    left.other = stepped_otherwise(value, step, insn.address32);
    if (left.other != value) left.errata = shown & StringTakesNextSize;
  }
  if (left.errata == 0) return;
  core.s.aftermath = left;
  core.look_around();
}

/// An instruction that leaves an aftermath; otherwise as execute_whole.
template <class Core, unsigned Row, OperandWidth T, bool memory>
void execute_with_aftermath(void* opaque, const Instruction* insn) {
  using S = Site<Row, T, memory>;
  using Meaning = Semantics<S::form.mnemonic>;
  Core& core = *static_cast<Core*>(opaque);
  core.begin(insn);
  if constexpr (S::form.has(EndsBlock)) core.target = core.next_eip(*insn);
  const bool idle = S::form.has(Rep) && insn->repeat != RepeatPrefix::None &&
                    (core.gpr(ECX) & insn->address_mask) == 0;
  if constexpr (Suspendable<Meaning, S, Core>) {
    if (!Meaning::template run<S>(core, *insn)) return core.suspend(insn);
  } else {
    Meaning::template run<S>(core, *insn);
  }
  if (!idle) leave_aftermath<S>(core, *insn);
  if constexpr (S::form.has(EndsBlock))
    return core.finish(insn);
  else
    return core.template proceed<false>(insn);
}

template <class Core, unsigned Row>
constexpr RowHandlers aftermath_handlers() {
  constexpr Form form = forms[Row];
  RowHandlers h{};
  if constexpr (leaves_aftermath(form.mnemonic)) {
    using Narrow = std::conditional_t<form.byte_form(), u8, u16>;
    using Wide = std::conditional_t<form.byte_form(), u8, u32>;
    h[0][0] = execute_with_aftermath<Core, Row, Narrow, false>;
    h[1][0] = execute_with_aftermath<Core, Row, Wide, false>;
    if constexpr (is_rm(form.rm())) {
      h[0][1] = execute_with_aftermath<Core, Row, Narrow, true>;
      h[1][1] = execute_with_aftermath<Core, Row, Wide, true>;
    }
  }
  return h;
}
template <class Core, unsigned... rows>
constexpr std::array<RowHandlers, form_count> make_aftermath_handlers(
    std::integer_sequence<unsigned, rows...>) {
  return {aftermath_handlers<Core, rows>()...};
}
/// By row, operand size 32 and memory; null where there is no aftermath.
template <class Core>
inline constexpr auto with_aftermath =
    make_aftermath_handlers<Core>(std::make_integer_sequence<unsigned, form_count>{});

/// Pushes, pops, or takes or leaves a frame.
constexpr bool uses_stack(Mnemonic m) {
  switch (m) {
    case Mnemonic::PUSH:
    case Mnemonic::PUSHA:
    case Mnemonic::PUSHF:
    case Mnemonic::PUSHSREG:
    case Mnemonic::POP:
    case Mnemonic::POPA:
    case Mnemonic::POPF:
    case Mnemonic::POPSREG:
    case Mnemonic::CALL:
    case Mnemonic::CALLF:
    case Mnemonic::RET:
    case Mnemonic::RETF:
    case Mnemonic::IRET:
    case Mnemonic::ENTER:
    case Mnemonic::LEAVE:
      return true;
    default:
      return false;
  }
}

/// Begins an access to memory early. [B1 §11: "PUSH, POP or memory reference instructions"]
constexpr bool starts_early(const Instruction& insn) {
  const Form& form = insn.form();
  if (form.mnemonic == Mnemonic::LEA) return false;
  if (insn.memory || uses_stack(form.mnemonic) || form.mnemonic == Mnemonic::XLAT) return true;
  return std::ranges::any_of(form.operands, [](Operand o) {
    return at_offset(o) || (o >= Operand::Xb && o <= Operand::Yv);
  });
}

/// The stack operations that must not follow LSL. [B1 §14]
constexpr bool loses_stack_pointer(const Instruction& insn, bool nested_task) {
  switch (insn.form().mnemonic) {
    case Mnemonic::CALL:
      return !insn.memory;
    case Mnemonic::CALLF:
      return insn.form().operands[0] == Operand::Ap;
    case Mnemonic::IRET:
      return !nested_task;
    case Mnemonic::LEAVE:
      return false;
    default:
      return uses_stack(insn.form().mnemonic);
  }
}

/// What the aftermath does before `next` runs.
template <class Core>
void bring_out(Core& core, const Aftermath& left, const Instruction& next) {
  const bool other_stack = uses_stack(next.form().mnemonic) && core.seg(SS).big != left.address32;
  const bool other_size = next.address32 != left.address32 || other_stack;
  const bool takes_size = (left.errata & StringTakesNextSize) != 0 && other_size;
  if ((left.errata & PopadLosesEax) != 0 && next.memory && next.address32 &&
      next.base != no_register && next.index != no_register && next.index != EAX)
    core.gpr(EAX) = core.gpr(next.index);
  if ((left.errata & RepInsCountsOn) != 0) {
    if (!starts_early(next)) return;
    const u32 mask = left.address32 != takes_size ? ~u32{0} : 0xFFFFu;
    u32& count = core.gpr(ECX);
    count = (count & ~mask) | ((count - 1) & mask);
  } else if (takes_size) {
    core.gpr(left.number) = left.other;
  }
}

template <Timing t, class O>
void Core<t, O>::step_after() {
  if (watches_execution_ && !resumed_) check_execution_breakpoints();
  const Block* block = find_block();
  const Instruction* next = block != nullptr ? alone(*block->first(), 0, 0) : &alone_.instruction;
  const Aftermath left = std::exchange(s.aftermath, Aftermath{});
  if (next->execute == execute_invalid<Core> || next->execute == execute_too_long<Core>)
    return start(next);
  bring_out(*this, left, *next);
  const bool holds = (left.errata & LslHoldsStackPointer) != 0 &&
                     loses_stack_pointer(*next, (s.flags.value() & eflags::NT) != 0);
  const u32 esp = s.general[ESP];
  const u16 ss = s.segment[SS].selector, task = s.tr.selector;
  start(next);
  // A stack that was switched to has its own pointer.
  if (holds && s.segment[SS].selector == ss && s.tr.selector == task && !virtual8086())
    s.general[ESP] = esp;
}

}  // namespace faultline
