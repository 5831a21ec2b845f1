// peers_witness: the command line. `compare` runs the three machines, `check` ours against the
// record, `describe` one case for people, `documented` holds the explanations against their
// document.
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>

#include "tests/peers/compare.hpp"
#include "tests/peers/explanations.hpp"

namespace faultline::peers {
namespace {

constexpr int skipped = 77;  // what automake and ctest call it

/// A row of the table in docs/deviations.md.
std::string row_of(const Explanation& e) {
  return std::string("| ") + machine_names[static_cast<std::size_t>(e.peer)] + " | " + e.key +
         " | " + e.reason + " |\n";
}

/// Every explanation stands in the document, word for word.
bool documented(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  bool good = true;
  for (const Explanation& e : explanations) {
    if (text.str().find(row_of(e)) != std::string::npos) continue;
    std::cout << file << " lacks: " << row_of(e);
    good = false;
  }
  return good;
}

constexpr const char* usage =
    "usage: peers_witness compare FAULTLINE IMAGE [RECORD-TO]\n"
    "       peers_witness check FAULTLINE IMAGE RECORD PLAN\n"
    "       peers_witness documented FILE\n"
    "       peers_witness describe FAULTLINE IMAGE PLAN CASE [bochs|qemu]\n";

const Plan& plan_named(const std::string& name) {
  for (const Plan& plan : plans) {
    if (name == plan.name) return plan;
  }
  throw std::runtime_error("no plan " + name);
}

int main_of(const std::vector<std::string>& words) {
  if (words.size() == 2 && words[0] == "documented") return documented(words[1]) ? 0 : 1;
  if (words.size() < 3) throw std::runtime_error(usage);
  const Programs programs{words[1], words[2]};
  if (words[0] == "compare" && words.size() <= 4) {
    if (const std::string missing = missing_packages(); !missing.empty()) {
      std::cout << "skipped: the peers need" << missing << '\n';
      return skipped;
    }
    std::ostringstream record;
    bool good = true;
    for (const Plan& plan : plans) good &= compare(plan, programs, record);
    if (words.size() == 4 && good) std::ofstream(words[3]) << record.str();
    return good ? 0 : 1;
  }
  if (words[0] == "check" && words.size() == 5) {
    return check(plan_named(words[4]), programs, words[3]) ? 0 : 1;
  }
  if (words[0] == "describe" && (words.size() == 5 || words.size() == 6)) {
    Machine machine = Machine::Ours;
    if (words.size() == 6) machine = words[5] == "bochs" ? Machine::Bochs : Machine::Qemu;
    const u32 number = static_cast<u32>(std::stoul(words[4], nullptr, 16));
    std::cout << run_text(machine, programs,
                          {plan_named(words[3]), number, 1, Request::Descriptions});
    return 0;
  }
  throw std::runtime_error(usage);
}

}  // namespace
}  // namespace faultline::peers

int main(int argc, char** argv) {
  try {
    return faultline::peers::main_of({argv + 1, argv + argc});
  } catch (const std::exception& e) {
    std::cerr << "peers_witness: " << e.what() << '\n';
    return 1;
  }
}
