// Every row of the instruction table executed in every mode where it is legal, every fault that it
// can raise raised: the union is what the rows say it must be, and what docs/coverage.md shows.
#include <fstream>
#include <iterator>
#include <set>

#include "tests/coverage/survey.hpp"

namespace faultline::coverage {
namespace {

TEST(Coverage, EveryRowRunsInEveryModeAndRaisesEveryFault) {
  Survey survey;
  survey.run();
  EXPECT_EQ(survey.failures, 0u);

  const auto complete = [](const std::string& what, const Ledger& ledger) {
    EXPECT_GT(ledger.rows(), 0u) << what << ": no row at all";
    ledger.for_missing([&](unsigned row, Mode mode) {
      ADD_FAILURE() << describe({row}) << ", " << name_of(mode) << ": never " << what;
    });
  };
  std::set<std::string> names;
  for (const Cause& cause : all_causes())
    EXPECT_TRUE(names.insert(cause.name).second) << cause.name << ": twice";
  complete("executed", survey.executed);
  for (const auto& [name, ledger] : survey.routed) complete(name, ledger);
  for (const auto& [name, ledger] : survey.raised) complete(name, ledger);

  // A row that ran nowhere: a reserved escape that has no encoding left, and in the Alpha variant
  // the test registers, which no model has.
  for (unsigned row = 0; row < form_count; ++row) {
    const Form& form = forms[row];
    const bool nowhere = instances_of(row).empty() || (!test::i386_paging && form.has(TlbTest));
    for (Mode mode : all_modes)
      EXPECT_EQ(survey.executed.rows(mode, row, row + 1), legal(form, mode) && !nowhere)
          << describe({row}) << ", " << name_of(mode);
    EXPECT_TRUE(!instances_of(row).empty() || form.has(Reserved)) << describe({row});
  }

  if (!test::i386_paging) return;  // the document is of the i386's scheme
  std::ifstream in(FAULTLINE_SOURCE_DIR "/docs/coverage.md");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const std::string made =
      document(survey.executed, survey.raised, survey.routed, survey.by_vector);
  EXPECT_NE(text.find(made), std::string::npos) << "docs/coverage.md should hold:\n" << made;
}

}  // namespace

std::vector<Cause> all_causes() {
  std::vector<Cause> all;
  for (const auto& part :
       {fetch_causes(), privilege_causes(), memory_causes(), selector_causes(), transfer_causes(),
        gate_causes(), return_causes(), interrupt_causes(), operand_causes()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace faultline::coverage
