// The transcendentals, correctly rounded here, against the host's, which may be a unit in the last
// place off. Stack, tags, C2 and the exceptions that tell of operands agree exactly.
#include "tests/unit/x87/native/witness.hpp"

namespace faultline::x87 {
namespace {

class Transcendentals : public test::Witness {
 protected:
  /// Both round in their way; beyond this they would disagree about the value.
  static bool near(Extended a, Extended b) {
    if (a == b) return true;
    if (!is_finite(class_of(a)) || !is_finite(class_of(b))) return false;
    if (a.negative() != b.negative()) return zero(a) || zero(b);
    // As integers neighbours differ by one, but for the integer bit, which goes with the exponent.
    const auto place = [](Extended x) {
      return static_cast<__int128>(x.exponent() == 0 ? 1 : x.exponent()) << 63 |
             (x.significand & ~integer_bit);
    };
    const __int128 distance = place(a) - place(b);
    return distance >= -2 && distance <= 2;
  }
  static bool zero(Extended x) { return class_of(x) == Class::Zero; }

  bool alike() const {
    constexpr u16 compared = exception::before | status::stack_fault | status::c2;
    if (((ours.status ^ theirs.status) & compared) != 0) return false;
    if (ours.top != theirs.top || ours.occupied != theirs.occupied) return false;
    for (unsigned i = 0; i < 8; ++i)
      if (!near(ours.registers[i], theirs.registers[i])) return false;
    return true;
  }

  /// Where the manual defines the result. [387 §4 F2XM1, FYL2XP1]
  static bool defined(Mnemonic m, Extended x) {
    const bool inside = x.exponent() < 0x3FFD;  // |x| < 1/4
    if (m == Mnemonic::F2XM1) return x.exponent() < 0x3FFF || !is_finite(class_of(x));
    if (m == Mnemonic::FYL2XP1) return inside || (!is_finite(class_of(x)) && !x.negative());
    return true;
  }
};

TEST_F(Transcendentals, AgreeWithTheHost) {
  unsigned rows = 0;
  for (const Form& form : forms) {
    if (!test::transcendental(form.mnemonic)) continue;
    ++rows;
    const auto bytes = test::encodings(form)[0];
    set_instruction(bytes);
    unsigned differences = 0;
    std::string first;
    for (unsigned i = 0; i < test::cases_a_row(); ++i) {
      const X87State before = random_state(true);
      const Extended x = before.registers[before.top];
      if (!defined(form.mnemonic, x)) continue;
      run_both(before, {});
      if (!alike() && differences++ == 0) first = test::name_of(bytes) + described(before, {});
    }
    EXPECT_EQ(differences, 0u) << first;
  }
  EXPECT_EQ(rows, 8u);
}

}  // namespace
}  // namespace faultline::x87
