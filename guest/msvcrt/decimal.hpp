// Doubles to decimal digits and back, exactly: big integers, no floating-point arithmetic. No
// system is needed here, so tests/unit/guest runs the same code on the host.
#pragma once

#include "arch/integers.hpp"

namespace c {

using arch::u32;
using arch::u64;

/// A natural number of up to 5,120 bits.
class Big {
 public:
  explicit Big(u64 value = 0) {
    for (; value != 0; value >>= 32) words_[count_++] = static_cast<u32>(value);
  }
  bool zero() const { return count_ == 0; }
  unsigned bits() const {
    if (count_ == 0) return 0;
    unsigned top = 0;
    while (top < 32 && words_[count_ - 1] >> top != 0) ++top;
    return 32 * (count_ - 1) + top;
  }
  void multiply_add(u32 factor, u32 carry) {
    for (unsigned i = 0; i < count_; ++i) {
      const u64 product = u64{words_[i]} * factor + carry;
      words_[i] = static_cast<u32>(product);
      carry = static_cast<u32>(product >> 32);
    }
    if (carry != 0) words_[count_++] = carry;
  }
  /// Divides; gives the remainder.
  u32 divide(u32 divisor) {
    u64 rest = 0;
    for (unsigned i = count_; i-- != 0;) {
      rest = rest << 32 | words_[i];
      words_[i] = static_cast<u32>(rest / divisor);
      rest %= divisor;
    }
    trim();
    return static_cast<u32>(rest);
  }
  void shift_left(unsigned distance) {
    const unsigned words = distance / 32, rest = distance % 32;
    if (count_ == 0) return;
    words_[count_ + words] = 0;
    for (unsigned i = count_; i-- != 0;) {
      const u64 moved = u64{words_[i]} << rest;
      words_[i + words + 1] |= static_cast<u32>(moved >> 32);
      words_[i + words] = static_cast<u32>(moved);
    }
    for (unsigned i = 0; i < words; ++i) words_[i] = 0;
    count_ += words + 1;
    trim();
  }
  bool less_than(const Big& other) const {
    if (count_ != other.count_) return count_ < other.count_;
    for (unsigned i = count_; i-- != 0;) {
      if (words_[i] != other.words_[i]) return words_[i] < other.words_[i];
    }
    return false;
  }
  /// `other` is not larger.
  void subtract(const Big& other) {
    u32 borrow = 0;
    for (unsigned i = 0; i < count_; ++i) {
      const u64 take = u64{i < other.count_ ? other.words_[i] : 0} + borrow;
      borrow = words_[i] < take ? 1 : 0;
      words_[i] -= static_cast<u32>(take);
    }
    trim();
  }
  /// Bits from `from` on move out and are given as a number below 2^32.
  u32 take_above(unsigned from) {
    u32 value = 0;
    for (unsigned i = bits(); i-- > from;) {
      value = value << 1 | (words_[i / 32] >> i % 32 & 1);
      words_[i / 32] &= ~(u32{1} << i % 32);
    }
    trim();
    return value;
  }

 private:
  static constexpr unsigned capacity = 164;

  void trim() {
    while (count_ != 0 && words_[count_ - 1] == 0) --count_;
  }

  u32 words_[capacity] = {};
  unsigned count_ = 0;
};

/// A finite double's digits, all of them: `point` of them before the decimal point.
struct Digits {
  static constexpr int capacity = 1400;
  char digit[capacity];
  int count = 0, point = 0;

  /// `bits` without the sign.
  explicit Digits(u64 bits) {
    const unsigned biased = static_cast<unsigned>(bits >> 52 & 0x7FF);
    const u64 fraction = bits & ((u64{1} << 52) - 1);
    const u64 mantissa = biased == 0 ? fraction : fraction | u64{1} << 52;
    const int exponent = static_cast<int>(biased == 0 ? 1 : biased) - 1075;  // of its last bit
    Big whole(mantissa), rest;
    if (exponent >= 0) {
      whole.shift_left(static_cast<unsigned>(exponent));
    } else {
      rest = whole;
      whole = Big(exponent > -64 ? mantissa >> -exponent : 0);
      rest.take_above(static_cast<unsigned>(-exponent));
    }
    add_whole(whole);
    point = count;
    while (!rest.zero() && exponent < 0) {
      rest.multiply_add(1'000'000'000, 0);
      add_nine(rest.take_above(static_cast<unsigned>(-exponent)));
    }
    drop_zeros_before();
    while (count != 0 && digit[count - 1] == '0') --count;
  }

  /// Keeps `kept` digits, half away from zero; they may become one more before the point.
  void round(int kept) {
    if (kept >= count) return;
    const bool up = kept >= 0 && digit[kept] >= '5';
    count = kept < 0 ? 0 : kept;
    int i = count;
    while (up && i != 0 && digit[i - 1] == '9') digit[--i] = '0';
    if (up && i != 0) {
      ++digit[i - 1];
    } else if (up) {
      for (int k = count; k != 0; --k) digit[k] = digit[k - 1];
      digit[0] = '1';
      ++count;
      ++point;
    }
  }
  char at(int index) const { return index >= 0 && index < count ? digit[index] : '0'; }

 private:
  void add_whole(Big whole) {
    char reversed[320];
    int length = 0;
    while (!whole.zero()) {
      u32 nine = whole.divide(1'000'000'000);
      for (int i = 0; i < 9; ++i, nine /= 10)
        reversed[length++] = static_cast<char>('0' + nine % 10);
    }
    while (length != 0 && reversed[length - 1] == '0') --length;
    while (length != 0) digit[count++] = reversed[--length];
  }
  void add_nine(u32 value) {
    for (int i = 9; i-- != 0; value /= 10) digit[count + i] = static_cast<char>('0' + value % 10);
    count += 9;
  }
  void drop_zeros_before() {
    int zeros = 0;
    while (zeros < count && digit[zeros] == '0') ++zeros;
    if (zeros == count) {
      count = point = 0;
      return;
    }
    for (int i = zeros; i < count; ++i) digit[i - zeros] = digit[i];
    count -= zeros;
    point -= zeros;
  }
};

/// The double nearest to digits (values 0 to 9) times ten to the power of `exponent`; ties to even.
/// Without the sign; overflow is infinity.
inline u64 nearest_double(const char* digits, int count, int exponent) {
  constexpr u64 infinity = u64{0x7FF} << 52;
  constexpr int most = 800;
  Big top;
  for (int i = 0; i < count && i < most; ++i) {
    top.multiply_add(10, static_cast<u32>(digits[i] - '0'));
  }
  if (count > most) {
    exponent += count - most;
    top.multiply_add(10, 1);  // something follows
    --exponent;
  }
  if (top.zero()) return 0;
  if (exponent > 400) return infinity;
  if (exponent < -1300) return 0;
  Big bottom(1);
  for (int i = exponent; i > 0; --i) top.multiply_add(10, 0);
  for (int i = exponent; i < 0; ++i) bottom.multiply_add(10, 0);
  int scale = static_cast<int>(top.bits()) - static_cast<int>(bottom.bits());
  if (scale >= 0) {
    bottom.shift_left(static_cast<unsigned>(scale));
  } else {
    top.shift_left(static_cast<unsigned>(-scale));
  }
  if (top.less_than(bottom)) {
    top.shift_left(1);
    --scale;
  }
  // The value is in [2^scale, 2^(scale+1)).
  if (scale > 1023) return infinity;
  int wanted = scale >= -1022 ? 53 : 53 - (-1022 - scale);
  if (wanted < 0) return 0;
  u64 mantissa = 0;
  for (int i = 0; i < wanted; ++i) {
    const bool one = !top.less_than(bottom);
    if (one) top.subtract(bottom);
    mantissa = mantissa << 1 | (one ? 1 : 0);
    top.shift_left(1);
  }
  // What is left against half of the last bit.
  const bool half = !top.less_than(bottom);
  if (half) top.subtract(bottom);
  if (half && (!top.zero() || (mantissa & 1) != 0)) ++mantissa;
  if (scale < -1022) return mantissa;  // a carry into the exponent is right
  return (static_cast<u64>(scale + 1022) << 52) + mantissa;
}

}  // namespace c
