// The gdb of this host against a machine under debug: by script, as a person would type.
#include <gtest/gtest.h>

#include <regex>
#include <sstream>

#include "arch/paging_selected.hpp"
#include "tests/boot/command.hpp"

namespace faultline::tests {
namespace {

class Gdb : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (run_command(GetParam(), {"--version"}).status != 0)
      GTEST_SKIP() << GetParam() << " is not installed (apt-get install " << GetParam() << ")";
  }
  /// What gdb says to the lines of `script`, whichever of them fail, its machine being
  /// `faultline WORDS` on a pipe; what that says on standard error is in `guest`.
  std::string gdb(const std::string& words, const std::string& script) {
    const Scratch scratch;
    const std::string errors = scratch.path("guest");
    std::istringstream lines(
        "set pagination off\nset confirm off\nset width 0\n"
        "set remotetimeout 60\ntarget remote | exec " FAULTLINE_COMMAND " " +
        words + " 2>" + errors + "\n" + script);
    std::vector<std::string> arguments = {"-nx", "-batch"};
    for (std::string line; std::getline(lines, line);) {
      arguments.push_back("-ex");
      arguments.push_back(line);
    }
    const Outcome run = run_command(GetParam(), arguments);
    EXPECT_LE(run.status, 1) << run.out << run.err;
    guest = scratch.read("guest");
    return run.out + run.err;
  }
  static ::testing::AssertionResult says(const std::string& text, const std::string& pattern) {
    if (std::regex_search(text, std::regex(pattern))) return ::testing::AssertionSuccess();
    return ::testing::AssertionFailure() << "no /" << pattern << "/ in\n" << text;
  }

  std::string guest;
};

TEST_P(Gdb, BreaksOnTheFaultHandlerByName) {
  const std::string out = gdb("debug --gdb stdio TOUR.EXE",
                              "p/x $cs_base\n"
                              "info sharedlibrary\n"
                              "break MmAccessFault\n"
                              "continue\n"
                              "info threads\n"
                              "p $cr0.PG\n"
                              "p $cr3.PDBR != 0\n"
                              "p/x $cs_attributes.DPL\n"
                              "set $before = $pc\n"
                              "stepi\n"
                              "p $pc > $before && $pc < $before + 16\n"
                              "x/1i $pc\n"
                              "x/1wx 0x10000000\n");
  EXPECT_TRUE(says(out, "0x0000fff0 in"));
  EXPECT_TRUE(says(out, "\\$1 = 0xffff0000"));
  EXPECT_TRUE(says(out, "0x00402000 .*TOUR\\.EXE"));
  EXPECT_TRUE(
      says(out,
           "hit Breakpoint 1, MmAccessFault \\(fault_code=2, address=0x\\w+, mode=KernelMode\\) at "
           "kernel/mm/fault\\.cpp:"));
  EXPECT_TRUE(says(out, "\\* \\d+ +Thread \\d+ .*ring 0"));
  EXPECT_TRUE(says(out, "\\$2 = true"));
  EXPECT_TRUE(says(out, "\\$3 = true"));
  EXPECT_TRUE(says(out, "\\$4 = 0x0"));
  EXPECT_TRUE(says(out, "\\$5 = true"));
  EXPECT_TRUE(says(out, "=> 0x\\w+ <MmAccessFault\\(.*\\)\\+"));
  EXPECT_TRUE(says(out, "Cannot access memory at address 0x10000000"));
}

TEST_P(Gdb, ShowsTheSystemsTables) {
  const std::string out = gdb("debug --gdb stdio TOUR.EXE",
                              "info os tlb\n"
                              "break *0x402000 if 0\n"
                              "break MmAccessFault if *(int*)($esp + 8) < 0x80000000\n"
                              "tbreak MiResolveDemandZeroFault\n"
                              "monitor catch pf w u\n"
                              "delete\n"
                              "continue\n"
                              "info os\n"
                              "info os tlb\n"
                              "info os processes\n"
                              "info os vads\n"
                              "info os pfns\n"
                              "monitor info registers\n"
                              "monitor info mem\n"
                              "monitor no-such-command\n"
                              "maintenance packet Qqemu.PhyMemMode:1\n"
                              "set $eax = $eax\n"
                              "p/x $eflags\n"
                              "set $eax = $eax + 1\n");
  EXPECT_TRUE(says(out, "page fault: write to [0-9A-F]{8}, user, not present, at .*ring 3"));
  EXPECT_TRUE(says(out, "SIGSEGV"));
  EXPECT_TRUE(says(out, "pfns +Page frames"));
  EXPECT_TRUE(
      says(out, "(unified|data) +\\d+ +\\d+ +[0-9a-f]{8} +[0-9a-f]{8} +[-U][-W][-D] +same"));
  EXPECT_TRUE(says(out, "\\d+ +TOUR.EXE +[0-9a-f]{8}"));
  EXPECT_TRUE(says(out, "TOUR.EXE +00400000 +[0-9a-f]+fff +\\d+ +\\d+ +mapped"));
  EXPECT_TRUE(says(out, "[0-9a-f]+ +active +[0-9a-f]{8}"));
  EXPECT_TRUE(says(out, "EAX=[0-9a-f]{8} EBX=[0-9a-f]{8} ECX=[0-9a-f]{8} EDX="));
  EXPECT_TRUE(says(out, "[0-9a-f]{16}-[0-9a-f]{16} [0-9a-f]{16} -rw"));
  EXPECT_TRUE(says(out, "no-such-command"));
  EXPECT_TRUE(says(out, "received: \"OK\""));
  // Within an instruction registers are looked at, not changed.
  EXPECT_TRUE(says(out, "Could not write register"));
}

TEST_P(Gdb, WatchesVariables) {
  const std::string out = gdb("debug --gdb stdio HELLO.EXE",
                              "watch *(unsigned*)&MmDemandZeroCount\n"
                              "continue\ncontinue\ncontinue\n"
                              "delete\ncontinue\n");
  EXPECT_TRUE(says(out, "Hardware watchpoint 1"));
  EXPECT_TRUE(says(out, "Old value = 1\nNew value = 2\n"));
  EXPECT_TRUE(says(out, "exited normally"));
  EXPECT_NE(guest.find("Hello"), std::string::npos) << guest;
}

/// Back from a mapped page to the store into its PTE, and to power-on.
TEST_P(Gdb, ReverseContinuesToTheWriterOfAPte) {
  const std::string out = gdb("debug --gdb stdio TOUR.EXE",
                              "break MmAccessFault if mode == UserMode\n"
                              "continue\n"
                              "finish\n"
                              "delete\n"
                              "set $pte = (unsigned*)(0xc0000000 + ((unsigned)$cr2 >> " +
                                  std::to_string(arch::Geometry<arch::Paging>::page_shift) +
                                  ") * 4)\n"
                                  "watch *(unsigned*)$pte\n"
                                  "reverse-continue\n"
                                  "bt 3\n"
                                  "reverse-stepi\n"
                                  "continue\n"
                                  "reverse-continue\n"
                                  "reverse-continue\n");
  EXPECT_TRUE(says(out, "Hardware watchpoint 2"));
  EXPECT_TRUE(says(out, "New value = 0\nMiWriteUserPte \\(.*kernel/mm/address_space\\.cpp:"));
  EXPECT_TRUE(says(out, "#1 .*kernel/mm/"));
  EXPECT_TRUE(says(out, "Old value = 0\n"));
  EXPECT_TRUE(says(out, "No more reverse-execution history"));
}

TEST_P(Gdb, QemusSpellings) {
  const std::string out = gdb("run -S -gdb stdio HELLO.EXE", "continue\n");
  EXPECT_TRUE(says(out, "exited normally"));
  EXPECT_NE(guest.find("Hello"), std::string::npos) << guest;
}

INSTANTIATE_TEST_SUITE_P(Debian, Gdb, ::testing::Values("gdb", "gdb-multiarch"),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::erase(name, '-');
                           return name;
                         });

}  // namespace
}  // namespace faultline::tests
