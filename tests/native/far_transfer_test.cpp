// Jumps, calls and returns between the code segments of ring 3, up to their limits and beyond, to
// every other kind of selector, and instructions that lie across a limit.
#include <cstring>

#include "tests/native/rows_fixture.hpp"

namespace faultline::native {
namespace {

/// A small segment of the size the cases are encoded for.
bool holds_code(const Segment& s, Mode mode) {
  return s.contents == code_segment && s.absent == 0 && s.base != arena && limit_of(s) > 0x20 &&
         (s.big != 0) == (mode == Mode::Flat32);
}

class FarTransfers : public RowsFixture {
 protected:
  /// A code segment's more often than another; null; beyond the tables. RPL 3 mostly.
  u16 selector() {
    const u32 count = static_cast<u32>(segments().size()), kind = generator.below(16);
    if (kind == 0) return static_cast<u16>(generator.below(4));
    if (kind == 1) return static_cast<u16>(0x1000 + generator.below(0x1000)) & ~4u;
    if (kind == 2) return static_cast<u16>((count + generator.below(0x100)) << 3 | 7);
    u32 index;
    do index = generator.below(count);
    while (kind > 4 && segments()[index].contents != code_segment);
    return static_cast<u16>(index << 3 | 4 | (kind == 5 ? generator.below(4) : 3));
  }

  /// Near the selected segment's limit, or among the HLTs; beyond the limits of the larger ones.
  u32 offset(u16 selector) {
    const u32 index = selector >> 3;
    const Segment& s = index < segments().size() ? segments()[index] : segments()[1];
    const bool near = s.base != arena;
    const u32 limit = limit_of(s);
    if (limit == 0xFFFFFFFF || generator.below(8) == 0)
      return (near ? 0 : differential::code_first) + generator.below(0x1000);
    return near ? limit - 6 + generator.below(9) : limit + 1 + generator.below(4);
  }

  void store(u32 at, u32 value, unsigned bytes) {
    std::memcpy(comparison.memory() + (at & 0xFFFF), &value, bytes);
  }

  /// The far pointer goes where the form takes it from.
  void put_pointer(Encoding& e, Registers& before, u16 selector, u32 offset) {
    const unsigned size = e.wide ? 4 : 2;
    switch (e.form().mnemonic) {
      case Mnemonic::RETF:
      case Mnemonic::IRET: {
        const u32 top = before.general[ESP];
        store(top, offset, size);
        store(top + size, selector, size);  // 32 bits wide, the upper half is 0
        store(top + 2 * size, generator.below(1u << 14) & 0x3ED7, size);
        return;
      }
      default:
        break;
    }
    if (e.memory) {
      const u32 at = operand_offset(e, before);
      store(at, offset, size);
      store(at + size, selector, 2);
      return;
    }
    e.bytes.pop_back();
    for (unsigned i = 0; i < size; ++i) e.bytes.push_back(static_cast<u8>(offset >> 8 * i));
    e.bytes.push_back(static_cast<u8>(selector));
    e.bytes.push_back(static_cast<u8>(selector >> 8));
    e.bytes.push_back(differential::hlt);
  }
};

TEST_P(FarTransfers, BetweenSegments) {
  run_rows(
      case_count() * 4,
      [](const Form& form, bool, bool) {
        return form.mnemonic == Mnemonic::CALLF || form.mnemonic == Mnemonic::JMPF ||
               form.mnemonic == Mnemonic::RETF || form.mnemonic == Mnemonic::IRET;
      },
      [this](Encoding& e, Registers& before, Context& context) {
        if (generator.below(8) == 0) context.eflags |= eflags::TF;
        const u16 chosen = selector();
        put_pointer(e, before, chosen, offset(chosen));
        return true;
      });
  EXPECT_GT(comparison.vectors[test::NP], 0u);
}

/// An instruction that reaches beyond the limit of its segment, and one that ends with it.
TEST_P(FarTransfers, FetchesAcrossLimits) {
  u32 index;
  run_rows(
      case_count() / 10, [](const Form& form, bool, bool) { return runs_natively(form); },
      [&](Encoding& e, Registers&, Context& context) {
        if (e.form().has(EndsBlock)) return false;  // jumps are for the other test
        do index = generator.below(static_cast<u32>(segments().size()));
        while (!holds_code(segments()[index], mode));
        const Segment& s = segments()[index];
        context.eip = limit_of(s) - generator.below(static_cast<u32>(e.bytes.size()) + 1);
        context.segment[CS] = local(index);
        return true;
      });
}

INSTANTIATE_TEST_SUITE_P(All, FarTransfers, testing::Values(Mode::Flat32, Mode::Real),
                         name_of_mode);

}  // namespace
}  // namespace faultline::native
