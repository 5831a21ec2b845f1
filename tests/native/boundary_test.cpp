// Operands where a segment or a page ends: every row that reaches memory, in segments of each kind,
// size and granularity, expand-down and code too, and at the edges of absent and read-only pages.
#include <gtest/gtest.h>

#include <cstring>

#include "tests/native/operands.hpp"

namespace faultline::native {
namespace {

constexpr unsigned states_an_encoding = 5;

bool loads_as_data(const Segment& s) {
  return s.absent == 0 && !(s.contents == code_segment && s.read_only != 0);
}
bool loads_as_stack(const Segment& s) {
  return s.absent == 0 && s.contents != code_segment && s.read_only == 0;
}

/// The first and last offset, and those that the other sizes would have.
std::vector<u32> edges(const Segment& s) {
  const u32 limit = limit_of(s);
  return {limit, limit + 1, 0, 0xFFFF, 0xFFFFFFFF, limit & 0xFFFF};
}

// Offsets in the flat segments where the pages' rights change.
constexpr u32 page_edges[] = {0, area_size, read_only_area - arena, second_area - arena,
                              second_area - arena + area_size};

class Boundaries : public testing::TestWithParam<std::tuple<Mode, bool>> {
 protected:
  void SetUp() override {
    if (const std::string reason = comparison.start(); !reason.empty())
      GTEST_SKIP() << "the host is no witness here: " << reason;
  }
  void fill_data() {
    for (u32 i = 0; i < slot_data; ++i)
      comparison.data()[i] = static_cast<u8>(generator.below(256));
  }

  /// Runs the rows' cases; `place` gives a case its segments and the offset of its operands.
  template <class Place>
  void run_rows(unsigned cases, Place&& place) {
    const bool wide = std::get<1>(GetParam());
    unsigned rows = 0;
    for (unsigned row = 0; row < form_count; ++row) {
      const Form& form = forms[row];
      for (bool memory : {false, true}) {
        // Today's processors store four bytes where these store two: faults and memory differ.
        if (form.mnemonic == Mnemonic::PUSHSREG && wide) continue;
        if (!runs_natively(form) || !differential::exists(form, wide, memory)) continue;
        comparison.clear();
        fill_data();
        bool moved = false;
        for (unsigned done = 0; done < cases; done += states_an_encoding)
          moved |= run_encoding(generator.encode(row, wide, memory), place);
        comparison.flush();
        rows += moved;
        EXPECT_EQ(comparison.differences, 0u)
            << "row " << row << ", opcode " << std::hex << form.opcode << ": " << comparison.first;
      }
    }
    std::printf("%u rows, %s\n", rows, comparison.summary().c_str());
    EXPECT_GT(rows, 180u);
  }

  Mode mode = std::get<0>(GetParam());
  CaseGenerator generator{mode, 0x286};
  Comparison comparison;

 private:
  template <class Place>
  bool run_encoding(const Encoding& e, Place&& place) {
    if (!movable(e)) return false;
    for (unsigned i = 0; i < states_an_encoding; ++i) {
      Registers before = generator.registers(e, comparison.memory());
      u32 base = 0;  // of the segment, less the flat one's
      Context context = context_of(mode, before);
      const u32 offset = place(e, context, base);
      move_operands(e, before, offset);
      if (reads_eip(e.form()) &&
          (context.segment[SS] != context.segment[DS] || !set_landing(e, before, base))) {
        continue;
      }
      std::ranges::copy(before.general, context.general);
      const Scope scope = scope_of(e, before);
      if (scope.registers) comparison.add(context, e.bytes, scope);
    }
    return true;
  }

  /// Puts an address of code where the case reads EIP from; false if that is not in the data.
  bool set_landing(const Encoding& e, const Registers& before, u32 base) {
    const u32 at = e.memory ? operand_offset(e, before) : before.general[ESP];
    const u32 in_data = base + at - differential::data_first;
    if (in_data >= slot_data - 4) return false;
    const u32 landing = differential::code_first + generator.below(0x1000);
    std::memcpy(comparison.data() + in_data, &landing, 4);
    return true;
  }
};

class SegmentBoundaries : public Boundaries {};

TEST_P(SegmentBoundaries, Agree) {
  run_rows(case_count() / 2, [this](const Encoding&, Context& context, u32& base) {
    const u32 count = static_cast<u32>(segments().size()) - first_test_segment;
    u32 index;
    do index = first_test_segment + generator.below(count);
    while (!loads_as_data(segments()[index]));
    const Segment& segment = segments()[index];
    for (unsigned number : {ES, DS, FS, GS})
      context.segment[number] = generator.below(16) == 0 ? 0 : local(index);
    if (loads_as_stack(segment)) context.segment[SS] = local(index);
    base = segment.base - arena;
    const std::vector<u32> all = edges(segment);
    if (generator.below(8) == 0) return differential::data_first + generator.below(0x1000);
    return all[generator.below(static_cast<u32>(all.size()))] - 8 + generator.below(12);
  });
}

class PageBoundaries : public Boundaries {};

TEST_P(PageBoundaries, Agree) {
  run_rows(case_count() / 2, [this](const Encoding&, Context&, u32&) {
    return page_edges[generator.below(std::size(page_edges))] - 8 + generator.below(12);
  });
  EXPECT_GT(comparison.vectors[test::PF], comparison.cases / 4);
}

std::string name_of_case(const testing::TestParamInfo<std::tuple<Mode, bool>>& info) {
  const auto [mode, wide] = info.param;
  return std::string(mode == Mode::Real ? "Code16" : "Code32") + (wide ? "Operand32" : "Operand16");
}

INSTANTIATE_TEST_SUITE_P(All, SegmentBoundaries,
                         testing::Combine(testing::Values(Mode::Flat32, Mode::Real),
                                          testing::Bool()),
                         name_of_case);
// 16-bit offsets reach no page but their own.
INSTANTIATE_TEST_SUITE_P(All, PageBoundaries,
                         testing::Combine(testing::Values(Mode::Flat32), testing::Bool()),
                         name_of_case);

}  // namespace
}  // namespace faultline::native
