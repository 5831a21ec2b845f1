// The generator of every choice: a case is a function of the seed and its number alone.
#pragma once

#include "arch/integers.hpp"

namespace peers {

using namespace arch;

class Random {
 public:
  Random(u32 seed, u32 number) : state_(mix(seed * 0x9E3779B9u + number * 0x85EBCA6Bu) | 1) {}

  u32 next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 17;
    state_ ^= state_ << 5;
    return state_ * 0x9E3779B1u;
  }
  /// 0 to count - 1.
  u32 below(u32 count) { return (next() >> 12) % count; }
  /// True in `parts` of `whole` cases.
  bool chance(u32 parts, u32 whole) { return below(whole) < parts; }
  template <class T, u32 N>
  T pick(const T (&choices)[N]) {
    return choices[below(N)];
  }

 private:
  static u32 mix(u32 x) {
    x ^= x >> 16;
    x *= 0x7FEB352Du;
    x ^= x >> 15;
    x *= 0x846CA68Bu;
    return x ^ x >> 16;
  }
  u32 state_;
};

}  // namespace peers
