// Doubles to digits and back, against the host's C library.
#include "guest/msvcrt/decimal.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>

namespace {

using arch::u64;
using c::Digits;

/// Sign, one digit, 16 more, exponent: as printf's %.16e gives it.
std::string sixteen_places(double value) {
  Digits digits(std::bit_cast<u64>(value));
  digits.round(17);
  std::string text{digits.at(0), '.'};
  for (int i = 1; i < 17; ++i) text += digits.at(i);
  char exponent[16];
  std::snprintf(exponent, sizeof exponent, "e%+03d", digits.count == 0 ? 0 : digits.point - 1);
  return text + exponent;
}

/// Random bits: every exponent, no infinities.
double any_double(std::mt19937_64& random) {
  for (;;) {
    const auto value = std::bit_cast<double>(random() & ~u64{0} >> 1);
    if (std::isfinite(value)) return value;
  }
}

TEST(Decimal, DigitsAreThoseOfTheHost) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 20'000; ++i) {
    const double value = any_double(random);
    const Digits all(std::bit_cast<u64>(value));
    if (all.count == 18 && all.at(17) == '5') continue;  // half way: the host rounds to even
    char expected[40];
    std::snprintf(expected, sizeof expected, "%.16e", value);
    ASSERT_EQ(sixteen_places(value), expected) << i;
  }
}

TEST(Decimal, AllDigitsOfTheLargestAndTheSmallest) {
  for (const double value :
       {0x1.FFFFFFFFFFFFFp1023, 0x1p-1074, 0x1p-1022, 1.0, 0.1, 1e22, 123456.75}) {
    char expected[1500];
    std::snprintf(expected, sizeof expected, "%.1080f", value);
    const Digits digits(std::bit_cast<u64>(value));
    std::string text;
    if (digits.point <= 0) text = "0";
    for (int i = 0; i < digits.point; ++i) text += digits.at(i);
    text += '.';
    for (int i = 0; i < 1080; ++i) text += digits.at(digits.point + i);
    EXPECT_EQ(text, expected);
  }
}

TEST(Decimal, HalvesAreRoundedAwayFromZero) {
  Digits digits(std::bit_cast<u64>(2.5));
  digits.round(1);
  EXPECT_EQ(digits.at(0), '3');
  Digits nines(std::bit_cast<u64>(99.5));
  nines.round(2);
  EXPECT_EQ(nines.point, 3);
  EXPECT_EQ(nines.at(0), '1');
}

double parse(const std::string& digits, int exponent) {
  return std::bit_cast<double>(
      c::nearest_double(digits.data(), static_cast<int>(digits.size()), exponent));
}

TEST(Decimal, TextBecomesTheNearestDouble) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 20'000; ++i) {
    std::string digits;
    for (u64 count = 1 + random() % 30; count != 0; --count) {
      digits += static_cast<char>('0' + random() % 10);
    }
    const int exponent = static_cast<int>(random() % 680) - 350;
    const double expected = std::strtod((digits + "e" + std::to_string(exponent)).c_str(), nullptr);
    ASSERT_EQ(parse(digits, exponent), expected) << digits << "e" << exponent;
  }
}

TEST(Decimal, EveryDoubleComesBackFromSeventeenDigits) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 20'000; ++i) {
    const double value = any_double(random);
    Digits digits(std::bit_cast<u64>(value));
    const int point = digits.point;
    digits.round(17);
    const std::string text(digits.digit, static_cast<std::size_t>(digits.count));
    ASSERT_EQ(parse(text, digits.point - digits.count), value) << text << " " << point;
  }
}

TEST(Decimal, TiesAndEnds) {
  EXPECT_EQ(parse("9007199254740993", 0), 9007199254740992.0);  // half way: to even
  EXPECT_EQ(parse("90071992547409930000000000001", -13), 9007199254740994.0);
  EXPECT_EQ(parse("17976931348623158", 292), 0x1.FFFFFFFFFFFFFp1023);
  EXPECT_TRUE(std::isinf(parse("17976931348623159", 292)));
  EXPECT_EQ(parse("5", -324), 0x1p-1074);
  EXPECT_EQ(parse("24703282292062327208", -343), 0.0);
  EXPECT_EQ(parse("24703282292062328", -340), 0x1p-1074);
}

}  // namespace
