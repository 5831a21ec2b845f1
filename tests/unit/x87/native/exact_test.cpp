// Every numeric row of the table but the transcendentals, here and on the host: registers, tags,
// status word, memory and AX agree to the bit, exceptions masked or not.
#include "tests/unit/x87/native/witness.hpp"

namespace faultline::x87 {
namespace {

/// Images with pointers in them have tests of their own: environment_test.cpp.
bool whole_environment(const Form& form) {
  return form.operands[0] == faultline::Operand::Menv ||
         form.operands[0] == faultline::Operand::Mstate;
}
/// D9 D8: on later parts it does not object to an empty register.
bool other_alias(const Form& form) { return form.opcode == 0xD9 && form.has(Undocumented); }
/// FFREE leaves the condition codes undefined. [387 §4 FFREE]
bool undefined_conditions(Mnemonic m) { return m == Mnemonic::FFREE || m == Mnemonic::FFREEP; }

using ExactRows = test::Witness;

TEST_F(ExactRows, AgreeWithTheHost) {
  unsigned rows = 0;
  for (const Form& form : forms) {
    if (!form.has(Numeric) || test::transcendental(form.mnemonic)) continue;
    if (whole_environment(form) || other_alias(form)) continue;
    if (form.flags.read != 0) continue;  // FCMOVcc, by EFLAGS: tests/unit/cpu/model_test.cpp
    ++rows;
    const auto all = test::encodings(form);
    unsigned differences = 0;
    std::string first;
    for (const auto& bytes : all) {
      set_instruction(bytes);
      for (unsigned i = 0; i < test::cases_a_row() / all.size(); ++i) {
        const X87State before = random_state(i % 2 == 0);
        const Memory memory = random_memory(form.operands[0]);
        run_both(before, memory);
        if (undefined_conditions(form.mnemonic))
          ours.status = static_cast<u16>((ours.status & ~status::conditions) |
                                         (theirs.status & status::conditions));
        const bool same_ax = form.operands[0] != faultline::Operand::AX || machine.reg(EAX) == ax;
        if (ours == theirs && our_memory == their_memory && same_ax) continue;
        if (differences++ == 0) first = test::name_of(bytes) + described(before, memory);
      }
    }
    EXPECT_EQ(differences, 0u) << first;
  }
  EXPECT_GT(rows, 110u);
}

}  // namespace
}  // namespace faultline::x87
