// Every row of the instruction table that ring 3 may execute against the host's processor, in flat
// 32-bit segments and in 16-bit ones of 64 KB: the cases of the comparison with Unicorn.
#include <gtest/gtest.h>

#include "tests/native/operands.hpp"

namespace faultline::native {
namespace {

constexpr unsigned states_an_encoding = 25;

class NativeInstructionTable : public testing::TestWithParam<std::tuple<Mode, bool, bool>> {};

TEST_P(NativeInstructionTable, AgreesWithTheHost) {
  const auto [mode, wide, memory] = GetParam();
  Comparison comparison;
  if (const std::string reason = comparison.start(); !reason.empty())
    GTEST_SKIP() << "the host is no witness here: " << reason;
  CaseGenerator generator{mode, 0x486};
  unsigned rows = 0;
  for (unsigned row = 0; row < form_count; ++row) {
    const Form& form = forms[row];
    if (!runs_natively(form) || !differential::exists(form, wide, memory)) continue;
    ++rows;
    comparison.clear();
    for (u32 i = 0; i < slot_data; ++i)
      comparison.data()[i] = static_cast<u8>(generator.below(256));
    for (unsigned done = 0; done < case_count(); done += states_an_encoding) {
      const Encoding e = generator.encode(row, wide, memory);
      for (unsigned i = 0; i < states_an_encoding; ++i) {
        const Registers before = generator.registers(e, comparison.memory());
        comparison.add(context_of(mode, before), e.bytes, scope_of(e, before));
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
