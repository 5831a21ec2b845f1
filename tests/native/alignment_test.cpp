// The alignment check of the i486: EFLAGS.AC set, operands at every alignment. [486 §9.9.15]
#include "tests/native/rows_fixture.hpp"

namespace faultline::native {
namespace {

class Alignment : public RowsFixture {};

constexpr unsigned AC = 17;

TEST_P(Alignment, OfEveryOperand) {
  run_rows(
      case_count() / 3, [](const Form& form, bool, bool) { return runs_natively(form); },
      [](Encoding&, Registers&, Context& context) {
        context.eflags |= eflags::AC;
        return true;
      });
  EXPECT_GT(comparison.vectors[AC], comparison.cases / 8);
}

INSTANTIATE_TEST_SUITE_P(All, Alignment, testing::Values(Mode::Flat32, Mode::Real), name_of_mode);

}  // namespace
}  // namespace faultline::native
