// Decimal adjustment, multiplication and division. [386 §17.2.2 AAA to DAS, MUL, DIV]
#include "tests/unit/cpu/protected_machine.hpp"

namespace faultline::test {
namespace {

constexpr u32 CF = 1, AF = 0x10, ZF = 0x40, SF = 0x80;

struct Decimal : testing::Test, ProtectedMachine {
  u16 ax() const { return static_cast<u16>(s.general[EAX]); }
  void run_one(const std::vector<u8>& bytes, u32 eax, u32 flags) {
    if (byte(program) != bytes[0]) place(program, bytes);
    reg(EAX) = eax;
    s.flags.set(flags | 2);
    s.eip = program;
    step();
  }
  bool flag(u32 mask) const { return (flags() & mask) != 0; }
};

/// AL and the flags AF and CF as the adjusted sum of two packed digits should have them, found by
/// doing the decimal arithmetic itself.
TEST_F(Decimal, DaaAdjustsEverySumOfPackedDigits) {
  for (unsigned a = 0; a < 100; ++a)
    for (unsigned b = 0; b < 100; ++b)
      for (unsigned carry : {0u, 1u}) {
        const unsigned pa = a / 10 * 16 + a % 10, pb = b / 10 * 16 + b % 10;
        const unsigned binary = pa + pb + carry, sum = a + b + carry;
        const u32 in = (binary > 255 ? CF : 0) | (pa % 16 + pb % 16 + carry > 15 ? AF : 0);
        run_one({0x27}, binary & 0xFF, in);
        ASSERT_EQ(ax(), sum / 10 % 10 * 16 + sum % 10) << a << '+' << b;
        ASSERT_EQ(flag(CF), sum > 99);
        ASSERT_EQ(flag(AF), a % 10 + b % 10 + carry > 9);
      }
}

TEST_F(Decimal, DasAdjustsEveryDifferenceOfPackedDigits) {
  for (unsigned a = 0; a < 100; ++a)
    for (unsigned b = 0; b < 100; ++b)
      for (unsigned borrow : {0u, 1u}) {
        const unsigned pa = a / 10 * 16 + a % 10, pb = b / 10 * 16 + b % 10;
        const u32 in = (pa < pb + borrow ? CF : 0) | (pa % 16 < pb % 16 + borrow ? AF : 0);
        run_one({0x2F}, (pa - pb - borrow) & 0xFF, in);
        const unsigned difference = (a + 100 - b - borrow) % 100;
        ASSERT_EQ(ax(), difference / 10 * 16 + difference % 10) << a << '-' << b;
        ASSERT_EQ(flag(CF), a < b + borrow);
        ASSERT_EQ(flag(AF), a % 10 < b % 10 + borrow);
      }
}

/// Every input, by the manual's pseudo-code. It compares AL after the low digit's adjustment with
/// 9F, which is AL before it with 99; parts do the latter, which differs where AL + 6 wraps or the
/// borrow of DAS takes AL below A0.
TEST_F(Decimal, DaaByThePseudoCode) {
  for (unsigned al = 0; al < 256; ++al)
    for (u32 in : {0u, CF, AF, CF | AF}) {
      unsigned result = al;
      const bool low = al % 16 > 9 || (in & AF) != 0, high = al > 0x99 || (in & CF) != 0;
      if (low) result += 6;
      if (high) result += 0x60;
      run_one({0x27}, al, in);
      ASSERT_EQ(ax(), result & 0xFF) << al << ' ' << in;
      ASSERT_EQ(flag(AF), low);
      ASSERT_EQ(flag(CF), high);
      ASSERT_EQ(flag(ZF), (result & 0xFF) == 0);
      ASSERT_EQ(flag(SF), (result & 0x80) != 0);
    }
}

/// The adjustment carries from AL into AH beyond the increment (AX + 106): the 1986 pseudo-code
/// adds to AL and AH apart, the parts from the 286 on do not.
TEST_F(Decimal, AaaAndAas) {
  for (unsigned value = 0; value < 0x10000; value += 0x35)
    for (u32 in : {0u, AF}) {
      const bool adjust = value % 16 > 9 || in == AF;
      run_one({0x37}, value, in);
      ASSERT_EQ(ax(), (value + (adjust ? 0x106 : 0)) & 0xFF0F) << value;
      ASSERT_EQ(flag(AF) && flag(CF), adjust);
    }
  for (unsigned value = 0; value < 0x10000; value += 0x37)
    for (u32 in : {0u, AF}) {
      const bool adjust = value % 16 > 9 || in == AF;
      run_one({0x3F}, value, in);
      ASSERT_EQ(ax(), (value - (adjust ? 0x106 : 0)) & 0xFF0F) << value;
      ASSERT_EQ(flag(AF) && flag(CF), adjust);
    }
}

TEST_F(Decimal, AamAndAad) {
  for (unsigned al = 0; al < 256; ++al) {
    run_one({0xD4, 0x0A}, 0x5500 | al, 0);
    ASSERT_EQ(ax(), al / 10 << 8 | al % 10);
    ASSERT_EQ(flag(ZF), al % 10 == 0);
  }
  for (unsigned value = 0; value < 0x10000; value += 7) {
    run_one({0xD5, 0x0A}, value, 0);
    const unsigned sum = (value % 256 + value / 256 * 10) & 0xFF;
    ASSERT_EQ(ax(), sum);
    ASSERT_EQ(flag(SF), sum > 127);
  }
}

TEST_F(Decimal, AamByZeroIsADivideError) {
  reg(EAX) = 0x1234;
  EXPECT_EQ(run_program({0xD4, 0x00}).vector, DE);
  EXPECT_EQ(ax(), 0x1234);
}

TEST_F(Decimal, AamAndAadTakeAnyBase) {  // the second byte, 0A in the manual
  run_one({0xD4, 0x10}, 0x5A, 0);
  EXPECT_EQ(ax(), 0x050A);
  place(program, {0xD5, 0x10});
  run_one({0xD5, 0x10}, 0x0304, 0);
  EXPECT_EQ(ax(), 0x34);
}

// Multiplication and division at their edges.

struct MultiplyDivide : Decimal {
  /// EDX:EAX and ECX before; the vector or 40 after.
  unsigned run_wide(u8 opcode, u8 modrm, u32 edx, u32 eax, u32 ecx, bool word = false) {
    enter(0);
    reg(EDX) = edx;
    reg(EAX) = eax;
    reg(ECX) = ecx;
    std::vector<u8> bytes;
    if (word) bytes.push_back(0x66);
    bytes.insert(bytes.end(), {opcode, modrm, 0xCD, 0x40});
    frame = run_program(bytes);
    return frame.vector;
  }
  Entered frame{};
};
constexpr unsigned went_on = 0x40;
constexpr u8 mul = 0xE1, imul = 0xE9, div = 0xF1, idiv = 0xF9;  // by ECX or CL

TEST_F(MultiplyDivide, MulFillsTheDoubleWidthAndTellsItInCfAndOf) {
  run_wide(0xF7, mul, 0, 0xFFFFFFFF, 0xFFFFFFFF);
  EXPECT_EQ(reg(EDX), 0xFFFFFFFEu);
  EXPECT_EQ(reg(EAX), 1u);
  EXPECT_EQ(frame.eflags & 0x801, 0x801u);
  run_wide(0xF7, mul, 0x55, 0xFFFF, 0x10001);
  EXPECT_EQ(reg(EDX), 0u);
  EXPECT_EQ(reg(EAX), 0xFFFFFFFFu);
  EXPECT_EQ(frame.eflags & 0x801, 0u);
  run_wide(0xF6, mul, 0, 0x5500FF, 0xFF);
  EXPECT_EQ(reg(EAX), 0x55FE01u);
}

TEST_F(MultiplyDivide, ImulTellsASignExtension) {
  run_wide(0xF7, imul, 0, 0xFFFFFFFF, 2);
  EXPECT_EQ(reg(EDX), 0xFFFFFFFFu);
  EXPECT_EQ(reg(EAX), 0xFFFFFFFEu);
  EXPECT_EQ(frame.eflags & 0x801, 0u);
  run_wide(0xF7, imul, 0, 0x80000000, 0xFFFFFFFF);
  EXPECT_EQ(reg(EDX), 0u);
  EXPECT_EQ(reg(EAX), 0x80000000u);
  EXPECT_EQ(frame.eflags & 0x801, 0x801u);
  run_wide(0xF6, imul, 0, 0x80, 0x80);
  EXPECT_EQ(ax(), 0x4000);
}

TEST_F(MultiplyDivide, DivAtItsEdges) {
  EXPECT_EQ(run_wide(0xF7, div, 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFF), went_on);
  EXPECT_EQ(reg(EAX), 0xFFFFFFFFu);
  EXPECT_EQ(reg(EDX), 0xFFFFFFFEu);
  EXPECT_EQ(run_wide(0xF7, div, 1, 0, 1), DE);  // 33 bits of quotient
  EXPECT_EQ(reg(EDX), 1u);
  EXPECT_EQ(run_wide(0xF7, div, 0, 1, 0), DE);
  EXPECT_EQ(run_wide(0xF6, div, 0, 0x0FFF, 0x10), went_on);
  EXPECT_EQ(ax(), 0x0FFF);
  EXPECT_EQ(run_wide(0xF6, div, 0, 0x1000, 0x10), DE);
}

TEST_F(MultiplyDivide, IdivTruncatesTowardZero) {
  EXPECT_EQ(run_wide(0xF7, idiv, ~0u, static_cast<u32>(-7), 2), went_on);
  EXPECT_EQ(reg(EAX), static_cast<u32>(-3));
  EXPECT_EQ(reg(EDX), static_cast<u32>(-1));
  EXPECT_EQ(run_wide(0xF7, idiv, 0, 7, static_cast<u32>(-2)), went_on);
  EXPECT_EQ(reg(EAX), static_cast<u32>(-3));
  EXPECT_EQ(reg(EDX), 1u);
}

TEST_F(MultiplyDivide, IdivYieldsTheMostNegativeQuotient) {  // [386 §14.7]
  EXPECT_EQ(run_wide(0xF7, idiv, ~0u, 0x80000000, 1), went_on);
  EXPECT_EQ(reg(EAX), 0x80000000u);
  EXPECT_EQ(run_wide(0xF7, idiv, ~0u, 0x80000000, ~0u), DE);
  EXPECT_EQ(run_wide(0xF7, idiv, 0x80000000, 0, ~0u), DE);  // the quotient 64 bits cannot hold
  EXPECT_EQ(run_wide(0xF6, idiv, 0, 0xFF80, 1), went_on);
  EXPECT_EQ(ax(), 0x0080);
  EXPECT_EQ(run_wide(0xF6, idiv, 0, 0x0080, 1), DE);
  EXPECT_EQ(run_wide(0xF7, idiv, 0xFFFF, 0x8000, 1, true), went_on);
  EXPECT_EQ(run_wide(0xF7, idiv, 0, 0x8000, 1, true), DE);
}

}  // namespace
}  // namespace faultline::test
