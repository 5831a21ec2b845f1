// faultline snap: a run in two parts is the run in one; other files are refused by name.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/boot/command.hpp"

namespace faultline::tests {
namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

constexpr int refused = 65;

Outcome save(const std::string& file, const std::string& clock,
             const std::vector<std::string>& words) {
  std::vector<std::string> arguments = {"snap", "save", file, "--at", clock};
  arguments.insert(arguments.end(), words.begin(), words.end());
  return faultline(arguments);
}

/// What does not depend on the host's clock, which mtools puts into the directory of the disk.
void expect_same_end(const nlohmann::json& whole, const nlohmann::json& part) {
  for (const auto& [key, value] : whole.items()) EXPECT_EQ(part[key], value) << key;
}

TEST(Snap, ARunInTwoPartsIsTheRunInOne) {
  const Scratch scratch;
  const std::string file = scratch.path("tour.snap");
  const Outcome whole =
      faultline({"run", "--mem", "4M", "--result", scratch.path("whole"), "tour"});
  ASSERT_EQ(whole.status, 0) << whole.err;
  for (const std::string clock : {"100000", "9000000", "14000000"}) {
    const Outcome first = save(file, clock, {"--mem", "4M", "tour"});
    ASSERT_EQ(first.status, 0) << first.err;
    EXPECT_TRUE(contains(first.err, "clock " + clock.substr(0, clock.size() - 2))) << first.err;
    const Outcome second = faultline({"snap", "load", file, "--result", scratch.path("part")});
    EXPECT_EQ(second.status, whole.status) << second.err;
    EXPECT_EQ(first.out + second.out, whole.out) << clock;
    expect_same_end(scratch.json("whole"), scratch.json("part"));
  }
}

TEST(Snap, TheExitCodeAndTheOptionsGoAlong) {
  const Scratch scratch;
  const std::string file = scratch.path("x.snap");
  const Outcome first = save(file, "9000000", {"--seed", "3", "--cpu", "i486sx", "nullread.exe"});
  ASSERT_EQ(first.status, 0) << first.err;
  const Outcome second = faultline({"snap", "load", file, "--result", scratch.path("result")});
  EXPECT_EQ(second.status, 5) << second.err;
  EXPECT_TRUE(contains(second.err, "C0000005")) << second.err;
  const nlohmann::json result = scratch.json("result");
  EXPECT_EQ(result["seed"], 3);
  EXPECT_EQ(result["cpu"], "i486sx");
}

TEST(Snap, ListsAndDiffs) {
  const Scratch scratch;
  const std::string a = scratch.path("a.snap"), b = scratch.path("b.snap");
  ASSERT_EQ(save(a, "9000000", {"--mem", "4M", "hello.exe", "you"}).status, 0);
  ASSERT_EQ(save(b, "9400000", {"--mem", "4M", "hello.exe", "you"}).status, 0);
  const Outcome list = faultline({"snap", "list", a, b, "--json"});
  ASSERT_EQ(list.status, 0) << list.err;
  const nlohmann::json entries = nlohmann::json::parse(list.out);
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0]["memory_mb"], 4);
  EXPECT_EQ(entries[0]["program"], "HELLO.EXE you");
  EXPECT_GE(entries[1]["clock"], 9'400'000);
  EXPECT_TRUE(contains(faultline({"snap", "list", a, b}).out, "instructions"));

  const Outcome same = faultline({"snap", "diff", a, a});
  EXPECT_EQ(same.status, 0) << same.err;
  EXPECT_TRUE(contains(same.out, "the same")) << same.out;
  const Outcome diff = faultline({"snap", "diff", "--json", a, b});
  ASSERT_EQ(diff.status, 0) << diff.err;
  const nlohmann::json difference = nlohmann::json::parse(diff.out);
  EXPECT_EQ(difference["same"], false);
  EXPECT_TRUE(difference["moment"].contains("clock"));
  EXPECT_FALSE(difference["pages"].empty());
  EXPECT_TRUE(difference["configuration"].empty()) << difference["configuration"];
  EXPECT_TRUE(contains(faultline({"snap", "diff", a, b}).out, "RAM: "));
}

TEST(Snap, OtherFilesAreRefusedByName) {
  const Scratch scratch;
  const std::string file = scratch.path("x.snap");
  ASSERT_EQ(save(file, "1000000", {"--mem", "2M", "hello.exe"}).status, 0);
  const std::string bytes = scratch.read("x.snap");
  const std::string cut = scratch.file("cut.snap", bytes.substr(0, bytes.size() / 2));
  std::string changed = bytes;
  changed[bytes.size() / 2] = static_cast<char>(changed[bytes.size() / 2] ^ 1);
  const std::string damaged = scratch.file("damaged.snap", changed);
  const std::string text = scratch.file("text.snap", "hello\n");
  const std::string disk = scratch.boot_sector({0xF4});
  struct Case {
    std::vector<std::string> words;
    int status;
    std::string file, why;
  };
  const Case cases[] = {
      {{"load", cut}, refused, cut, "truncated"},
      {{"load", damaged}, refused, damaged, "damaged"},
      {{"load", text}, refused, text, "no snapshot"},
      {{"list", text}, refused, text, "no snapshot"},
      {{"diff", file, cut}, refused, cut, "truncated"},
      {{"load", "--disk", disk, file}, refused, file, "disk 0"},
      {{"load", scratch.path("none.snap")}, 66, "none.snap", "No such file"},
      {{"save", "--at", "1000", scratch.path("none/x"), "hello.exe"}, 66, "none/x", "No such file"},
      {{"save", "--at", "900000000000", file, "hello.exe"}, 64, "--at", "the run was over"},
      {{"save", "--at", "1000", file}, 64, "snap save", "program"},
      {{"lost"}, 64, "snap lost", "list"},
      {{"save", "--ta", "1000", file}, 64, "--", "--at"},
  };
  for (const Case& each : cases) {
    std::vector<std::string> words = {"snap"};
    words.insert(words.end(), each.words.begin(), each.words.end());
    const Outcome outcome = faultline(words);
    EXPECT_EQ(outcome.status, each.status) << each.words.front() << ' ' << outcome.err;
    EXPECT_TRUE(contains(outcome.err, each.file)) << outcome.err;
    EXPECT_TRUE(contains(outcome.err, each.why)) << outcome.err;
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
  }
}

}  // namespace
}  // namespace faultline::tests
