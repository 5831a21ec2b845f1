// Output that cannot be written, readers that do not read, and machines that stop before they can
// speak.
#include <gtest/gtest.h>

#include "tests/boot/command.hpp"

namespace faultline::tests {
namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// Says "A" on COM1, port E9h and port 1234h, then ends with code 0.
const std::vector<std::uint8_t> speak = {
    0xB8, 0x41, 0x01, 0x31, 0xD2, 0xCD, 0x14,  // mov ax, 0141h; xor dx, dx; int 14h
    0xB0, 0x41, 0xE6, 0xE9,                    // mov al, 'A'; out E9h, al
    0xBA, 0x34, 0x12, 0xEE,                    // mov dx, 1234h; out dx, al
    0x31, 0xC0, 0xE7, 0xEC,                    // xor ax, ax; out ECh, ax
    0x66, 0x31, 0xC0, 0xBA, 0xEC, 0x00,        // xor eax, eax; mov dx, ECh
    0x66, 0xEF, 0xF4,                          // out dx, eax; hlt
};
/// Says "A" on port E9h for ever.
const std::vector<std::uint8_t> babble = {0xB0, 0x41, 0xE6, 0xE9, 0xEB, 0xFC};

/// The command in a shell, with `more` behind it.
Outcome shell(const std::string& disk, const std::string& more) {
  return run_command("sh", {"-c", std::string(FAULTLINE_COMMAND) +
                                      " boot --headless --overlay --disk " + disk + " " + more});
}

class FullDevice : public testing::TestWithParam<const char*> {};

TEST_P(FullDevice, IsAClearErrorAndAStatus) {
  const Scratch scratch;
  const Outcome run = shell(scratch.boot_sector(speak), GetParam());
  EXPECT_EQ(run.status, 74) << run.err;
  EXPECT_TRUE(contains(run.err, "No space left on device")) << run.err;
  EXPECT_TRUE(contains(run.err, "standard output") || contains(run.err, "/dev/full")) << run.err;
}
INSTANTIATE_TEST_SUITE_P(, FullDevice,
                         testing::Values("> /dev/full", "--serial none > /dev/full",
                                         "--serial /dev/full", "--port-log 1234=/dev/full",
                                         "--result /dev/full"));

TEST(FullDeviceOfCommands, IsAClearErrorAndAStatus) {
  const std::string command = FAULTLINE_COMMAND;
  for (const std::string line :
       {" run hello.exe > /dev/full", " run --faults-file /dev/full tour.exe",
        " models > /dev/full", " --help > /dev/full", " --version > /dev/full",
        " help boot > /dev/full"}) {
    const Outcome run = run_command("sh", {"-c", command + line});
    EXPECT_EQ(run.status, 74) << line << '\n' << run.err;
    EXPECT_TRUE(contains(run.err, "No space left on device")) << line << '\n' << run.err;
  }
}

TEST(Terminate, EndsARunWhoseOutputNobodyReads) {
  const Scratch scratch;
  const std::string disk = scratch.boot_sector(babble);
  // The reader holds the pipe open, and reads only when the sender has ended.
  const std::string line = "mkfifo " + scratch.path("fifo") + "; exec 3<>" + scratch.path("fifo") +
                           "; timeout -s TERM -k 30 1 " + std::string(FAULTLINE_COMMAND) +
                           " boot --headless --overlay --serial none --disk " + disk +
                           " >&3; echo $?";
  const Outcome run = run_command("sh", {"-c", line});
  EXPECT_EQ(run.out, "124\n") << run.err;  // 137 if it had to be killed
}

TEST(Terminate, EndsAGuestThatLoops) {
  const Scratch scratch;
  const std::string disk = scratch.boot_sector({0xFA, 0xEB, 0xFE});  // cli; jmp $
  for (const std::string signal : {"TERM", "INT"}) {
    const std::string fifo = scratch.path("input-" + signal);  // an input that never ends
    const std::string line = "mkfifo " + fifo + "; exec 3<>" + fifo + "; timeout -s " + signal +
                             " -k 30 1 " + std::string(FAULTLINE_COMMAND) +
                             " boot --headless --overlay --disk " + disk + " <&3; echo $?";
    const Outcome run = run_command("sh", {"-c", line});
    EXPECT_EQ(run.out, "124\n") << signal << ": " << run.err;
  }
}

TEST(StopInFirmware, TheScreenSaysWhy) {
  const Scratch scratch;
  const Outcome run = faultline(
      {"boot", "--headless", "--disk", scratch.file("blank.img", std::string(1474560, '\0'))});
  EXPECT_EQ(run.status, 82);
  EXPECT_TRUE(contains(run.err, "No bootable disk")) << run.err;
  EXPECT_TRUE(contains(run.err, "last POST code 10")) << run.err;
}

TEST(StopInFirmware, ThePostCodeSaysWhere) {
  const Scratch scratch;
  std::string rom(64 << 10, '\0');
  rom.replace(0xFFF0, 6, "\xB0\x07\xE6\x80\xFA\xF4");  // mov al, 7; out 80h, al; cli; hlt
  const Outcome run =
      faultline({"boot", "--headless", "--overlay", "--firmware", scratch.file("rom", rom)});
  EXPECT_EQ(run.status, 82);
  EXPECT_TRUE(contains(run.err, "last POST code 07")) << run.err;
}

}  // namespace
}  // namespace faultline::tests
