#include "debugger/trace/statistics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace faultline {
namespace {

using Sum = RunStatistics::Sum;
using Sums = std::vector<std::pair<std::string, Sum>>;

void add(Sum& sum, u64 clocks, bool counts) {
  sum.count += counts ? 1 : 0;
  sum.clocks += clocks;
  sum.longest = std::max(sum.longest, clocks);
}

Sums by_cost(const std::map<std::string, Sum>& sums) {
  Sums list(sums.begin(), sums.end());
  std::stable_sort(list.begin(), list.end(),
                   [](const auto& a, const auto& b) { return a.second.clocks > b.second.clocks; });
  return list;
}

double percent(u64 part, u64 whole) {
  return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

/// What one handler took is the sum of its pieces without what was inside; a piece that goes on
/// after a switch of threads counts for no other handler.
void RunStatistics::slice(const Slice& s) {
  switch (s.lane) {
    case Lane::User:
      return add(causes_["ring 3, " + s.process], s.clocks(), true);
    case Lane::Kernel:
      add(causes_[std::string(name_of(s.cause))], s.self, !s.resumed);
      if (s.cause == Cause::PageFault) add(faults_[s.kind], s.self, !s.resumed);
      if (s.cause == Cause::SystemCall) add(system_calls_[s.name], s.self, !s.resumed);
      return;
    case Lane::Walker:
      return add(walks_, s.clocks(), true);
    default:
      return;
  }
}

void RunStatistics::micro(const MicroStep& step) {
  if (step.what != MicroEvent::TlbLookup) return;
  std::vector<Set>& sets = sets_[step.instruction ? 1 : 0];
  if (sets.size() <= step.set) sets.resize(step.set + 1u);
  ++sets[step.set].lookups;
  sets[step.set].hits += step.hit ? 1 : 0;
}

RunStatistics::Report RunStatistics::report(u64 clocks, u64 halted, u64 instructions) const {
  Report report{.clocks = clocks,
                .halted = halted,
                .instructions = instructions,
                .causes = by_cost(causes_),
                .faults = by_cost(faults_),
                .system_calls = by_cost(system_calls_),
                .walks = walks_,
                .buffers = {}};
  const bool split = !sets_[1].empty();
  if (!sets_[0].empty()) report.buffers.push_back({split ? "data TLB" : "TLB", sets_[0]});
  if (split) report.buffers.push_back({"instruction TLB", sets_[1]});
  return report;
}

std::string to_text(const RunStatistics::Report& report) {
  std::string text = fmt::format("{} clocks, {} of them in HLT; {} instructions\n", report.clocks,
                                 report.halted, report.instructions);
  const auto table = [&](std::string_view title, const Sums& sums) {
    if (sums.empty()) return;
    text += fmt::format("\n{:<40}{:>10}{:>14}{:>9}{:>12}{:>12}\n", title, "count", "clocks",
                        "of all", "mean", "longest");
    for (const auto& [name, sum] : sums) {
      text += fmt::format("{:<40}{:>10}{:>14}{:>8.2f}%{:>12}{:>12}\n", name, sum.count, sum.clocks,
                          percent(sum.clocks, report.clocks),
                          sum.count == 0 ? 0 : sum.clocks / sum.count, sum.longest);
    }
  };
  table("clocks by cause", report.causes);
  table("page faults, by how they were resolved", report.faults);
  table("system calls", report.system_calls);
  table("of all these, page walks", {{"walks", report.walks}});
  for (const auto& buffer : report.buffers) {
    text += fmt::format("\n{:<12}{:>14}{:>14}{:>12}\n", buffer.name, "look-ups", "misses", "hits");
    for (std::size_t set = 0; set < buffer.sets.size(); ++set) {
      const auto& [lookups, hits] = buffer.sets[set];
      text += fmt::format("set {:<8}{:>14}{:>14}{:>11.3f}%\n", set, lookups, lookups - hits,
                          percent(hits, lookups));
    }
  }
  return text;
}

std::string to_json(const RunStatistics::Report& report) {
  using Json = nlohmann::ordered_json;
  const auto list = [](const Sums& sums) {
    Json json = Json::array();
    for (const auto& [name, sum] : sums)
      json.push_back(
          {{"name", name}, {"count", sum.count}, {"cycles", sum.clocks}, {"longest", sum.longest}});
    return json;
  };
  Json buffers = Json::array();
  for (const auto& buffer : report.buffers) {
    Json sets = Json::array();
    for (const auto& set : buffer.sets)
      sets.push_back({{"lookups", set.lookups}, {"hits", set.hits}});
    buffers.push_back({{"name", buffer.name}, {"sets", std::move(sets)}});
  }
  return Json{{"cycles", report.clocks},
              {"halted", report.halted},
              {"instructions", report.instructions},
              {"causes", list(report.causes)},
              {"faults", list(report.faults)},
              {"system_calls", list(report.system_calls)},
              {"walks", {{"count", report.walks.count}, {"cycles", report.walks.clocks}}},
              {"tlb", std::move(buffers)}}
      .dump();
}

}  // namespace faultline
