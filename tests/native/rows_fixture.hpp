// Tests over some rows of the instruction table, of which each changes the generated cases.
#pragma once

#include <gtest/gtest.h>

#include "tests/native/operands.hpp"

namespace faultline::native {

/// By code segment: 32-bit flat, or 16-bit.
class RowsFixture : public testing::TestWithParam<Mode> {
 protected:
  void SetUp() override {
    if (const std::string reason = comparison.start(); !reason.empty())
      GTEST_SKIP() << "the host is no witness here: " << reason;
    for (u32 i = 0; i < slot_data; ++i)
      comparison.data()[i] = static_cast<u8>(generator.below(256));
  }

  static constexpr unsigned states_an_encoding = 5;

  /// Runs the rows that `wanted` takes, with both operand sizes, in registers and in memory.
  /// `change` may change encoding, registers, and the context but for the general registers; false
  /// leaves the case out.
  template <class Wanted, class Change>
  void run_rows(unsigned cases, Wanted&& wanted, Change&& change) {
    for (unsigned row = 0; row < form_count; ++row) {
      const Form& form = forms[row];
      comparison.clear();
      for (bool wide : {false, true}) {
        for (bool memory : {false, true}) {
          if (!differential::exists(form, wide, memory) || !wanted(form, wide, memory)) continue;
          for (unsigned done = 0; done < cases; done += states_an_encoding)
            run_encoding(generator.encode(row, wide, memory), change);
        }
      }
      comparison.flush();
      EXPECT_EQ(comparison.differences, 0u)
          << "row " << row << ", opcode " << std::hex << form.opcode << ": " << comparison.first;
    }
    std::printf("%s\n", comparison.summary().c_str());
  }

  Mode mode = GetParam();
  CaseGenerator generator{mode, 0x8086};
  Comparison comparison;

 private:
  template <class Change>
  void run_encoding(Encoding e, Change&& change) {
    for (unsigned i = 0; i < states_an_encoding; ++i) {
      Encoding changed = e;
      Registers before = generator.registers(e, comparison.memory());
      Context context = start_of(mode, before.eip);
      if (!change(changed, before, context)) continue;
      std::ranges::copy(before.general, context.general);
      context.eflags |= before.eflags;
      const Scope scope = scope_of(changed, before);
      if (scope.registers) comparison.add(context, changed.bytes, scope);
    }
  }
};

inline std::string name_of_mode(const testing::TestParamInfo<Mode>& info) {
  return info.param == Mode::Real ? "Code16" : "Code32";
}

}  // namespace faultline::native
