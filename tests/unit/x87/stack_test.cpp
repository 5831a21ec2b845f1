// Stack faults, constants, FXAM and packed decimals, with literal expectations. [387 §3.2.2, §4]
#include <gtest/gtest.h>

#include "cpu/x87/instructions.hpp"
#include "tests/unit/x87/print.hpp"

namespace faultline::x87 {
namespace {

class Stack : public testing::Test {
 protected:
  X87State state;
  RegisterStack stack{state};
};

TEST_F(Stack, PushingNineOverflows) {
  for (int i = 0; i < 8; ++i) load_constant(stack, Constant::One);
  EXPECT_EQ(state.status_word(), 0);
  load_constant(stack, Constant::One);
  EXPECT_EQ(state.status_word(), 0x3A41);  // TOP 7, C1, SF, IE
  EXPECT_EQ(stack.st(0), indefinite);
}

TEST_F(Stack, AnOverflowUnmaskedPushesNothing) {
  for (int i = 0; i < 8; ++i) load_constant(stack, Constant::One);
  state.control.value = 0x037E;
  load_constant(stack, Constant::Zero);
  EXPECT_EQ(state.status_word(), 0x82C1);  // B, TOP 0, C1, ES, SF, IE
  EXPECT_EQ(stack.st(0), positive_one);
}

TEST_F(Stack, AnEmptyOperandUnderflows) {
  load_constant(stack, Constant::One);
  arithmetic(stack, Operation::Add, 0, 3, false);
  EXPECT_EQ(state.status_word(), 0x3841);  // TOP 7, SF, IE; C1 clear
  EXPECT_EQ(stack.st(0), indefinite);
}

TEST_F(Stack, StoringFromAnEmptyStack) {
  EXPECT_EQ(store_single(stack), 0xFFC00000u);
  EXPECT_EQ(store_double(stack), 0xFFF8000000000000u);
  EXPECT_EQ(store_integer(stack, 16), s64{-32768});
  EXPECT_EQ(state.status_word(), 0x0041);
  state.control.value = 0x037E;
  EXPECT_EQ(store_single(stack), std::nullopt);
}

TEST_F(Stack, ConstantsFollowTheRoundingControl) {
  load_constant(stack, Constant::Pi);
  EXPECT_EQ(stack.st(0), (Extended{0xC90FDAA22168C235, 0x4000}));
  state.control.value = 0x0F7F;
  load_constant(stack, Constant::Pi);
  EXPECT_EQ(stack.st(0), (Extended{0xC90FDAA22168C234, 0x4000}));
  state.control.value = 0x0B7F;
  load_constant(stack, Constant::Log2Ten);
  EXPECT_EQ(stack.st(0), (Extended{0xD49A784BCD1B8AFF, 0x4000}));
  EXPECT_EQ(state.status, 0);  // exact as far as the flags go
}

TEST_F(Stack, ExamineNamesTheClass) {  // C3 C2 C1 C0 at bits 14 10 9 8
  const auto conditions = [&](Extended x) {
    stack.set(0, x);
    examine(stack);
    return state.status & status::conditions;
  };
  EXPECT_EQ(conditions({1, 0x4000}), 0x0000);                  // unsupported
  EXPECT_EQ(conditions(indefinite), 0x0300);                   // NaN, minus
  EXPECT_EQ(conditions(positive_one), 0x0400);                 // normal
  EXPECT_EQ(conditions(positive_infinity.negated()), 0x0700);  // infinity, minus
  EXPECT_EQ(conditions(positive_zero), 0x4000);                // zero
  EXPECT_EQ(conditions({1, 0}), 0x4400);                       // denormal
  stack.free(0);
  examine(stack);
  EXPECT_EQ(state.status & status::conditions, 0x4100);  // empty
}

TEST_F(Stack, SineOfTwoToThe63IsLeftToTheProgram) {
  stack.push({integer_bit, 0x3FFF + 63});
  sine(stack);
  EXPECT_EQ(state.status_word(), 0x3C00);  // TOP 7, C2
  EXPECT_EQ(stack.st(0), (Extended{integer_bit, 0x3FFF + 63}));
}

TEST_F(Stack, SineOfPiIsWhatIsMissingFromPi) {
  // Reduced by 66 bits of pi: the low four of them remain, with pi's last bit rounded up.
  load_constant(stack, Constant::Pi);
  sine(stack);
  EXPECT_EQ(stack.st(0), (Extended{0x8000000000000000, 0xBFBF}.with_sign(true)));
}

TEST_F(Stack, PackedDecimals) {
  load(stack, from_decimal({0x0000000000123456, 0x8000}));
  EXPECT_EQ(store_integer(stack, 32), s64{-123456});
  const auto d = store_decimal(stack);
  ASSERT_TRUE(d.has_value());
  EXPECT_EQ(d->low, 0x123456u);
  EXPECT_EQ(d->high, 0x8000);
  stack.set(0, {0xDE0B6B3A76400000, 0x3FFF + 59});  // 10^18: nineteen digits
  const auto too_large = store_decimal(stack);
  ASSERT_TRUE(too_large.has_value());
  EXPECT_EQ(too_large->low, 0xC000000000000000u);
  EXPECT_EQ(too_large->high, 0xFFFF);
  EXPECT_EQ(state.status & exception::all, exception::invalid);
}

TEST_F(Stack, OfTwoQuietNansTheLargerSignificandWins) {  // [387 §3.1.4]
  const Extended small{0xC000000000000001, 0x7FFF}, large{0xC000000000000002, 0xFFFF};
  stack.push(small);
  stack.push(large);
  arithmetic(stack, Operation::Multiply, 0, 1, false);
  EXPECT_EQ(stack.st(0), large);
  EXPECT_EQ(state.status & exception::all, 0);
}

}  // namespace
}  // namespace faultline::x87
