// faultline run --trace and --heat, faultline stats: valid, nested, and in agreement with the run's
// other accounts.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "tests/boot/command.hpp"

namespace faultline::tests {
namespace {

struct Event {
  std::uint64_t begin = 0, end = 0;
  nlohmann::json json;
};

/// The complete events, by lane; every event is one of the trace event format.
std::map<unsigned, std::vector<Event>> lanes_of(const nlohmann::json& trace) {
  std::map<unsigned, std::vector<Event>> lanes;
  for (const auto& event : trace["traceEvents"]) {
    EXPECT_TRUE(event["name"].is_string() && event["pid"].is_number() && event["tid"].is_number());
    if (event["ph"] == "M") continue;
    EXPECT_EQ(event["ph"], "X");
    EXPECT_TRUE(event["ts"].is_number() && event["dur"].is_number() && event["cat"].is_string());
    EXPECT_GE(event["dur"], 0.0);
    const std::uint64_t begin = event["args"]["begin"];
    lanes[event["tid"]].push_back(
        {begin, begin + event["args"]["cycles"].get<std::uint64_t>(), event});
  }
  return lanes;
}

/// Of two slices of a lane, one holds the other, or they share no clock.
void expect_nested(std::vector<Event> lane) {
  std::stable_sort(lane.begin(), lane.end(), [](const Event& a, const Event& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end > b.end;
  });
  std::vector<std::uint64_t> open;
  for (const Event& event : lane) {
    while (!open.empty() && open.back() <= event.begin) open.pop_back();
    if (!open.empty()) {
      ASSERT_LE(event.end, open.back()) << event.json;
    }
    open.push_back(event.end);
  }
}

/// Two processes in little memory: page-ins, copies on write, switches.
TEST(Trace, IsNestedAndCompleteUnderPressure) {
  const Scratch scratch;
  const Outcome run = faultline({"run", "--mem", "2M", "--trace", scratch.path("t.json"), "--trace",
                                 scratch.path("t.csv"), "--json", "--faults-file",
                                 scratch.path("faults"), "pressure.exe", "2", "1"});
  ASSERT_EQ(run.status, 0) << run.out << run.err;
  const auto lanes = lanes_of(scratch.json("t.json"));
  for (const auto& [id, lane] : lanes) expect_nested(lane);
  for (const unsigned id : {1u, 2u, 3u, 4u, 5u, 7u}) EXPECT_TRUE(lanes.contains(id)) << id;

  // The handlers of page faults are those of the fault log, resolved alike.
  std::map<std::uint64_t, std::string> logged, traced;
  for (const auto& fault : scratch.json_lines("faults")) {
    logged[fault["cycle"]] = fault["resolution"];
  }
  std::set<std::string> resolutions;
  for (const Event& event : lanes.at(2)) {
    if (event.json["cat"] != "page fault" || event.json["args"].contains("resumed")) continue;
    traced[event.begin] = event.json["args"]["kind"];
    resolutions.insert(event.json["args"]["kind"].get<std::string>());
  }
  EXPECT_EQ(traced, logged);
  EXPECT_TRUE(resolutions.contains("paging file"));
  EXPECT_TRUE(resolutions.contains("copy on write"));
  std::set<std::string> threads;
  for (const Event& event : lanes.at(7)) threads.insert(event.json["name"].get<std::string>());
  EXPECT_GE(threads.size(), 3u);

  const std::string csv = scratch.read("t.csv");
  std::size_t slices = 0;
  for (const auto& [id, lane] : lanes) slices += lane.size();
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), static_cast<long>(slices) + 1);
}

TEST(Trace, LanesAndTimesCanBeChosen) {
  const Scratch scratch;
  const Outcome run = faultline({"run", "--trace", scratch.path("t.json"), "--trace-lanes",
                                 "user,switches", "--trace-from", "8000000", "hello.exe", "300"});
  ASSERT_EQ(run.status, 44) << run.err;
  const auto lanes = lanes_of(scratch.json("t.json"));
  for (const auto& [id, lane] : lanes) {
    EXPECT_TRUE(id == 1 || id == 7) << id;
    for (const Event& event : lane) EXPECT_GE(event.end, 8'000'000u);
  }
}

/// Watching changes nothing: the same clocks with and without.
TEST(Trace, LeavesTheRunAsItIs) {
  const Scratch scratch;
  faultline({"run", "--result", scratch.path("plain"), "hello.exe"});
  faultline({"run", "--result", scratch.path("traced"), "--trace", scratch.path("t.csv"), "--heat",
             scratch.path("heat.png"), "hello.exe"});
  EXPECT_EQ(scratch.json("plain"), scratch.json("traced"));
  EXPECT_EQ(scratch.read("heat.png").substr(1, 3), "PNG");
}

TEST(Stats, ClocksAddUp) {
  const Outcome run = faultline({"stats", "--json", "tour.exe"});
  ASSERT_EQ(run.status, 0) << run.err;
  const auto stats = nlohmann::json::parse(run.err);
  std::uint64_t sum = 0;
  for (const auto& cause : stats["causes"]) sum += cause["cycles"].get<std::uint64_t>();
  // Between power-on and the first instruction nothing has a cause; else every clock has one.
  EXPECT_LE(sum, stats["cycles"]);
  EXPECT_GT(sum, stats["cycles"].get<std::uint64_t>() - 1000);
  ASSERT_FALSE(stats["tlb"].empty());
  for (const auto& buffer : stats["tlb"]) {
    for (const auto& set : buffer["sets"]) EXPECT_GT(set["hits"], 0u);
  }
  EXPECT_FALSE(stats["system_calls"].empty());
  EXPECT_FALSE(stats["faults"].empty());
}

TEST(Trace, WrongOptionsAreNamed) {
  const Scratch scratch;
  const Outcome lane =
      faultline({"run", "--trace", scratch.path("t.json"), "--trace-lanes", "usr", "hello.exe"});
  EXPECT_EQ(lane.status, 64);
  EXPECT_NE(lane.err.find("no lane 'usr'"), std::string::npos) << lane.err;
  const Outcome kind = faultline({"run", "--trace", scratch.path("t.txt"), "hello.exe"});
  EXPECT_EQ(kind.status, 64);
  const Outcome place = faultline({"run", "--trace", scratch.path("no/t.json"), "hello.exe"});
  EXPECT_EQ(place.status, 66);
  EXPECT_NE(place.err.find("no/t.json"), std::string::npos) << place.err;
}

}  // namespace
}  // namespace faultline::tests
