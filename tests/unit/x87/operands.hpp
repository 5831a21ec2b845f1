// Operands for the x87's tests: every class of number at its edges, and random ones in between.
#pragma once

#include <random>
#include <vector>

#include "cpu/x87/extended.hpp"

namespace faultline::x87::test {

inline const std::vector<Extended>& edge_operands() {
  static const std::vector<Extended> edges = [] {
    std::vector<Extended> all;
    const u64 significands[] = {0,
                                1,
                                0x0000000000000800,
                                0x0000010000000000,
                                0x3FFFFFFFFFFFFFFF,
                                0x7FFFFFFFFFFFFFFF,
                                0x8000000000000000,
                                0x8000000000000001,
                                0x8000000000000400,
                                0x8000000000000401,
                                0x8000008000000000,
                                0x80000080000003FF,
                                0xA000000000000000,
                                0xBFFFFFFFFFFFFFFF,
                                0xC000000000000000,
                                0xC000000000000001,
                                0xFFFFFF7FFFFFFFFF,
                                0xFFFFFFFFFFFFFBFF,
                                0xFFFFFFFFFFFFFFFF};
    const u16 exponents[] = {0,      1,      2,      0x0017, 0x0040, 0x3BCD, 0x3BFF, 0x3C01,
                             0x3C02, 0x3F69, 0x3F81, 0x3FBE, 0x3FFD, 0x3FFE, 0x3FFF, 0x4000,
                             0x4001, 0x400D, 0x400E, 0x401D, 0x401E, 0x403C, 0x403D, 0x403E,
                             0x403F, 0x407E, 0x407F, 0x43FE, 0x43FF, 0x7FFD, 0x7FFE, 0x7FFF};
    for (u16 sign : {0, 0x8000})
      for (u16 e : exponents)
        for (u64 s : significands) all.push_back({s, static_cast<u16>(e | sign)});
    return all;
  }();
  return edges;
}

class Operands {
 public:
  explicit Operands(u64 seed) : random_(seed) {}

  u64 bits() { return random_(); }
  unsigned below(unsigned n) { return static_cast<unsigned>(random_() % n); }

  /// Anything the 80 bits can hold.
  Extended any() {
    switch (below(8)) {
      case 0:
      case 1:
        return edge_operands()[below(static_cast<unsigned>(edge_operands().size()))];
      case 2:
        return {bits(), static_cast<u16>(bits())};
      case 3:
        return {bits() >> below(64), static_cast<u16>(bits() & 0x8000)};
      default:
        return number();
    }
  }
  /// A normal number, now near one, now anywhere, often with trailing zeros.
  Extended number() {
    const u64 significand = (bits() << (below(2) == 0 ? 0 : below(64))) | integer_bit;
    unsigned exponent = 0;
    switch (below(4)) {
      case 0:
        exponent = 1 + below(0x7FFE);
        break;
      case 1:
        exponent = 0x3FFF - 64 + below(128);
        break;
      default:
        exponent = 0x3FFF - 4 + below(8);
        break;
    }
    return {significand, static_cast<u16>(exponent | (bits() & 0x8000))};
  }
  Extended finite() {
    for (;;) {
      const Extended x = any();
      if (is_finite(class_of(x))) return x;
    }
  }
  /// A control word with any rounding and precision; every exception masked, or any of them.
  u16 control(bool all_masked) {
    return static_cast<u16>(0x40 | (bits() & 0x0F00) | (all_masked ? 0x3F : bits() & 0x3F));
  }

 private:
  std::mt19937_64 random_;
};

}  // namespace faultline::x87::test
