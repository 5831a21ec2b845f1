// What the trace writers write, and what the lanes make of events, with literal expectations.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "debugger/trace/chrome_trace.hpp"
#include "debugger/trace/csv_trace.hpp"
#include "debugger/trace/disk_lane.hpp"
#include "debugger/trace/statistics.hpp"
#include "debugger/trace/walk_lanes.hpp"

namespace faultline {
namespace {

struct Collector final : SliceSink {
  void slice(const Slice& s) override { slices.push_back(s); }
  std::vector<Slice> slices;
};

Slice fault_slice() {
  Slice slice;
  slice.lane = Lane::Kernel;
  slice.cause = Cause::PageFault;
  slice.name = "page fault";
  slice.begin = 33;
  slice.end = 99;
  slice.self = 40;
  slice.process = "A \"B\".EXE";
  slice.process_id = 36;
  slice.thread_id = 40;
  slice.address = 0x00410000;
  slice.frame = 0x123;
  slice.kind = "demand zero";
  return slice;
}

TEST(ChromeTrace, IsAnObjectOfCompleteEvents) {
  std::string text;
  ChromeTrace trace([&](std::string_view piece) { text += piece; }, "i486dx", 33'000'000);
  trace.slice(fault_slice());
  trace.finish();
  const auto json = nlohmann::json::parse(text);
  const auto& event = json["traceEvents"].back();
  EXPECT_EQ(event["ph"], "X");
  EXPECT_EQ(event["tid"], 2);
  EXPECT_EQ(event["ts"], 1.0);
  EXPECT_EQ(event["dur"], 2.0);
  EXPECT_EQ(event["cat"], "page fault");
  EXPECT_EQ(event["args"]["address"], "0x00410000");
  EXPECT_EQ(event["args"]["pfn"], "0x00000123");
  EXPECT_EQ(event["args"]["kind"], "demand zero");
  EXPECT_EQ(event["args"]["process"], "A \"B\".EXE");
  EXPECT_EQ(event["args"]["self_cycles"], 40);
}

/// Without any slice too: no comma too many, none too few.
TEST(ChromeTrace, OfNothingIsValid) {
  std::string text;
  ChromeTrace trace([&](std::string_view piece) { text += piece; }, "a", 25'000'000);
  trace.finish();
  const auto json = nlohmann::json::parse(text);
  for (const auto& event : json["traceEvents"]) EXPECT_EQ(event["ph"], "M");
}

/// A name that is no UTF-8, as a guest may choose one, is still JSON.
TEST(ChromeTrace, TakesAnyName) {
  std::string text;
  ChromeTrace trace([&](std::string_view piece) { text += piece; }, "a", 25'000'000);
  Slice slice = fault_slice();
  slice.name = slice.process = "\xFF\x80\"\\\n";
  trace.slice(slice);
  trace.finish();
  EXPECT_TRUE(nlohmann::json::accept(text));
}

/// At clocks whose time is no whole number of nanoseconds: an inner slice still lies in its outer.
TEST(ChromeTrace, RoundingKeepsNesting) {
  std::string text;
  ChromeTrace trace([&](std::string_view piece) { text += piece; }, "a", 33'333'333);
  for (u64 begin = 1'000'000'007; begin < 1'000'000'040; ++begin) {
    for (const u64 end : {begin + 10, begin + 3}) {
      Slice slice = fault_slice();
      slice.begin = begin;
      slice.end = end;
      trace.slice(slice);
    }
  }
  trace.finish();
  double outer_begin = 0, outer_end = 0;
  bool outer = true;
  const auto json = nlohmann::json::parse(text);
  for (const auto& event : json["traceEvents"]) {
    if (event["ph"] != "X") continue;
    const double begin = event["ts"], end = begin + event["dur"].get<double>();
    if (outer) {
      outer_begin = begin, outer_end = end;
    } else {
      EXPECT_GE(begin, outer_begin);
      EXPECT_LE(end, outer_end + 1e-6);
    }
    outer = !outer;
  }
}

TEST(CsvTrace, QuotesWhatItMust) {
  std::string text;
  CsvTrace trace([&](std::string_view piece) { text += piece; });
  trace.slice(fault_slice());
  EXPECT_EQ(
      text,
      "lane,cause,name,begin,end,self,process,process_id,thread_id,address,pfn,kind,detail\r\n"
      "kernel,page fault,\"page fault\",33,99,40,\"A \"\"B\"\".EXE\",36,40,00410000,00000123,"
      "\"demand zero\",\"\"\r\n");
}

MicroStep port(MicroEvent what, u16 number, u32 value, u64 clock, u8 bytes = 1) {
  MicroStep step;
  step.what = what;
  step.number = number;
  step.value = value;
  step.bytes = bytes;
  step.clock = clock;
  return step;
}

/// READ SECTORS of two sectors: from the command to the last of 512 words.
TEST(DiskLane, ReadEndsWithItsLastWord) {
  Collector found;
  DiskLane lane(found);
  const auto tell = [&](const MicroStep& step) { lane.micro(step, [] { return Slice{}; }); };
  const u32 task[] = {2, 0x45, 0x23, 0x01, 0xE0};
  for (u16 i = 0; i < 5; ++i) tell(port(MicroEvent::PortWrite, u16(0x1F2 + i), task[i], 10));
  tell(port(MicroEvent::PortWrite, 0x1F7, 0x20, 100));
  for (u64 word = 0; word < 512; ++word) {
    EXPECT_TRUE(found.slices.empty());
    tell(port(MicroEvent::PortRead, 0x1F0, 0, 200 + word, 2));
  }
  ASSERT_EQ(found.slices.size(), 1u);
  EXPECT_EQ(found.slices[0].lane, Lane::Disk);
  EXPECT_EQ(found.slices[0].name, "read");
  EXPECT_EQ(found.slices[0].begin, 100u);
  EXPECT_EQ(found.slices[0].end, 711u);
  EXPECT_EQ(found.slices[0].detail, "disk 0, LBA 74565, 2 sectors");
}

/// The second channel's slave, by CHS; a write ends when the drive is neither busy nor asks.
TEST(DiskLane, WriteEndsWithItsStatus) {
  Collector found;
  DiskLane lane(found);
  const auto tell = [&](const MicroStep& step) { lane.micro(step, [] { return Slice{}; }); };
  const u32 task[] = {1, 7, 0x10, 0, 0xB3};
  for (u16 i = 0; i < 5; ++i) tell(port(MicroEvent::PortWrite, u16(0x172 + i), task[i], 10));
  tell(port(MicroEvent::PortWrite, 0x177, 0x30, 100));
  tell(port(MicroEvent::PortRead, 0x177, 0x58, 110));  // DRQ
  tell(port(MicroEvent::PortRead, 0x177, 0xD0, 120));  // BSY
  EXPECT_TRUE(found.slices.empty());
  tell(port(MicroEvent::PortRead, 0x177, 0x51, 130));  // ERR
  ASSERT_EQ(found.slices.size(), 1u);
  EXPECT_EQ(found.slices[0].lane, Lane::SecondDisk);
  EXPECT_EQ(found.slices[0].end, 130u);
  EXPECT_EQ(found.slices[0].detail, "disk 3, cylinder 16 head 3 sector 7, 1 sector, error");
}

MicroStep step(MicroEvent what, u64 clock, u32 value = 0) {
  MicroStep result;
  result.what = what;
  result.clock = clock;
  result.value = value;
  result.linear = {0x00410123};
  return result;
}

TEST(WalkLanes, AMissIsAWalkAndAFill) {
  Collector found;
  WalkLanes lanes(found);
  lanes.micro(step(MicroEvent::TlbLookup, 10));
  lanes.micro(step(MicroEvent::PdeRead, 14, 0x00019027));
  lanes.micro(step(MicroEvent::PteRead, 18, 0x00200007));
  MicroStep accessed = step(MicroEvent::AccessedWrite, 22, 0x00200027);
  accessed.number = 1;
  lanes.micro(accessed);
  MicroStep evict = step(MicroEvent::TlbEvict, 22);
  evict.entry.page = {0x77F01000};
  lanes.micro(evict);
  MicroStep fill = step(MicroEvent::TlbFill, 23);
  fill.set = 1;
  fill.way = 3;
  fill.entry.frame = {0x00200000};
  lanes.micro(fill);
  ASSERT_EQ(found.slices.size(), 2u);
  EXPECT_EQ(found.slices[0].lane, Lane::Walker);
  EXPECT_EQ(found.slices[0].begin, 10u);
  EXPECT_EQ(found.slices[0].end, 23u);
  EXPECT_EQ(found.slices[0].detail, "PDE 00019027, PTE 00200007, A set: 00200027");
  EXPECT_EQ(found.slices[1].lane, Lane::TlbMisses);
  EXPECT_EQ(found.slices[1].name, "set 1 way 3");
  EXPECT_EQ(found.slices[1].detail, "replaces 77F01000");
}

TEST(WalkLanes, AFaultFillsNothing) {
  Collector found;
  WalkLanes lanes(found);
  lanes.micro(step(MicroEvent::TlbLookup, 10));
  lanes.micro(step(MicroEvent::PdeRead, 14, 0x00019026));
  lanes.micro(step(MicroEvent::PageFault, 14, 4));
  ASSERT_EQ(found.slices.size(), 1u);
  EXPECT_EQ(found.slices[0].kind, "page fault");
  MicroStep hit = step(MicroEvent::TlbLookup, 20);
  hit.hit = hit.allowed = true;
  lanes.micro(hit);
  EXPECT_EQ(found.slices.size(), 1u);
}

TEST(RunStatistics, PiecesOfOneHandlerCountOnce) {
  RunStatistics statistics;
  statistics.slice(fault_slice());
  Slice rest = fault_slice();
  rest.resumed = true;
  rest.self = 5;
  statistics.slice(rest);
  MicroStep lookup = step(MicroEvent::TlbLookup, 0);
  lookup.set = 2;
  statistics.micro(lookup);
  lookup.hit = true;
  statistics.micro(lookup);
  statistics.micro(lookup);
  const auto report = statistics.report(1000, 100, 300);
  ASSERT_EQ(report.faults.size(), 1u);
  EXPECT_EQ(report.faults[0].first, "demand zero");
  EXPECT_EQ(report.faults[0].second.count, 1u);
  EXPECT_EQ(report.faults[0].second.clocks, 45u);
  ASSERT_EQ(report.buffers.size(), 1u);
  ASSERT_EQ(report.buffers[0].sets.size(), 3u);
  EXPECT_EQ(report.buffers[0].sets[2].lookups, 3u);
  EXPECT_EQ(report.buffers[0].sets[2].hits, 2u);
}

}  // namespace
}  // namespace faultline
