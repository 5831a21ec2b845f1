// Boot sectors of our own: how each kind of end reaches the shell that started us.
#include <gtest/gtest.h>

#include "tests/boot/command.hpp"

namespace faultline::tests {
namespace {

std::vector<std::string> boot(const std::string& image, std::vector<std::string> more = {}) {
  std::vector<std::string> words = {"boot", "--headless", "--overlay", "--serial",
                                    "none", "--disk",     image};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

TEST(BootSector, WritesToTheConsolePortAndEndsByTheDebugExit) {
  const Scratch scratch;
  const auto disk = scratch.boot_sector({
      0xB0, 'O', 0xE6, 0xE9,   // mov al, 'O'; out E9h, al
      0xB0, 'K', 0xE6, 0xE9,   //
      0xB0, '\n', 0xE6, 0xE9,  //
      0xB0, 0x03, 0xE6, 0xF4,  // mov al, 3; out F4h, al
      0xF4,                    // hlt
  });
  const Outcome run = faultline(boot(disk));
  EXPECT_EQ(run.status, 7) << run.err;  // (3 << 1) | 1
  EXPECT_EQ(run.out, "OK\n");
}

TEST(BootSector, TheExitRegisterKeepsAll32Bits) {
  const Scratch scratch;
  const auto disk = scratch.boot_sector({
      0x66, 0xB8, 0x78, 0x56, 0x34, 0x12,  // mov eax, 12345678h
      0xBA, 0xEC, 0x00,                    // mov dx, ECh
      0x66, 0xEF,                          // out dx, eax
      0xF4,                                // hlt
  });
  const Outcome run = faultline(boot(disk, {"--result", scratch.path("result")}));
  EXPECT_EQ(run.status, 0x78) << run.err;
  const auto result = scratch.json("result");
  EXPECT_EQ(result["code"], 0x12345678u);
  EXPECT_EQ(result["reason"], "exit");
  EXPECT_EQ(result["status"], 0x78);
  EXPECT_EQ(result["cpu"], "i486dx");
  EXPECT_GT(result["cycles"], result["instructions"]);
}

TEST(BootSector, AHaltWithInterruptsOffIsReported) {
  const Scratch scratch;
  const Outcome run = faultline(boot(scratch.boot_sector({0xFA, 0xF4})));  // cli; hlt
  EXPECT_EQ(run.status, 82);
  EXPECT_NE(run.err.find("EIP"), std::string::npos) << run.err;
}

TEST(BootSector, ATripleFaultIsReported) {
  const Scratch scratch;
  const auto disk = scratch.boot_sector({
      0xFA,                          // cli
      0x31, 0xC0, 0x8E, 0xD8,        // xor ax, ax; mov ds, ax
      0x0F, 0x01, 0x1E, 0x40, 0x7C,  // lidt [7C40h]: zeros, so the limit is 0
      0xCC,                          // int3
  });
  const Outcome run = faultline(boot(disk));
  EXPECT_EQ(run.status, 81);
  EXPECT_NE(run.err.find("triple fault"), std::string::npos) << run.err;
  EXPECT_NE(run.err.find("IDTR"), std::string::npos) << run.err;
}

TEST(BootSector, TheCycleLimitEndsALoop) {
  const Scratch scratch;
  const auto disk = scratch.boot_sector({0xEB, 0xFE});  // jmp $
  const Outcome run =
      faultline(boot(disk, {"--cycle-limit", "400000000", "--result", scratch.path("result")}));
  EXPECT_EQ(run.status, 83);
  EXPECT_GE(scratch.json("result")["cycles"], 400000000u);
}

TEST(BootSector, ABugcheckIsReported) {
  const Scratch scratch;
  const auto disk = scratch.boot_sector({
      0x66, 0xB8, 0x1E, 0x00, 0x00, 0x00,  // mov eax, 1Eh
      0xBA, 0xF8, 0x00, 0x66, 0xEF,        // mov dx, F8h; out dx, eax
      0xFA, 0xF4,                          // cli; hlt
  });
  const Outcome run = faultline(boot(disk));
  EXPECT_EQ(run.status, 80);
  EXPECT_NE(run.err.find("0000001E"), std::string::npos) << run.err;
  EXPECT_EQ(faultline(boot(disk, {"--expect", "bugcheck=0x1E"})).status, 0);
  EXPECT_EQ(faultline(boot(disk, {"--expect", "bugcheck=0xA"})).status, 84);
}

TEST(BootSector, APortLogHoldsTheBytesOfItsPort) {
  const Scratch scratch;
  const auto disk = scratch.boot_sector({
      0xBA, 0x34, 0x12,                  // mov dx, 1234h
      0xB0, 'a', 0xEE, 0xB0, 'b', 0xEE,  // mov al, 'a'; out dx, al; ...
      0xB0, 0x00, 0xE6, 0xF4,            // mov al, 0; out F4h, al
  });
  EXPECT_EQ(faultline(boot(disk, {"--port-log", "1234=" + scratch.path("log")})).status, 1);
  EXPECT_EQ(scratch.read("log"), "ab");
}

TEST(BootSector, TheSeedFillsMemoryWithNoise) {
  const Scratch scratch;
  const auto disk = scratch.boot_sector({
      0xB8, 0x00, 0x60, 0x8E, 0xD8,  // mov ax, 6000h; mov ds, ax: the firmware tests it by now
      0xA0, 0x00, 0x00, 0xE6, 0xE9,  // mov al, [0]; out E9h, al
      0xB0, 0x00, 0xE6, 0xF4,        // mov al, 0; out F4h, al
  });
  // The power-on test of our firmware clears what it tests, so the guest still sees zeros: a
  // machine must boot alike whatever its RAM held.
  const Outcome zeros = faultline(boot(disk)), noise = faultline(boot(disk, {"--seed", "7"}));
  EXPECT_EQ(zeros.status, 1);
  EXPECT_EQ(noise.status, 1);
  EXPECT_EQ(zeros.out, noise.out);
}

}  // namespace
}  // namespace faultline::tests
