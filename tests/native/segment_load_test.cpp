// Selectors of every kind: loads of segment registers from registers, memory, the stack and far
// pointers, and the instructions that ask about a selector; some of them in single steps, which a
// load of SS holds back.
#include <gtest/gtest.h>

#include <cstring>

#include "tests/native/operands.hpp"

namespace faultline::native {
namespace {

enum class Source : u8 { Operand, FarPointer, Stack };

/// Where a row takes its selector from; nothing for the rows that take none.
std::optional<Source> selector_source(const Form& form) {
  switch (form.mnemonic) {
    case Mnemonic::MOVSREG:
      if (form.operands[0] != Operand::Sw) return std::nullopt;
      return Source::Operand;
    case Mnemonic::LAR:
    case Mnemonic::LSL:
    case Mnemonic::VERR:
    case Mnemonic::VERW:
    case Mnemonic::ARPL:
      return Source::Operand;
    case Mnemonic::LDS:
    case Mnemonic::LES:
    case Mnemonic::LFS:
    case Mnemonic::LGS:
    case Mnemonic::LSS:
      return Source::FarPointer;
    case Mnemonic::POPSREG:
      return Source::Stack;
    default:
      return std::nullopt;
  }
}

class SegmentLoads : public testing::TestWithParam<std::tuple<Mode, bool, bool>> {
 protected:
  void SetUp() override {
    if (const std::string reason = comparison.start(); !reason.empty())
      GTEST_SKIP() << "the host is no witness here: " << reason;
  }

  /// Of a descriptor in the LDT, the empty one and those beyond its limit too; null; beyond the
  /// GDT's limit. What lies in the GDT is Linux's.
  u16 selector() {
    const u32 count = static_cast<u32>(segments().size()), kind = generator.below(16);
    if (kind == 0) return static_cast<u16>(generator.below(4));
    if (kind == 1) return static_cast<u16>(0x1000 + generator.below(0x1000)) & ~4u;
    const u32 index = kind == 2 ? count + generator.below(0x100) : generator.below(count);
    return static_cast<u16>(index << 3 | 4 | (kind < 8 ? generator.below(4) : 3));
  }

  void put_selector(const Encoding& e, Source source, Registers& before) {
    const u16 chosen = selector();
    if (source == Source::Stack) return store(before.general[ESP], chosen);
    if (!e.memory) {
      u32& r = before.general[e.rm];
      r = (r & 0xFFFF0000) | chosen;
      return;
    }
    const u32 far = source == Source::FarPointer ? e.width() : 0;
    store(operand_offset(e, before) + far, chosen);
  }

  void store(u32 offset, u16 value) {
    std::memcpy(comparison.memory() + (offset & 0xFFFF), &value, sizeof value);
  }

  Mode mode = std::get<0>(GetParam());
  CaseGenerator generator{mode, 0x387};
  Comparison comparison;
};

TEST_P(SegmentLoads, Agree) {
  const auto [mode, wide, memory] = GetParam();
  unsigned rows = 0;
  for (unsigned row = 0; row < form_count; ++row) {
    const Form& form = forms[row];
    const auto source = selector_source(form);
    if (!source) continue;
    if (*source == Source::Stack ? memory : !differential::exists(form, wide, memory)) continue;
    ++rows;
    comparison.clear();
    for (unsigned done = 0; done < case_count() * 4; done += 5) {
      Encoding e = generator.encode(row, wide, memory);
      e.bytes.insert(e.bytes.end() - 1, {0x90, 0x90});  // where a #DB may come
      for (unsigned i = 0; i < 5; ++i) {
        Registers before = generator.registers(e, comparison.memory());
        put_selector(e, *source, before);
        Context context = context_of(mode, before);
        if (generator.below(4) == 0) context.eflags |= eflags::TF;
        comparison.add(context, e.bytes, scope_of(e, before));
      }
    }
    comparison.flush();
    EXPECT_EQ(comparison.differences, 0u)
        << "row " << row << ", opcode " << std::hex << form.opcode << ": " << comparison.first;
  }
  std::printf("%u rows, %s\n", rows, comparison.summary().c_str());
  EXPECT_GE(rows, 6u);
}

std::string name_of_case(const testing::TestParamInfo<std::tuple<Mode, bool, bool>>& info) {
  const auto [mode, wide, memory] = info.param;
  return std::string(mode == Mode::Real ? "Code16" : "Code32") +
         (wide ? "Operand32" : "Operand16") + (memory ? "InMemory" : "InRegisters");
}

INSTANTIATE_TEST_SUITE_P(All, SegmentLoads,
                         testing::Combine(testing::Values(Mode::Flat32, Mode::Real),
                                          testing::Bool(), testing::Bool()),
                         name_of_case);

}  // namespace
}  // namespace faultline::native
