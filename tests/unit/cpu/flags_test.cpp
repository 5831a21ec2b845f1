// Results and flags of the arithmetic instructions, exhaustively for bytes, against an oracle that
// computes them from their definitions in wide integers or bit by bit. [386 §2.3.4, App. C]
#include <functional>

#include "tests/unit/cpu/protected_machine.hpp"

namespace faultline::test {
namespace {

constexpr u32 CF = 1, PF_ = 4, AF = 0x10, ZF = 0x40, SF = 0x80, OF = 0x800;

u32 parity_zero_sign(unsigned result) {
  unsigned ones = 0;
  for (unsigned bit = 0; bit < 8; ++bit) ones += result >> bit & 1;
  return (ones % 2 == 0 ? PF_ : 0) | (result == 0 ? ZF : 0) | (result >= 128 ? SF : 0);
}
int as_signed(unsigned byte) {
  return byte < 128 ? static_cast<int>(byte) : static_cast<int>(byte) - 256;
}

struct Expected {
  unsigned result;
  u32 flags;
};

Expected sum(unsigned a, unsigned b, unsigned carry) {
  const unsigned total = a + b + carry;
  const int exact = as_signed(a) + as_signed(b) + static_cast<int>(carry);
  return {total % 256, parity_zero_sign(total % 256) | (total > 255 ? CF : 0) |
                           (a % 16 + b % 16 + carry > 15 ? AF : 0) |
                           (exact > 127 || exact < -128 ? OF : 0)};
}
Expected difference(unsigned a, unsigned b, unsigned borrow) {
  const unsigned result = (a + 512 - b - borrow) % 256;
  const int exact = as_signed(a) - as_signed(b) - static_cast<int>(borrow);
  return {result, parity_zero_sign(result) | (a < b + borrow ? CF : 0) |
                      (a % 16 < b % 16 + borrow ? AF : 0) | (exact > 127 || exact < -128 ? OF : 0)};
}
Expected logical(unsigned result) { return {result, parity_zero_sign(result)}; }

/// Runs one instruction on AL and CL over and over.
struct ByteArithmetic : testing::Test, ProtectedMachine {
  void use(const std::vector<u8>& bytes) {
    place(program, bytes);
    place(program + static_cast<u32>(bytes.size()), {0x90});
  }
  Expected run_one(unsigned al, unsigned cl, u32 flags) {
    reg(EAX) = al;
    reg(ECX) = cl;
    s.flags.set(flags | 2);
    s.eip = program;
    step();
    return {reg(EAX) & 0xFF, this->flags() & (CF | PF_ | AF | ZF | SF | OF)};
  }
  /// All pairs of bytes, CF clear and set.
  void check_all(const std::vector<u8>& bytes, u32 defined,
                 const std::function<Expected(unsigned, unsigned, unsigned)>& oracle) {
    use(bytes);
    unsigned wrong = 0;
    for (unsigned a = 0; a < 256 && wrong < 5; ++a)
      for (unsigned b = 0; b < 256; ++b)
        for (unsigned carry : {0u, 1u}) {
          const Expected ours = run_one(a, b, carry), theirs = oracle(a, b, carry);
          if (ours.result == theirs.result && ((ours.flags ^ theirs.flags) & defined) == 0)
            continue;
          ADD_FAILURE() << a << ' ' << b << ' ' << carry << ": " << ours.result << std::hex << ' '
                        << ours.flags << ", expected " << std::dec << theirs.result << std::hex
                        << ' ' << theirs.flags;
          if (++wrong == 5) return;
        }
  }
};

constexpr u32 all = CF | PF_ | AF | ZF | SF | OF;

TEST_F(ByteArithmetic, Add) {
  check_all({0x00, 0xC8}, all, [](unsigned a, unsigned b, unsigned) { return sum(a, b, 0); });
}
TEST_F(ByteArithmetic, Adc) { check_all({0x10, 0xC8}, all, sum); }
TEST_F(ByteArithmetic, Sub) {
  check_all({0x28, 0xC8}, all,
            [](unsigned a, unsigned b, unsigned) { return difference(a, b, 0); });
}
TEST_F(ByteArithmetic, Sbb) { check_all({0x18, 0xC8}, all, difference); }
TEST_F(ByteArithmetic, Cmp) {
  check_all({0x38, 0xC8}, all, [](unsigned a, unsigned b, unsigned) {
    return Expected{a, difference(a, b, 0).flags};
  });
}
TEST_F(ByteArithmetic, And) {
  check_all({0x20, 0xC8}, all & ~AF,
            [](unsigned a, unsigned b, unsigned) { return logical(a & b); });
}
TEST_F(ByteArithmetic, Or) {
  check_all({0x08, 0xC8}, all & ~AF,
            [](unsigned a, unsigned b, unsigned) { return logical(a | b); });
}
TEST_F(ByteArithmetic, Xor) {
  check_all({0x30, 0xC8}, all & ~AF,
            [](unsigned a, unsigned b, unsigned) { return logical(a ^ b); });
}
TEST_F(ByteArithmetic, Test) {
  check_all({0x84, 0xC8}, all & ~AF, [](unsigned a, unsigned b, unsigned) {
    return Expected{a, logical(a & b).flags};
  });
}
TEST_F(ByteArithmetic, IncAndDecLeaveCarry) {
  check_all({0xFE, 0xC0}, all, [](unsigned a, unsigned, unsigned carry) {
    Expected e = sum(a, 1, 0);
    return Expected{e.result, (e.flags & ~CF) | carry};
  });
  check_all({0xFE, 0xC8}, all, [](unsigned a, unsigned, unsigned carry) {
    Expected e = difference(a, 1, 0);
    return Expected{e.result, (e.flags & ~CF) | carry};
  });
}
TEST_F(ByteArithmetic, Neg) {
  check_all({0xF6, 0xD8}, all, [](unsigned a, unsigned, unsigned) { return difference(0, a, 0); });
}
TEST_F(ByteArithmetic, NotLeavesTheFlags) {
  check_all({0xF6, 0xD0}, all, [](unsigned a, unsigned, unsigned carry) {
    return Expected{255 - a, carry};
  });
}

// Shifts and rotates, one bit at a time. The count is taken modulo 32. OF is checked where the
// manual defines it: for single-bit counts.

struct Shifter {
  unsigned value, carry;
  void left(unsigned in) {
    carry = value >> 7;
    value = (value << 1 & 0xFF) | in;
  }
  void right(unsigned in) {
    carry = value & 1;
    value = value >> 1 | in << 7;
  }
};

struct Shifts : ByteArithmetic {
  enum Kind { Rol, Ror, Rcl, Rcr, Shl, Shr, Sar };
  /// D2 /digit by CL, all values and counts.
  void check_shift(unsigned digit, Kind kind) {
    check_all({0xD2, static_cast<u8>(0xC0 | digit << 3)}, all & ~AF,
              [this, kind](unsigned a, unsigned cl, unsigned carry) {
                return shifted(kind, a, cl, carry);
              });
  }
  Expected shifted(Kind kind, unsigned a, unsigned cl, unsigned carry) {
    const unsigned count = cl % 32;
    if (count == 0) return {a, carry};
    Shifter sh{a, carry};
    for (unsigned i = 0; i < count; ++i) {
      switch (kind) {
        case Rol:
          sh.left(sh.value >> 7);
          break;
        case Ror:
          sh.right(sh.value & 1);
          break;
        case Rcl:
          sh.left(sh.carry);
          break;
        case Rcr:
          sh.right(sh.carry);
          break;
        case Shl:
          sh.left(0);
          break;
        case Shr:
          sh.right(0);
          break;
        case Sar:
          sh.right(sh.value >> 7);
          break;
      }
    }
    // The sign changed by the shift: OF of a single-bit shift. Longer ones: as the part computes.
    u32 flags = sh.carry;
    if (count == 1 && (a ^ sh.value) >> 7 != 0) flags |= OF;
    if (count != 1) flags |= s.flags.value() & OF;
    return {sh.value, kind >= Shl ? flags | parity_zero_sign(sh.value) : flags};
  }
};

TEST_F(Shifts, Rol) { check_shift(0, Rol); }
TEST_F(Shifts, Ror) { check_shift(1, Ror); }
TEST_F(Shifts, Rcl) { check_shift(2, Rcl); }
TEST_F(Shifts, Rcr) { check_shift(3, Rcr); }
TEST_F(Shifts, Shl) { check_shift(4, Shl); }
TEST_F(Shifts, Shr) { check_shift(5, Shr); }
TEST_F(Shifts, ShlByItsOtherEncoding) { check_shift(6, Shl); }
TEST_F(Shifts, Sar) { check_shift(7, Sar); }

// Conditions over all flags. [386 App. D]
TEST_F(ByteArithmetic, SetccReadsItsCondition) {
  const std::function<bool(bool, bool, bool, bool, bool)> conditions[8] = {
      [](bool, bool, bool, bool, bool of) { return of; },
      [](bool cf, bool, bool, bool, bool) { return cf; },
      [](bool, bool, bool zf, bool, bool) { return zf; },
      [](bool cf, bool, bool zf, bool, bool) { return cf || zf; },
      [](bool, bool, bool, bool sf, bool) { return sf; },
      [](bool, bool pf, bool, bool, bool) { return pf; },
      [](bool, bool, bool, bool sf, bool of) { return sf != of; },
      [](bool, bool, bool zf, bool sf, bool of) { return zf || sf != of; }};
  for (unsigned cc = 0; cc < 16; ++cc) {
    use({0x0F, static_cast<u8>(0x90 | cc), 0xC0});
    for (unsigned i = 0; i < 32; ++i) {
      const bool cf = i & 1, pf = i & 2, zf = i & 4, sf = i & 8, of = i & 16;
      const u32 flags =
          (cf ? CF : 0) | (pf ? PF_ : 0) | (zf ? ZF : 0) | (sf ? SF : 0) | (of ? OF : 0);
      const bool holds = conditions[cc / 2](cf, pf, zf, sf, of) != (cc % 2 != 0);
      EXPECT_EQ(run_one(0x55, 0, flags).result, holds ? 1u : 0u) << cc << ' ' << i;
    }
  }
}

TEST(FlagsRegister, KeepsEveryCombination) {
  for (u32 value = 0; value < 0x1000; ++value) {
    const u32 wanted = (value & 0xFD5) | 2;
    Flags flags;
    flags.set(wanted);
    ASSERT_EQ(flags.value(), wanted);
    for (u32 bit : {CF, AF, OF}) {  // single changes leave the others
      Flags changed = flags;
      if (bit == CF) changed.set_cf(!flags.cf());
      if (bit == AF) changed.set_af(!flags.af());
      if (bit == OF) changed.set_of(!flags.of());
      ASSERT_EQ(changed.value(), wanted ^ bit);
    }
    Flags changed = flags;
    changed.set_zf(!flags.zf());
    ASSERT_EQ(changed.value(), wanted ^ ZF);
  }
}

}  // namespace
}  // namespace faultline::test
