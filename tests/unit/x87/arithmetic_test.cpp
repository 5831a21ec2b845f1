// The two implementations of the arithmetic agree to the bit, and with literal results.
#include <gtest/gtest.h>

#include "cpu/x87/arithmetic_selected.hpp"
#include "cpu/x87/mpfr_arithmetic.hpp"
#include "tests/unit/x87/operands.hpp"
#include "tests/unit/x87/print.hpp"

namespace faultline::x87 {
namespace {

using Mpfr = MpfrArithmetic;
using Host = SelectedArithmetic;

/// Any control word of overflow and underflow masks, rounding and precision.
class Agreement : public testing::TestWithParam<bool> {
 protected:
  template <class Operation>
  void compare(Operation operation, bool (*usable)(Extended, Extended) = nullptr) {
    test::Operands operands(387);
    for (unsigned i = 0; i < 200'000; ++i) {
      const Extended a = operands.finite(), b = operands.finite();
      if (usable != nullptr && !usable(a, b)) continue;
      const ControlWord control{operands.control(GetParam())};
      const auto [host, mpfr] = operation(a, b, control);
      ASSERT_EQ(host, mpfr) << a << ' ' << b << " control " << std::hex << control.value;
    }
  }
};

#define AGREE(name, call, ...)                                           \
  TEST_P(Agreement, name) {                                              \
    compare([](Extended a, [[maybe_unused]] Extended b, ControlWord c) { \
      return std::pair{Host::call, Mpfr::call};                          \
    } __VA_OPT__(, ) __VA_ARGS__);                                       \
  }

AGREE(Add, add(a, b, c))
AGREE(Subtract, subtract(a, b, c))
AGREE(Multiply, multiply(a, b, c))
AGREE(Divide, divide(a, b, c), [](Extended, Extended b) { return b.significand != 0; })
AGREE(SquareRoot, square_root(a, c), [](Extended a, Extended) { return !a.negative(); })
AGREE(RoundToInteger, round_to_integer(a, c))
AGREE(ToSingle, to_single(a, c))
AGREE(ToDouble, to_double(a, c))
AGREE(ToWord, to_integer(a, 16, c))
AGREE(ToDword, to_integer(a, 32, c))
AGREE(ToQword, to_integer(a, 64, c))

INSTANTIATE_TEST_SUITE_P(, Agreement, testing::Bool(),
                         [](const auto& info) { return info.param ? "Masked" : "Unmasked"; });

template <class A>
class LiteralArithmetic : public testing::Test {};
using Implementations = testing::Types<Host, Mpfr>;
TYPED_TEST_SUITE(LiteralArithmetic, Implementations);

constexpr Extended one{0x8000000000000000, 0x3FFF}, three{0xC000000000000000, 0x4000};
constexpr Extended largest{0xFFFFFFFFFFFFFFFF, 0x7FFE}, smallest{1, 0};

TYPED_TEST(LiteralArithmetic, AThirdInEachPrecisionAndRounding) {
  using A = TypeParam;
  const auto third = [](u16 control) { return A::divide(one, three, {control}); };
  using R = Rounded<Extended>;
  EXPECT_EQ(third(0x037F), (R{{0xAAAAAAAAAAAAAAAB, 0x3FFD}, 0x20, true}));
  EXPECT_EQ(third(0x027F), (R{{0xAAAAAAAAAAAAA800, 0x3FFD}, 0x20, false}));
  EXPECT_EQ(third(0x007F), (R{{0xAAAAAB0000000000, 0x3FFD}, 0x20, true}));
  EXPECT_EQ(third(0x077F), (R{{0xAAAAAAAAAAAAAAAA, 0x3FFD}, 0x20, false}));
  EXPECT_EQ(third(0x0B7F), (R{{0xAAAAAAAAAAAAAAAB, 0x3FFD}, 0x20, true}));
  EXPECT_EQ(third(0x0F7F), (R{{0xAAAAAAAAAAAAAAAA, 0x3FFD}, 0x20, false}));
}

TYPED_TEST(LiteralArithmetic, OverflowMaskedAndNot) {
  using A = TypeParam;
  using R = Rounded<Extended>;
  EXPECT_EQ(A::add(largest, largest, {0x037F}), (R{positive_infinity, 0x28, true}));
  EXPECT_EQ(A::add(largest, largest, {0x0F7F}), (R{largest, 0x28, false}));
  // Twice the largest is 2^16385 (1 - 2^-64); delivered divided by 2^24576. [387 §3.2.5]
  EXPECT_EQ(A::add(largest, largest, {0x0377}),
            (R{{0xFFFFFFFFFFFFFFFF, 0x7FFF - 24576}, 0x08, false}));
}

TYPED_TEST(LiteralArithmetic, UnderflowMaskedAndNot) {
  using A = TypeParam;
  using R = Rounded<Extended>;
  const Extended half{0x8000000000000000, 0x3FFE};
  EXPECT_EQ(A::multiply(smallest, half, {0x037F}), (R{positive_zero, 0x30, false}));
  EXPECT_EQ(A::multiply(smallest, half, {0x0B7F}), (R{smallest, 0x30, true}));
  // Exact, so nothing is flagged; unmasked, tininess alone is enough.
  EXPECT_EQ(A::multiply({2, 0}, half, {0x037F}), (R{smallest, 0, false}));
  EXPECT_EQ(A::multiply({2, 0}, half, {0x036F}),
            (R{{0x8000000000000000, 24576 - 62}, 0x10, false}));
}

TYPED_TEST(LiteralArithmetic, IntegersOutOfRangeAreIndefinite) {
  using A = TypeParam;
  using R = Rounded<s64>;
  const Extended just_fits{0xFFFF000000000000, 0x400D};  // 32767.5
  EXPECT_EQ(A::to_integer(just_fits, 16, {0x0F7F}), (R{32767, 0x20, false}));
  EXPECT_EQ(A::to_integer(just_fits, 16, {0x037F}), (R{-32768, 0x01, false}));
  EXPECT_EQ(A::to_integer(just_fits.negated(), 16, {0x037F}), (R{-32768, 0x20, true}));
  EXPECT_EQ(A::to_integer({0x8000000000000000, 0x403E}, 64, {0x037F}),
            (R{std::numeric_limits<s64>::min(), 0x01, false}));
  EXPECT_EQ(A::to_integer({0xA000000000000000, 0x4000}, 32, {0x037F}), (R{2, 0x20, false}));
}

TYPED_TEST(LiteralArithmetic, StoresRoundToTheMemoryFormat) {
  using A = TypeParam;
  EXPECT_EQ(A::to_single({0xAAAAAAAAAAAAAAAB, 0x3FFD}, {0x037F}),
            (Rounded<u32>{0x3EAAAAAB, 0x20, true}));
  EXPECT_EQ(A::to_double({0xAAAAAAAAAAAAAAAB, 0x3FFD}, {0x037F}),
            (Rounded<u64>{0x3FD5555555555555, 0x20, false}));
  EXPECT_EQ(A::to_single(largest, {0x037F}), (Rounded<u32>{0x7F800000, 0x28, true}));
  EXPECT_EQ(A::to_double(smallest, {0x037F}), (Rounded<u64>{0, 0x30, false}));
}

}  // namespace
}  // namespace faultline::x87
