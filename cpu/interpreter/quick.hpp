// The quick way of the most frequent forms: when the shadow of the TLB answers the access and no
// rule forbids anything, the instruction is done without a call. Otherwise nothing has changed, and
// the handler of the whole instruction (execute.hpp) does it from the start.
#pragma once

#include "cpu/semantics/control_transfer.hpp"
#include "cpu/semantics/data_transfer.hpp"
#include "cpu/semantics/stack.hpp"

namespace faultline {

enum class Quick : u8 {
  None,
  Modify,  // the first operand in memory is read and written
  First,   // the first operand in memory is read
  Second,  // the second operand in memory is read
  Store,   // the first operand in memory is written
  Extend,  // MOVZX, MOVSX of a memory operand
  Push,
  Pop,
  Jump,  // JMP and conditional jumps, relative
  Call,  // relative
  Return,
};

/// How S may go the quick way.
template <class Meaning, class S>
inline constexpr Quick quick_way = [] {
  using T = typename S::Width;
  using enum Mnemonic;
  constexpr Mnemonic m = S::form.mnemonic;
  const bool first = at_offset(S::op1) || (is_rm(S::op1) && S::memory);
  const bool second = at_offset(S::op2) || (is_rm(S::op2) && S::memory);
  if (m >= JO && m <= JG) return Quick::Jump;
  if (m == JMP && !is_rm(S::op1)) return Quick::Jump;
  if (m == CALL && !is_rm(S::op1)) return Quick::Call;
  if (m == RET) return Quick::Return;
  if (m == PUSH && !first) return Quick::Push;
  if (m == POP && !first) return Quick::Pop;
  if ((m == MOVZX || m == MOVSX) && second) return Quick::Extend;
  if (!first && !second) return Quick::None;
  if (Binary<Meaning, T>) return first ? Quick::Modify : Quick::Second;
  if (Unary<Meaning, T>) return Quick::Modify;
  if (Compare<Meaning, T>) return first ? Quick::First : Quick::Second;
  if (Move<Meaning, T>) return first ? Quick::Store : Quick::Second;
  return Quick::None;
}();

/// A value of T in host memory; null where the quick way ends.
template <class T>
class HostValue {
 public:
  explicit HostValue(u8* at) : at_(at) {}
  explicit operator bool() const { return at_ != nullptr; }
  T get() const {
    T value;
    std::memcpy(&value, at_, sizeof(T));
    return value;
  }
  void set(T value) const { std::memcpy(at_, &value, sizeof(T)); }

 private:
  u8* at_;
};

template <Operand O, class S, AccessKind Kind, unsigned accesses, class Core>
[[gnu::always_inline]] inline auto quick_operand(Core& core, const Instruction& insn) {
  using T = OperandType<O, typename S::Width>;
  const u32 offset = at_offset(O) ? insn.displacement : core.address(insn);
  return HostValue<T>(core.template quick<T, Kind>(insn, insn.segment, offset, accesses));
}

template <class T, class Core>
[[gnu::always_inline]] inline bool quick_push(Core& core, const Instruction& insn, T value) {
  const u32 top = (core.gpr(ESP) - sizeof(T)) & core.stack_mask();
  const HostValue<T> slot(core.template quick<T, AccessKind::Write>(insn, SS, top, 1));
  if (!slot) return false;
  slot.set(value);
  core.set_stack_pointer(top);
  return true;
}

/// Near transfers.
template <class Meaning, class S, class Core>
[[gnu::always_inline]] inline bool go_quickly_elsewhere(Core& core, const Instruction& insn) {
  using T = typename S::Width;
  constexpr Quick way = quick_way<Meaning, S>;
  constexpr Mnemonic m = S::form.mnemonic;
  const u32 next = core.next_eip(insn), limit = core.seg(CS).limit;
  core.target = next;
  if constexpr (way == Quick::Return) {
    const HostValue<T> top(
        core.template quick<T, AccessKind::Read>(insn, SS, core.stack_pointer(), 1));
    if (!top) return false;
    if (top.get() > limit) [[unlikely]]
      core.begin(&insn);  // the access is made: what faults is the jump
    core.jump(top.get());
    core.set_stack_pointer(core.gpr(ESP) + sizeof(T) + insn.immediate);
    core.spend_m();
    return true;
  } else {
    if constexpr (m >= Mnemonic::JO && m <= Mnemonic::JG)
      if (!holds<S::form.condition()>(core.s.flags)) return true;
    const u32 eip = relative_target<S>(core, insn);
    if (eip > limit) return false;
    if constexpr (way == Quick::Call)
      if (!quick_push<T>(core, insn, static_cast<T>(next))) return false;
    core.target = eip;
    if constexpr (m >= Mnemonic::JO && m <= Mnemonic::JG)
      core.spend_taken(insn);
    else
      core.spend_m();
    return true;
  }
}

/// The instruction, but for what proceed or finish does; false when it must go the whole way.
template <class Meaning, class S, class Core>
[[gnu::always_inline]] inline bool go_quickly(Core& core, const Instruction& insn) {
  using T = typename S::Width;
  constexpr Quick way = quick_way<Meaning, S>;
  [[maybe_unused]] Flags& flags = core.s.flags;
  if constexpr (way == Quick::Modify) {
    const auto operand = quick_operand<S::op1, S, AccessKind::Write, 2>(core, insn);
    if (!operand) return false;
    if constexpr (Unary<Meaning, T>)
      operand.set(Meaning::template unary<T>(flags, operand.get()));
    else
      operand.set(Meaning::template apply<T>(flags, operand.get(),
                                             static_cast<T>(load<S::op2, S>(core, insn))));
  } else if constexpr (way == Quick::First) {
    const auto operand = quick_operand<S::op1, S, AccessKind::Read, 1>(core, insn);
    if (!operand) return false;
    Meaning::template test<T>(flags, operand.get(), static_cast<T>(load<S::op2, S>(core, insn)));
  } else if constexpr (way == Quick::Store) {
    const auto operand = quick_operand<S::op1, S, AccessKind::Write, 1>(core, insn);
    if (!operand) return false;
    operand.set(Meaning::template move<T>(load<S::op2, S>(core, insn)));
  } else if constexpr (way == Quick::Second) {
    const auto operand = quick_operand<S::op2, S, AccessKind::Read, 1>(core, insn);
    if (!operand) return false;
    const T value = static_cast<T>(operand.get());
    if constexpr (Compare<Meaning, T>)
      Meaning::template test<T>(flags, load<S::op1, S>(core, insn), value);
    else if constexpr (Move<Meaning, T>)
      store<S::op1, S>(core, insn, Meaning::template move<T>(value));
    else
      modify<S::op1, S>(core, insn,
                        [&](T old) { return Meaning::template apply<T>(flags, old, value); });
  } else if constexpr (way == Quick::Extend) {
    const auto operand = quick_operand<S::op2, S, AccessKind::Read, 1>(core, insn);
    if (!operand) return false;
    store<S::op1, S>(core, insn, Meaning::template extend<T>(operand.get()));
  } else if constexpr (way == Quick::Push) {
    const T value = load<S::op1, S>(core, insn);
    return quick_push<T>(core, insn, value);
  } else if constexpr (way == Quick::Pop) {
    const HostValue<T> top(
        core.template quick<T, AccessKind::Read>(insn, SS, core.stack_pointer(), 1));
    if (!top) return false;
    core.set_stack_pointer(core.gpr(ESP) + sizeof(T));
    store<S::op1, S>(core, insn, top.get());
  } else {
    return go_quickly_elsewhere<Meaning, S>(core, insn);
  }
  return true;
}

}  // namespace faultline
