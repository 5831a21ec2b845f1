// What `faultline conform` says and returns when programs fail, die, hang or say nothing. A copy of
// the command, with a folder of programs beside it, runs one program under four names.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/boot/command.hpp"

namespace faultline::tests {
namespace {

namespace fs = std::filesystem;

class Conform : public testing::Test {
 protected:
  Conform() {
    fs::create_directory(scratch_.path("conformance"));
    fs::copy_file(FAULTLINE_COMMAND, scratch_.path("faultline"));
    scratch_.file("conformance/programs.txt", "dying\nendless\nfailing\nsilent\n");
    scratch_.file("conformance/files.txt", "");
    for (const char* name : {"dying", "endless", "failing", "silent"}) {
      fs::copy_file(FAULTLINE_CONFORMANCE "/deviant.exe",
                    scratch_.path(std::string("conformance/") + name + ".exe"));
    }
  }
  Outcome conform(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"conform", "--disk", system_disk(), "--firmware",
                                         system_firmware(), "--cycle-limit", "200000000"});
    return run_command(scratch_.path("faultline"), arguments);
  }

  Scratch scratch_;
};

TEST_F(Conform, AFailedTestIsTold) {
  const Outcome run = conform({"failing"});
  EXPECT_EQ(run.status, 87) << run.err;
  EXPECT_EQ(run.out,
            "KTAP version 1\n1..1\n  KTAP version 1\n  1..3\n  ok 1 sums\n"
            "  # two and three: expected 6, seen 5\n"
            "  # a name: expected \"right\", seen \"left\"\n"
            "  # DeleteFile of nothing: expected error 5, seen error 2\n"
            "  # CloseHandle of nothing: expected success, seen error 6\n"
            "  not ok 2 other sums\n  ok 3 nothing # SKIP there is nothing to do\n"
            "not ok 1 failing\n"
            "# 1 programs: 0 passed, 1 failed, 0 ended wrongly; 3 tests: 1 passed, 1 failed, 1 "
            "skipped\n");
}

TEST_F(Conform, AProgramThatEndsWronglyIsTold) {
  const Outcome dying = conform({"dying"});
  EXPECT_EQ(dying.status, 88) << dying.err;
  EXPECT_NE(dying.out.find("DYING.EXE: access violation at "), std::string::npos) << dying.out;
  EXPECT_NE(dying.out.find("\n# dying: it ended with exit code C0000005\n"
                           "# dying: it has 1 results of the 3 planned\nnot ok 1 dying\n"),
            std::string::npos)
      << dying.out;
  const Outcome silent = conform({"silent"});
  EXPECT_EQ(silent.status, 88) << silent.err;
  EXPECT_NE(silent.out.find("# silent: it has no plan\n"), std::string::npos) << silent.out;
  const Outcome endless = conform({"endless"});
  EXPECT_EQ(endless.status, 88) << endless.err;
  EXPECT_NE(endless.out.find("\n# endless: cycle limit"), std::string::npos) << endless.out;
}

TEST_F(Conform, AProgramOfMsvcrtGetsTheModelCompatUnlessOneIsGiven) {
  scratch_.file("conformance/programs.txt", "ordinary\n");
  fs::copy_file(FAULTLINE_PROGRAMS "/ktap.exe", scratch_.path("conformance/ordinary.exe"));
  const Outcome chosen = conform({});
  EXPECT_EQ(chosen.status, 0) << chosen.out << chosen.err;
  EXPECT_EQ(conform({"--cpu", "i486dx"}).status, 88);  // CMOV is no instruction of a 486
}

TEST_F(Conform, WhatIsPrintedDoesNotDependOnTheJobs) {
  for (const char* format : {"ktap", "junit"}) {
    const Outcome one = conform({"--format", format}),
                  four = conform({"--format", format, "--jobs", "4"});
    EXPECT_EQ(one.status, 88);
    EXPECT_EQ(four.status, 88);
    EXPECT_EQ(one.out, four.out);
    EXPECT_NE((one.out + one.err).find("4 programs: 0 passed, 1 failed, 3 ended wrongly"),
              std::string::npos)
        << one.out << one.err;
  }
}

TEST_F(Conform, BadWordsAreComplainedAbout) {
  const Outcome name = conform({"faling"});
  EXPECT_EQ(name.status, 64);
  EXPECT_EQ(name.out, "");
  EXPECT_EQ(name.err,
            "faultline: no conformance program 'faling' (did you mean failing?); there are: dying, "
            "endless, failing, silent\n");
  EXPECT_EQ(conform({"--format", "xml"}).status, 64);
  EXPECT_EQ(conform({"--jobs", "0"}).status, 64);
  EXPECT_EQ(conform({"failing", "dying"}).status, 64);
  fs::remove_all(scratch_.path("conformance"));
  EXPECT_EQ(conform({}).status, 66);
}

TEST(UnhandledException, IsReportedWithModuleAndOffset) {
  const Outcome run = faultline({"run", "nullread.exe"});
  EXPECT_EQ(run.status, 5);
  EXPECT_NE((run.out + run.err).find("NULLREAD.EXE: access violation at 0040"), std::string::npos);
  EXPECT_NE((run.out + run.err).find(" (NULLREAD.EXE+"), std::string::npos);
  EXPECT_NE((run.out + run.err).find(") reading 00000000\n"), std::string::npos);
}

}  // namespace
}  // namespace faultline::tests
