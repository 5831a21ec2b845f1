// What instructions may not do in ring 3, and what they raise on purpose: #GP, #UD, #BP, #OF, #DB.
#include "tests/native/rows_fixture.hpp"

namespace faultline::native {
namespace {

class Faults : public RowsFixture {};

TEST_P(Faults, OfPrivilegedInstructions) {
  run_rows(
      case_count() / 5,
      [](const Form& form, bool, bool) {
        // The test registers and LOADALL are invalid opcodes today.
        if (form.mnemonic == Mnemonic::MOVTR || form.has(LoadAll)) return false;
        return form.has(Privileged) || form.has(IoSensitive);
      },
      [](Encoding& e, Registers&, Context&) {
        return e.form().mnemonic != Mnemonic::MOVCR || e.reg != 4;  // there is a CR4 today
      });
  EXPECT_GT(comparison.vectors[test::GP], comparison.cases * 9 / 10);
}

TEST_P(Faults, OfSoftwareInterrupts) {
  run_rows(
      case_count(),
      [](const Form& form, bool, bool) {
        return form.mnemonic == Mnemonic::INT || form.mnemonic == Mnemonic::INT3 ||
               form.mnemonic == Mnemonic::INTO;
      },
      [](Encoding& e, Registers&, Context&) {
        return e.form().mnemonic != Mnemonic::INT || e.immediate != 0x80;  // Linux's system call
      });
  EXPECT_GT(comparison.vectors[test::BP], 0u);
  EXPECT_GT(comparison.vectors[test::OF_], 0u);
}

TEST_P(Faults, OfLockWhereItMayNotBe) {
  run_rows(
      case_count() / 10,
      [](const Form& form, bool, bool memory) {
        return runs_natively(form) && !(form.has(Lockable) && memory);
      },
      [](Encoding& e, Registers&, Context&) {
        e.bytes.insert(e.bytes.begin(), 0xF0);
        return true;
      });
  EXPECT_EQ(comparison.vectors[test::UD], comparison.cases);
}

/// 15 bytes are an instruction, 16 are not [386 §9.8.13].
TEST_P(Faults, OfInstructionsTooLong) {
  run_rows(
      case_count() / 10, [](const Form& form, bool, bool) { return runs_natively(form); },
      [this](Encoding& e, Registers&, Context&) {
        const std::size_t wanted = 14 + generator.below(4), length = e.bytes.size() - 1;
        // A relative jump must not reach into itself; a branch's length changes where it lands.
        if (length >= wanted) return false;
        e.bytes.insert(e.bytes.begin(), wanted - length, 0x3E);
        return true;
      });
}

/// One instruction, or one iteration of a repeated one, and then #DB [386 §12.3.1.4].
TEST_P(Faults, OfSingleStep) {
  run_rows(
      case_count() / 5, [](const Form& form, bool, bool) { return runs_natively(form); },
      [](Encoding&, Registers&, Context& context) {
        context.eflags |= eflags::TF;
        return true;
      });
  EXPECT_GT(comparison.vectors[test::DB], comparison.cases * 9 / 10);
}

/// Encodings that no processor has given a meaning since.
TEST_P(Faults, OfUndefinedOpcodes) {
  static constexpr u8 undefined[][3] = {
      {0x0F, 0x0B, 0x00}, {0x0F, 0xB9, 0xC0}, {0x0F, 0xB9, 0x05}, {0x0F, 0xFF, 0xC0},
      {0x0F, 0xBA, 0xC0}, {0x0F, 0xBA, 0xC8}, {0x0F, 0xBA, 0xD0}, {0x0F, 0xBA, 0xD8},
      {0x0F, 0x00, 0xF8}, {0x0F, 0x04, 0x00}, {0x0F, 0x0A, 0x00}, {0x8C, 0xF0, 0x00},
      {0x8C, 0xF8, 0x00}, {0x8D, 0xC0, 0x00}, {0x8D, 0xFF, 0x00}, {0x8E, 0xC8, 0x00},
      {0x8E, 0xF0, 0x00}, {0x8E, 0xF8, 0x00}, {0xFE, 0xD0, 0x00}, {0xFE, 0xD8, 0x00},
      {0xFE, 0xE0, 0x00}, {0xFE, 0xE8, 0x00}, {0xFE, 0xF0, 0x00}, {0xFE, 0xF8, 0x00},
      {0xFF, 0xD8, 0x00}, {0xFF, 0xE8, 0x00}, {0xFF, 0xF8, 0x00}, {0x0F, 0xB2, 0xC0},
      {0x0F, 0xB4, 0xC0}, {0x0F, 0xB5, 0xC0}, {0xC6, 0xC8, 0x00}, {0xC7, 0xC8, 0x00},
      {0xC6, 0xF0, 0x00}, {0xC7, 0xF0, 0x00}, {0x0F, 0xA6, 0xFF}, {0x0F, 0xA7, 0xFF},
      {0x0F, 0x01, 0x38},
  };
  for (const auto& opcode : undefined) {
    Context context = start_of(mode, differential::code_start);
    context.general[ESP] = differential::data_first + 0x1000;
    comparison.add(context, opcode, {});
  }
  comparison.flush();
  EXPECT_EQ(comparison.differences, 0u) << comparison.first;
  std::printf("%s\n", comparison.summary().c_str());
}

INSTANTIATE_TEST_SUITE_P(All, Faults, testing::Values(Mode::Flat32, Mode::Real), name_of_mode);

}  // namespace
}  // namespace faultline::native
