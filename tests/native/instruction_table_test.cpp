// Every row of the instruction table that ring 3 may execute against the host's processor, in flat
// 32-bit segments and in 16-bit ones of 64 KB: the cases of the comparison with Unicorn.
#include <gtest/gtest.h>

#include "tests/differential/case_generator.hpp"
#include "tests/differential/undefined.hpp"
#include "tests/native/comparison.hpp"

namespace faultline::native {
namespace {

using differential::CaseGenerator;
using differential::Encoding;
using differential::Registers;

constexpr unsigned states_an_encoding = 25;

/// A 32-bit PUSH of a segment register stores two bytes and leaves the other two [386 §17.2.2
/// PUSH]; today's processors clear them.
Scope scope_of(const Encoding& e, const Registers& before) {
  Scope scope;
  scope.eflags &= differential::defined_flags(e, before) | ~0x3FFFFu;
  scope.registers = !differential::undefined_result(e, before);
  if (e.form().mnemonic == Mnemonic::PUSHSREG && e.wide) {
    scope.memory = ((before.general[ESP] - 2) & 0xFFFF) - differential::data_first;
    scope.bytes = 2;
  }
  return scope;
}

class NativeInstructionTable : public testing::TestWithParam<std::tuple<Mode, bool, bool>> {};

TEST_P(NativeInstructionTable, AgreesWithTheHost) {
  const auto [mode, wide, memory] = GetParam();
  Comparison comparison;
  if (const std::string reason = comparison.start(); !reason.empty()) GTEST_SKIP() << reason;
  CaseGenerator generator{mode, 0x486};
  unsigned rows = 0;
  for (unsigned row = 0; row < form_count; ++row) {
    const Form& form = forms[row];
    if (!differential::comparable(form) || !differential::exists(form, wide, memory)) continue;
    ++rows;
    comparison.clear();
    for (u32 i = 0; i < slot_data; ++i)
      comparison.data()[i] = static_cast<u8>(generator.below(256));
    for (unsigned done = 0; done < case_count(500); done += states_an_encoding) {
      const Encoding e = generator.encode(row, wide, memory);
      for (unsigned i = 0; i < states_an_encoding; ++i) {
        const Registers before = generator.registers(e, comparison.memory());
        Context context = start_of(mode, before.eip);
        std::ranges::copy(before.general, context.general);
        context.eflags |= before.eflags;
        comparison.add(context, e.bytes, scope_of(e, before));
      }
    }
    comparison.flush();
    EXPECT_EQ(comparison.differences, 0u)
        << "row " << row << ", opcode " << std::hex << form.opcode << ": " << comparison.first;
  }
  std::printf("%u rows, %s\n", rows, comparison.summary().c_str());
  EXPECT_GT(rows, memory ? 150u : 200u);
}

std::string name_of_case(const testing::TestParamInfo<std::tuple<Mode, bool, bool>>& info) {
  const auto [mode, wide, memory] = info.param;
  return std::string(mode == Mode::Real ? "Code16" : "Code32") +
         (wide ? "Operand32" : "Operand16") + (memory ? "InMemory" : "InRegisters");
}

INSTANTIATE_TEST_SUITE_P(All, NativeInstructionTable,
                         testing::Combine(testing::Values(Mode::Flat32, Mode::Real),
                                          testing::Bool(), testing::Bool()),
                         name_of_case);

}  // namespace
}  // namespace faultline::native
