// Shifts and rotates. The count is taken modulo 32. [386 §3.4.3] [386 §17.2.2 SAL, RCL, SHLD]
// Flags a count leaves undefined are computed as for count 1, by the same formula.
#pragma once

#include <bit>

#include "cpu/semantics/semantics.hpp"

namespace faultline {

template <class T>
inline constexpr unsigned width_of = 8 * sizeof(T);

template <class T>
constexpr bool top_bit(T value) {
  return value >> (width_of<T> - 1) != 0;
}

/// Loads the count, does nothing for zero (flags stay), else modifies the first operand by
/// Operation::shift(flags, value, count).
template <class Operation>
struct ShiftBy : RegistersOnly {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    using T = typename S::Width;
    const unsigned count = load<S::op2, S>(core, insn) & 31u;
    // A zero count still reads and writes a memory destination.
    modify<S::op1, S>(core, insn, [&](T value) {
      return count == 0 ? value : Operation::template shift<T>(core.s.flags, value, count);
    });
  }
};

struct ShiftLeft {
  template <class T>
  static T shift(Flags& flags, T value, unsigned count) {
    const u64 wide = u64{value} << count;
    const T result = static_cast<T>(wide);
    const bool carry = (wide >> width_of<T> & 1) != 0;
    flags.set_logic<T>(result);
    flags.set_cf_of(carry, carry != top_bit(result));
    return result;
  }
};
struct ShiftRight {
  template <class T>
  static T shift(Flags& flags, T value, unsigned count) {
    const T result = static_cast<T>(u64{value} >> count);
    flags.set_logic<T>(result);
    flags.set_cf_of((u64{value} >> (count - 1) & 1) != 0, top_bit(value) && count == 1);
    return result;
  }
};
struct ShiftArithmeticRight {
  template <class T>
  static T shift(Flags& flags, T value, unsigned count) {
    const s64 wide = static_cast<std::make_signed_t<T>>(value);
    const T result = static_cast<T>(wide >> count);
    flags.set_logic<T>(result);
    flags.set_cf_of((wide >> (count - 1) & 1) != 0, false);
    return result;
  }
};
template <> struct Semantics<Mnemonic::SHL> : ShiftBy<ShiftLeft> {};
template <> struct Semantics<Mnemonic::SHR> : ShiftBy<ShiftRight> {};
template <> struct Semantics<Mnemonic::SAR> : ShiftBy<ShiftArithmeticRight> {};

// Rotates leave SF, ZF, PF and AF.
struct RotateLeft {
  template <class T>
  static T shift(Flags& flags, T value, unsigned count) {
    const T result = std::rotl(value, static_cast<int>(count));
    flags.set_cf_of((result & 1) != 0, ((result & 1) != 0) != top_bit(result));
    return result;
  }
};
struct RotateRight {
  template <class T>
  static T shift(Flags& flags, T value, unsigned count) {
    const T result = std::rotr(value, static_cast<int>(count));
    flags.set_cf_of(top_bit(result), top_bit(result) != top_bit(static_cast<T>(result << 1)));
    return result;
  }
};
/// Through CF: a rotate of width + 1 bits.
struct RotateCarryLeft {
  template <class T>
  static T shift(Flags& flags, T value, unsigned count) {
    count %= width_of<T> + 1;
    u64 wide = u64{flags.cf()} << width_of<T> | value;
    if (count != 0) wide = wide << count | wide >> (width_of<T> + 1 - count);
    const T result = static_cast<T>(wide);
    const bool carry = (wide >> width_of<T> & 1) != 0;
    flags.set_cf_of(carry, carry != top_bit(result));
    return result;
  }
};
struct RotateCarryRight {
  template <class T>
  static T shift(Flags& flags, T value, unsigned count) {
    count %= width_of<T> + 1;
    u64 wide = u64{flags.cf()} << width_of<T> | value;
    if (count != 0) wide = wide >> count | wide << (width_of<T> + 1 - count);
    const T result = static_cast<T>(wide);
    flags.set_cf_of((wide >> width_of<T> & 1) != 0,
                    top_bit(result) != top_bit(static_cast<T>(result << 1)));
    return result;
  }
};
template <> struct Semantics<Mnemonic::ROL> : ShiftBy<RotateLeft> {};
template <> struct Semantics<Mnemonic::ROR> : ShiftBy<RotateRight> {};
template <> struct Semantics<Mnemonic::RCL> : ShiftBy<RotateCarryLeft> {};
template <> struct Semantics<Mnemonic::RCR> : ShiftBy<RotateCarryRight> {};

/// SHLD and SHRD: the second operand supplies the bits shifted in. A 16-bit count above 16 is
/// undefined; the pair rotates on, as the parts' 32-bit shifter does.
template <bool left>
struct DoubleShift : RegistersOnly {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    using T = typename S::Width;
    const unsigned count = load<S::op3, S>(core, insn) & 31u;
    const T fill = load<S::op2, S>(core, insn);
    modify<S::op1, S>(core, insn, [&](T value) {
      return count == 0 ? value : shift<T>(core.s.flags, value, fill, count);
    });
  }

 private:
  template <class T>
  static T shift(Flags& flags, T value, T fill, unsigned count) {
    constexpr unsigned width = width_of<T>;
    T result;
    bool carry;
    if constexpr (left) {
      // value : fill : value, so that counts past 16 bring the value around again.
      const u64 pair = sizeof(T) == 2 ? u64{value} << 32 | u64{fill} << 16 | value
                                      : u64{value} << 32 | fill;
      const unsigned top = sizeof(T) == 2 ? 48 : 64;
      result = static_cast<T>(pair >> (top - width - count));
      carry = (pair >> (top - count) & 1) != 0;
    } else {
      const u64 pair = sizeof(T) == 2 ? u64{value} << 32 | u64{fill} << 16 | value
                                      : u64{fill} << 32 | value;
      result = static_cast<T>(pair >> count);
      carry = (pair >> (count - 1) & 1) != 0;
    }
    flags.set_logic<T>(result);
    flags.set_cf_of(carry, top_bit(value) != top_bit(result));
    return result;
  }
};
template <> struct Semantics<Mnemonic::SHLD> : DoubleShift<true> {};
template <> struct Semantics<Mnemonic::SHRD> : DoubleShift<false> {};

}  // namespace faultline
