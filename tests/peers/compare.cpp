// Looks for differences, and for the rows that explain them.
#include "tests/peers/compare.hpp"

#include <fstream>
#include <future>
#include <iostream>
#include <sstream>
#include <stdexcept>

#include "tests/peers/explanations.hpp"

namespace faultline::peers {
namespace {

constexpr u32 block_size = 256;  // the image's

using Counts = std::map<const Explanation*, std::vector<u32>>;  // the cases each explains

std::string fields_to_string(Fields fields) {
  std::string names;
  for (unsigned f = 0; f < field_count; ++f) {
    if ((fields >> f & 1) != 0) names += std::string(names.empty() ? "" : ", ") + field_names[f];
  }
  return names;
}

/// The fields of a pair that nothing explains.
Fields unexplained(Machine peer, const Line& ours, const Line& theirs, Counts& counts) {
  Fields left = differences(ours, theirs);
  for (const Explanation& e : explanations) {
    if (left == 0) break;
    if (e.peer != peer) continue;
    const Fields claimed = e.explains(ours, theirs) & left;
    if (claimed == 0) continue;
    counts[&e].push_back(ours.number);
    left &= ~claimed;
  }
  return left;
}

/// Unexplained differences of a kind, with the first of them.
struct Group {
  unsigned cases = 0;
  Line ours, theirs;
};

unsigned compare_with(Machine peer, const Answers& ours, const Answers& theirs, Counts& counts) {
  if (ours.lines.size() != theirs.lines.size()) throw std::runtime_error("a peer lost cases");
  std::map<std::string, Group> groups;
  unsigned bad = 0;
  for (std::size_t i = 0; i < ours.lines.size(); ++i) {
    const Line &a = ours.lines[i], &b = theirs.lines[i];
    const Fields left = unexplained(peer, a, b, counts);
    if (left == 0) continue;
    ++bad;
    Group& group = groups[a.name + ", vector " + std::to_string(a[Vector]) + " and " +
                          std::to_string(b[Vector]) + ": " + fields_to_string(left)];
    if (group.cases++ == 0) group.ours = a, group.theirs = b;
  }
  const std::string name = machine_names[static_cast<std::size_t>(peer)];
  for (const auto& [what, group] : groups) {
    std::cout << "unexplained by " << name << ", " << group.cases << " x " << what << "\n  ours "
              << to_string(group.ours) << "\n  " << name << ' ' << to_string(group.theirs) << '\n';
  }
  return bad;
}

}  // namespace

bool compare(const Plan& plan, const Programs& programs, std::ostream& record) {
  const Request request{plan, 0, plan.cases, Request::Lines};
  const auto start = [&](Machine machine) {
    return std::async(std::launch::async,
                      [=, &programs] { return run(machine, programs, request); });
  };
  auto bochs = start(Machine::Bochs), qemu = start(Machine::Qemu);
  const Answers ours = run(Machine::Ours, programs, request);
  const Answers digests = run(Machine::Ours, programs, {plan, 0, plan.cases, Request::Digests});
  Counts counts;
  const unsigned bad = compare_with(Machine::Bochs, ours, bochs.get(), counts) +
                       compare_with(Machine::Qemu, ours, qemu.get(), counts);
  std::cout << "plan " << plan.name << ": " << ours.lines.size() << " accesses, " << bad
            << " unexplained differences\n";
  record << "plan " << plan.name << '\n';
  for (const auto& [first, digest] : digests.blocks) {
    record << std::hex << "B " << first << ' ' << digest.all << ' ' << digest.resume << std::dec
           << '\n';
  }
  for (const Explanation& e : explanations) {
    const auto found = counts.find(&e);
    const std::size_t cases = found == counts.end() ? 0 : found->second.size();
    const char* peer = machine_names[static_cast<std::size_t>(e.peer)];
    std::cout << "  " << peer << ' ' << e.key << ": " << cases << '\n';
    record << "explained " << peer << ' ' << e.key << ' ' << cases;
    if (cases != 0) record << " first " << std::hex << found->second.front() << std::dec;
    record << '\n';
  }
  return bad == 0;
}

namespace {

/// The recorded blocks of a plan.
std::map<u32, Digest> recorded_blocks(const std::string& file, const Plan& plan) {
  std::ifstream stream(file);
  std::map<u32, Digest> blocks;
  bool here = false;
  for (std::string row; std::getline(stream, row);) {
    std::istringstream words(row);
    std::string kind, name;
    words >> kind;
    if (kind == "plan") {
      words >> name;
      here = name == plan.name;
    } else if (here && kind == "B") {
      u32 first = 0;
      Digest digest;
      words >> std::hex >> first >> digest.all >> digest.resume;
      blocks[first] = digest;
    }
  }
  return blocks;
}

}  // namespace

bool check(const Plan& plan, const Programs& programs, const std::string& file) {
  const auto recorded = recorded_blocks(file, plan);
  const auto ours = run(Machine::Ours, programs, {plan, 0, plan.cases, Request::Digests}).blocks;
  if (recorded.size() * block_size != plan.cases || ours.size() != recorded.size()) {
    std::cout << file << " does not hold plan " << plan.name << '\n';
    return false;
  }
  unsigned bad = 0;
  for (const auto& [first, digest] : recorded) {
    if (ours.at(first) == digest) continue;
    if (++bad == 1) {
      std::cout << "our answers, in the first block that differs:\n"
                << run_text(Machine::Ours, programs, {plan, first, block_size, Request::Lines});
    }
  }
  std::cout << "plan " << plan.name << ": " << bad << " of " << recorded.size()
            << " blocks differ from the recorded answers"
            << (bad != 0 ? "; `./test peers` says where" : "") << '\n';
  return bad == 0;
}

}  // namespace faultline::peers
