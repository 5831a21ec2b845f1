// Adds up, sorts, prints.
#include "debugger/fault_summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

namespace faultline {
namespace {

/// The kernel's variables, and what they count.
struct Named {
  const char* symbol;
  const char* name;
};
constexpr Named counters[] = {
    {"MmPageFaultCount", "page faults"},
    {"MmTransitionCount", "transition faults"},
    {"MmDemandZeroCount", "demand-zero faults"},
    {"MmCopyOnWriteCount", "copies on write"},
    {"MmGuardPageCount", "guard faults"},
    {"MmPageFileFaultCount", "page-in faults"},
    {"MmPageTableFaultCount", "page-table faults"},
    {"MmPageReadIoCount", "reads"},
    {"MmPageReadCount", "pages read"},
    {"MmDirtyWriteIoCount", "writes to paging files"},
    {"MmDirtyPagesWriteCount", "pages written to paging files"},
    {"MmMappedWriteIoCount", "writes to files"},
    {"MmMappedPagesWriteCount", "pages written to files"},
    {"MmPagesTrimmed", "pages trimmed"},
    {"MmPageReplacements", "pages replaced"},
};
constexpr Named cluster_counts[] = {
    {"MmPageReadClusters", "reads"},
    {"MmDirtyWriteClusters", "writes to paging files"},
    {"MmMappedWriteClusters", "writes to files"},
};
constexpr u32 cluster_sizes = 16;  // of MMCLUSTER_COUNTS

}  // namespace

void FaultSummary::add(const FaultRecord& record) {
  Kind& kind = kinds_[std::string(record.status ? resolution_name(*record.status) : "unresolved")];
  ++kind.count;
  if (record.cycles) kind.cycles.push_back(*record.cycles);
}

void FaultSummary::read_counters(const GuestMemory& memory, const Module& kernel) {
  for (const Named& counter : counters) {
    const auto at = kernel.address_of(counter.symbol);
    const auto value = at ? memory.dword(*at) : std::nullopt;
    if (value) counters_.push_back({counter.name, *value});
  }
  for (const Named& counts : cluster_counts) {
    const auto at = kernel.address_of(counts.symbol);
    if (!at) continue;
    Clusters clusters{counts.name, {}};
    for (u32 i = 0; i < cluster_sizes; ++i) {
      clusters.transfers.push_back(memory.dword(*at + 4 * i).value_or(0));
    }
    clusters_.push_back(std::move(clusters));
  }
}

FaultSummary::Cost FaultSummary::cost_of(std::vector<u64> cycles) const {
  if (cycles.empty()) return {};
  std::sort(cycles.begin(), cycles.end());
  const u64 sum = std::accumulate(cycles.begin(), cycles.end(), u64{0});
  return {cycles.size(), cycles.front(), cycles[cycles.size() / 2], sum / cycles.size(),
          cycles.back()};
}

std::string FaultSummary::to_text() const {
  std::string text = fmt::format("{:<24}{:>9}{:>12}{:>12}{:>12}{:>12}\n", "page faults", "count",
                                 "fastest", "median", "mean", "slowest");
  for (const auto& [name, kind] : kinds_) {
    text += fmt::format("  {:<22}{:>9}", name, kind.count);
    const Cost cost = cost_of(kind.cycles);
    if (cost.count != 0) {
      text +=
          fmt::format("{:>12}{:>12}{:>12}{:>12}", cost.least, cost.median, cost.mean, cost.most);
    }
    text += '\n';
  }
  text += "the kernel's counters\n";
  for (const Counter& counter : counters_) {
    text += fmt::format("  {:<30}{:>9}\n", counter.name, counter.value);
  }
  text += fmt::format("{:<24}", "pages a transfer");
  for (u32 pages = 1; pages < cluster_sizes; ++pages) text += fmt::format("{:>6}", pages);
  text += fmt::format("{:>6}\n", fmt::format("{}+", cluster_sizes));
  for (const Clusters& clusters : clusters_) {
    text += fmt::format("  {:<22}", clusters.name);
    for (const u32 count : clusters.transfers) text += fmt::format("{:>6}", count);
    text += '\n';
  }
  return text;
}

std::string FaultSummary::to_json() const {
  nlohmann::ordered_json json;
  json["faults"] = nlohmann::ordered_json::object();
  for (const auto& [name, kind] : kinds_) {
    const Cost cost = cost_of(kind.cycles);
    json["faults"][name] = {{"count", kind.count},
                            {"fastest", cost.least},
                            {"median", cost.median},
                            {"mean", cost.mean},
                            {"slowest", cost.most}};
  }
  json["counters"] = nlohmann::ordered_json::object();
  for (const Counter& counter : counters_) json["counters"][counter.name] = counter.value;
  json["pages_a_transfer"] = nlohmann::ordered_json::object();
  for (const Clusters& clusters : clusters_) {
    json["pages_a_transfer"][clusters.name] = clusters.transfers;
  }
  return json.dump(2);
}

}  // namespace faultline
