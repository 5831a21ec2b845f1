// faultline run --fault-summary: the log's figures and the kernel's own agree.
#include <gtest/gtest.h>

#include "tests/boot/command.hpp"

namespace faultline::tests {
namespace {

/// The object on standard error.
nlohmann::json summary_of(const std::vector<std::string>& command, const char* memory = "2M") {
  std::vector<std::string> arguments = {"run", "--fault-summary", "--json", "--mem", memory};
  arguments.insert(arguments.end(), command.begin(), command.end());
  const Outcome run = faultline(arguments);
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  return nlohmann::json::parse(run.err);
}

unsigned total(const nlohmann::json& transfers, unsigned weight) {
  unsigned sum = 0, pages = 1;
  for (const auto& count : transfers) {
    sum += count.get<unsigned>() * (weight != 0 ? pages : 1);
    ++pages;
  }
  return sum;
}

TEST(FaultSummary, TheLogAndTheKernelAgree) {
  const auto json = summary_of({"pressure.exe", "1", "2"});
  const auto& faults = json["faults"];
  const auto& counters = json["counters"];
  EXPECT_EQ(faults["demand zero"]["count"], counters["demand-zero faults"]);
  EXPECT_EQ(faults["transition"]["count"], counters["transition faults"]);
  EXPECT_EQ(faults["paging file"]["count"], counters["page-in faults"]);
  EXPECT_GT(counters["pages trimmed"].get<unsigned>() + counters["pages replaced"].get<unsigned>(),
            100u);
  const auto& transfers = json["pages_a_transfer"];
  EXPECT_EQ(total(transfers["reads"], 0), counters["reads"]);
  EXPECT_EQ(total(transfers["reads"], 1), counters["pages read"]);
  EXPECT_EQ(total(transfers["writes to paging files"], 0), counters["writes to paging files"]);
  for (const char* kind : {"demand zero", "transition", "paging file"}) {
    EXPECT_GT(faults[kind]["fastest"], 0u) << kind;
    EXPECT_LE(faults[kind]["fastest"], faults[kind]["median"]) << kind;
    EXPECT_LE(faults[kind]["median"], faults[kind]["slowest"]) << kind;
  }
}

TEST(FaultSummary, GuardFaultsAreCounted) {
  const auto json = summary_of({"stack.exe"});
  const auto& faults = json["faults"];
  const unsigned guards = faults["guard page"]["count"].get<unsigned>() +
                          faults["guard page violation"]["count"].get<unsigned>() +
                          faults["stack overflow"]["count"].get<unsigned>();
  EXPECT_EQ(guards, json["counters"]["guard faults"]);
  EXPECT_EQ(faults["stack overflow"]["count"], 2u);
}

/// Every store into a shared page that makes a copy is named so, whoever shared it.
TEST(FaultSummary, CopiesOnWriteAreCounted) {
  for (const char* program : {"sections.exe", "fork.exe"}) {
    const auto json = summary_of({program}, "4M");
    EXPECT_GT(json["faults"]["copy on write"]["count"], 0u) << program;
    EXPECT_EQ(json["faults"]["copy on write"]["count"], json["counters"]["copies on write"])
        << program;
  }
}

TEST(FaultSummary, ViolationsAreCounted) {
  const auto json = summary_of({"virtmem.exe"});
  EXPECT_GT(json["faults"]["access violation"]["count"], 10u);
  EXPECT_EQ(json["faults"].count("unresolved"), 0u);
}

TEST(FaultSummary, TheTableIsForPeople) {
  const Outcome run = faultline({"run", "--fault-summary", "hello.exe"});
  EXPECT_EQ(run.status, 0);
  EXPECT_NE(run.err.find("  demand zero "), std::string::npos) << run.err;
  EXPECT_NE(run.err.find("pages a transfer"), std::string::npos) << run.err;
  EXPECT_EQ(run.err.find("Hello"), std::string::npos) << run.err;
}

}  // namespace
}  // namespace faultline::tests
