// From a row of the table to machine code: every handler is made here, by the row's operands and
// its mnemonic's meaning. The life of an instruction: load, compute, store, charge.
#pragma once

#include "cpu/interpreter/privileged.hpp"
#include "cpu/interpreter/quick.hpp"
#include "cpu/interrupts/delivery.hpp"
#include "cpu/isa/access.hpp"
#include "cpu/semantics/arithmetic.hpp"
#include "cpu/semantics/control_transfer.hpp"
#include "cpu/semantics/data_transfer.hpp"
#include "cpu/semantics/decimal.hpp"
#include "cpu/semantics/far_transfer.hpp"
#include "cpu/semantics/flag_control.hpp"
#include "cpu/semantics/input_output.hpp"
#include "cpu/semantics/interrupt.hpp"
#include "cpu/semantics/later.hpp"
#include "cpu/semantics/loadall.hpp"
#include "cpu/semantics/logic.hpp"
#include "cpu/semantics/segment_registers.hpp"
#include "cpu/semantics/shift.hpp"
#include "cpu/semantics/stack.hpp"
#include "cpu/semantics/string.hpp"
#include "cpu/semantics/system.hpp"
#include "cpu/semantics/test_registers.hpp"
#include "cpu/semantics/x87_control.hpp"
#include "cpu/semantics/x87_numeric.hpp"

namespace faultline {

/// True when the instruction touches nothing but registers and flags: no memory, no exception, no
/// clocks beyond the row's.
template <class Meaning, class S>
inline constexpr bool plain = [] {
  using T = typename S::Width;
  if (S::form.has(EndsBlock) || S::form.has(Privileged)) return false;
  if (S::form.mnemonic == Mnemonic::LEA) return true;
  if (S::memory || at_offset(S::op1) || at_offset(S::op2)) return false;
  if constexpr (requires { Meaning::registers_only; }) return true;
  return Binary<Meaning, T> || Compare<Meaning, T> || Unary<Meaning, T> || Move<Meaning, T>;
}();

/// Forms that end a block and leave CS and the page tables as they are: the next one may follow by
/// a link. What else they change asks for attention where that matters.
constexpr bool stays_in_segment(Mnemonic m) {
  switch (m) {
    case Mnemonic::MOVSREG:
    case Mnemonic::POPSREG:
    case Mnemonic::LDS:
    case Mnemonic::LES:
    case Mnemonic::LFS:
    case Mnemonic::LGS:
    case Mnemonic::LSS:
    case Mnemonic::IN:
    case Mnemonic::OUT:
    case Mnemonic::CLI:
    case Mnemonic::STI:
    case Mnemonic::POPF:
    case Mnemonic::JMP:
    case Mnemonic::CALL:
    case Mnemonic::RET:
    case Mnemonic::LOOP:
    case Mnemonic::LOOPE:
    case Mnemonic::LOOPNE:
    case Mnemonic::JCXZ:
      return true;
    default:
      return m >= Mnemonic::JO && m <= Mnemonic::JG;
  }
}

/// Any instruction, whatever happens in it.
template <class Core, unsigned Row, OperandWidth T, bool memory>
void execute_whole(void* opaque, const Instruction* insn) {
  using S = Site<Row, T, memory>;
  using Meaning = Semantics<S::form.mnemonic>;
  Core& core = *static_cast<Core*>(opaque);

  if constexpr (!plain<Meaning, S>) core.begin(insn);
  if constexpr (S::form.has(Privileged)) core.require_cpl0();
  if constexpr (S::form.has(EndsBlock)) core.target = core.next_eip(*insn);

  if constexpr (Binary<Meaning, T>) {
    const auto source = load<S::op2, S>(core, *insn);
    modify<S::op1, S>(core, *insn, [&](T value) {
      return Meaning::template apply<T>(core.s.flags, value, static_cast<T>(source));
    });
  } else if constexpr (Compare<Meaning, T>) {
    const T a = load<S::op1, S>(core, *insn);
    Meaning::template test<T>(core.s.flags, a, static_cast<T>(load<S::op2, S>(core, *insn)));
  } else if constexpr (Unary<Meaning, T>) {
    modify<S::op1, S>(core, *insn,
                      [&](T value) { return Meaning::template unary<T>(core.s.flags, value); });
  } else if constexpr (Move<Meaning, T>) {
    store<S::op1, S>(core, *insn, Meaning::template move<T>(load<S::op2, S>(core, *insn)));
  } else if constexpr (Suspendable<Meaning, S, Core>) {
    if (!Meaning::template run<S>(core, *insn)) return core.suspend(insn);
  } else {
    Meaning::template run<S>(core, *insn);
  }

  if constexpr (S::form.has(EndsBlock) && writes_general(S::form)) core.carry(*insn);
  if constexpr (S::form.has(EndsBlock) && stays_in_segment(S::form.mnemonic))
    return core.finish_near(insn);
  else if constexpr (S::form.has(EndsBlock))
    return core.finish(insn);
  else
    return core.template proceed<plain<Meaning, S>>(insn);
}

/// An instruction that has a quick way.
template <class Core, unsigned Row, OperandWidth T, bool memory>
void execute_quickly(void* opaque, const Instruction* insn) {
  using S = Site<Row, T, memory>;
  Core& core = *static_cast<Core*>(opaque);
  if (!go_quickly<Semantics<S::form.mnemonic>, S>(core, *insn)) [[unlikely]]
    return execute_whole<Core, Row, T, memory>(opaque, insn);
  if constexpr (S::form.has(EndsBlock))
    return core.finish_near(insn);
  else
    return core.template proceed<true>(insn);
}

template <class Core, unsigned Row, OperandWidth T, bool memory>
inline constexpr Handler execute = [] {
  using S = Site<Row, T, memory>;
  if constexpr (Core::Observer::watching ||
                quick_way<Semantics<S::form.mnemonic>, S> == Quick::None)
    return execute_whole<Core, Row, T, memory>;
  else
    return execute_quickly<Core, Row, T, memory>;
}();

template <class Core>
void execute_invalid(void* opaque, const Instruction* insn) {
  static_cast<Core*>(opaque)->begin(insn);
  static_cast<Core*>(opaque)->raise(Vector::UD);
}
template <class Core>
void execute_too_long(void* opaque, const Instruction* insn) {
  static_cast<Core*>(opaque)->begin(insn);
  static_cast<Core*>(opaque)->raise(Vector::GP, 0);
}
template <class Core>
void execute_block_end(void* opaque, const Instruction* insn) {
  static_cast<Core*>(opaque)->leave_block(static_cast<const BlockEnd*>(insn));
}

/// Handlers of one row by [operand size 32][ModRM names memory].
using RowHandlers = std::array<std::array<Handler, 2>, 2>;

template <class Core, unsigned Row>
constexpr RowHandlers row_handlers() {
  constexpr Form form = forms[Row];
  using Narrow =
      std::conditional_t<form.byte_form(), u8, std::conditional_t<form.sizeless(), u32, u16>>;
  using Wide = std::conditional_t<form.byte_form(), u8, u32>;
  constexpr bool in_memory = is_rm(form.rm()) && !register_only(form.rm());
  constexpr bool in_register = !memory_only(form.rm());
  RowHandlers h{};
  if constexpr (in_register) {
    h[0][0] = execute<Core, Row, Narrow, false>;
    h[1][0] = execute<Core, Row, Wide, false>;
  }
  if constexpr (in_memory) {
    h[0][1] = execute<Core, Row, Narrow, true>;
    h[1][1] = execute<Core, Row, Wide, true>;
  }
  return h;
}

template <class Core, unsigned... rows>
constexpr std::array<RowHandlers, form_count> make_handlers(
    std::integer_sequence<unsigned, rows...>) {
  return {row_handlers<Core, rows>()...};
}
template <class Core>
inline constexpr auto handlers =
    make_handlers<Core>(std::make_integer_sequence<unsigned, form_count>{});

}  // namespace faultline
