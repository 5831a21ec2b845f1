// What a person gets wrong: one clear line that names the thing, and a status of its own.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/boot/command.hpp"

namespace faultline::tests {
namespace {

struct Case {
  std::string name;
  std::vector<std::string> words;
  int status;
  std::string says;  // somewhere in its one line
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class BadInput : public testing::TestWithParam<Case> {
 protected:
  /// The files that the cases name with a leading @.
  BadInput() {
    scratch_.file("odd.img", std::string(1474560 + 100, '\0'));
    scratch_.file("small.img", std::string(512, '\0'));
    scratch_.file("blank.img", std::string(1474560, '\0'));
    scratch_.file("short.rom", std::string(1000, '\0'));
    scratch_.file("large.rom", std::string(512 << 10, '\0'));
    scratch_.file("empty.rom", "");
    scratch_.file("script.exe", "#!/bin/sh\necho hello\n");
    scratch_.file("dos.exe", "MZ" + std::string(200, '\0'));
    std::string x64 = "MZ" + std::string(1000, '\0');
    x64[0x3C] = '\x40';
    x64.replace(0x40, 6, std::string("PE\0\0\x64\x86", 6));
    scratch_.file("x64.exe", x64);
    const std::string half = scratch_.system_disk("truncated.img");
    std::filesystem::resize_file(half, std::filesystem::file_size(half) / 2 / 512 * 512);
  }
  std::vector<std::string> words() const {
    std::vector<std::string> result = GetParam().words;
    for (std::string& word : result) {
      if (word == "SYSTEM") word = system_disk();
      if (word.starts_with("@")) word = scratch_.path(word.substr(1));
    }
    return result;
  }
  Scratch scratch_;
};

TEST_P(BadInput, GetsOneLineAndAStatus) {
  const Outcome run = faultline(words());
  EXPECT_EQ(run.status, GetParam().status);
  EXPECT_EQ(run.out, "");
  EXPECT_NE(run.err.find(GetParam().says), std::string::npos) << run.err;
  EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << run.err;
  EXPECT_TRUE(run.err.starts_with("faultline: ")) << run.err;
}

const Case cases[] = {
    {"UnknownCommand", {"bot"}, 64, "did you mean boot?"},
    {"UnknownOption",
     {"boot", "--hedless"},
     64,
     "unknown option --hedless (did you mean --headless?)"},
    {"UnknownOptionOfRun", {"run", "--fautls", "hello.exe"}, 64, "did you mean --faults?"},
    {"UnknownTopOption", {"--verison"}, 64, "did you mean --version?"},
    {"ExtraWord", {"boot", "disk.img"}, 64, "disk.img"},
    {"UnknownHelpTopic", {"help", "rum"}, 64, "did you mean run?"},
    {"OptionWithoutValue", {"boot", "--disk"}, 64, "--disk"},
    {"RunNothing", {"run"}, 64, "needs a program"},
    {"NoMemory", {"boot", "--mem", "0"}, 64, "--mem 0"},
    {"TooMuchMemory", {"boot", "--mem", "257M"}, 64, "1 to 256 MB"},
    {"MoreMemoryThanPins", {"boot", "--cpu", "i386sx", "--mem", "17M"}, 64, "reaches 16 MB"},
    {"MemoryInWords", {"boot", "--mem", "lots"}, 64, "--mem lots"},
    {"UnknownModel", {"boot", "--cpu", "i486sy"}, 64, "did you mean i486sx?"},
    {"ErrataOfAModelWithout", {"boot", "--errata"}, 64, "the i486dx has none"},
    {"UnknownTiming", {"boot", "--timing", "fast"}, 64, "--timing fast"},
    {"CycleLimitInWords", {"boot", "--cycle-limit", "soon"}, 64, "--cycle-limit"},
    {"CycleLimitBelowZero", {"boot", "--cycle-limit", "-1"}, 64, "--cycle-limit"},
    {"CycleLimitTooLarge", {"boot", "--cycle-limit", "18446744073709551616"}, 64, "--cycle-limit"},
    {"SeedOfNothing", {"boot", "--seed", ""}, 64, "--seed"},
    {"UnknownExpectation", {"boot", "--expect", "success"}, 64, "--expect success"},
    {"EmptyExpectation", {"boot", "--expect", ""}, 64, "--expect"},
    {"ExpectationOf33Bits", {"boot", "--expect", "exit=0x100000000"}, 64, "exit=0x100000000"},
    {"ExpectationBelow32Bits", {"boot", "--expect", "exit=-2147483649"}, 64, "exit=-2147483649"},
    {"EmptyDisk", {"boot", "--disk", ""}, 64, "--disk"},
    {"EmptyDiskOfRun", {"run", "--disk", "", "hello.exe"}, 64, "--disk"},
    {"EmptySecondDisk", {"boot", "--disk", "@blank.img", "--disk", ""}, 64, "--disk"},
    {"EmptyScreenshot", {"boot", "--screenshot", ""}, 64, "--screenshot"},
    {"OneFileAsTwoDisks",
     {"boot", "--disk", "@blank.img", "--disk", "@./blank.img"},
     64,
     "is the file of disk 0 already"},
    {"FiveDisks",
     {"check-vmm", "--disk", "1", "--disk", "2", "--disk", "3", "--disk", "4", "--disk", "fifth"},
     64,
     "--disk fifth: the machine has room for 4 disks"},
    {"InjectionOfNothing", {"run", "--inject", "disk-read-error@", "hello.exe"}, 64, "@[DISK:]LBA"},
    {"InjectionUnknown", {"boot", "--inject", "disk-eject@0"}, 64, "--inject disk-eject@0"},
    {"InjectionWithoutDisk",
     {"check-vmm", "--inject", "disk-write-error@1:0", "hello.exe"},
     64,
     "there is no disk 1"},
    {"InjectionBeyondTheDisk",
     {"boot", "--disk", "@blank.img", "--inject", "disk-read-error@2879+2"},
     64,
     "disk 0 has 2880 sectors"},
    {"BadPortLog", {"boot", "--port-log", "E9"}, 64, "--port-log E9"},
    {"MissingDisk", {"boot", "--disk", "@absent.img"}, 66, "absent.img"},
    {"MissingSecondDisk",
     {"boot", "--overlay", "--disk", "@blank.img", "--disk", "@absent.img"},
     66,
     "absent.img"},
    {"BrokenThirdDiskOfRun",
     {"run", "--disk", "SYSTEM", "--disk", "@blank.img", "--disk", "@odd.img", "hello.exe"},
     66,
     "odd.img"},
    {"DiskIsADirectory", {"boot", "--disk", "@."}, 66, "directory"},
    {"DiskOfOddSize", {"boot", "--disk", "@odd.img"}, 66, "odd.img"},
    {"DiskTooSmall", {"boot", "--disk", "@small.img"}, 66, "small.img"},
    {"DiskTruncated", {"boot", "--disk", "@truncated.img"}, 66, "truncated.img: truncated"},
    {"RunDiskTruncated", {"run", "--disk", "@truncated.img", "hello.exe"}, 66, "truncated"},
    {"RunDiskBlank", {"run", "--disk", "@blank.img", "hello.exe"}, 66, "no active FAT16 partition"},
    {"MissingFirmware", {"boot", "--firmware", "@absent.rom"}, 66, "absent.rom"},
    {"ShortFirmware", {"boot", "--firmware", "@short.rom"}, 66, "short.rom: a ROM is 64"},
    {"LargeFirmware", {"boot", "--firmware", "@large.rom"}, 66, "large.rom"},
    {"EmptyFirmware", {"boot", "--firmware", "@empty.rom"}, 66, "empty.rom"},
    {"MissingProgram", {"run", "helo.exe"}, 66, "did you mean HELLO.EXE?"},
    {"ProgramIsAScript", {"run", "@script.exe"}, 66, "script.exe: not an executable"},
    {"ProgramIsForDos", {"run", "@dos.exe"}, 66, "dos.exe: not a PE image"},
    {"ProgramIs64Bit", {"run", "@x64.exe"}, 66, "x86-64"},
    {"FirmwareHasNoEnd", {"boot", "--firmware", "/dev/zero"}, 66, "not a regular file"},
    {"ProgramIsADevice", {"run", "/dev/zero"}, 66, "not a regular file"},
    {"PortLogUnwritable", {"boot", "--port-log", "80=@absent/log"}, 66, "absent/log"},
    {"ScreenshotUnwritable", {"boot", "--screenshot", "@absent/x.png"}, 66, "absent/x.png"},
    {"ResultUnwritable", {"run", "--result", "@absent/r.json", "hello.exe"}, 66, "absent/r.json"},
    {"ProgramIsADirectory", {"run", "@."}, 66, "is a directory"},
};

INSTANTIATE_TEST_SUITE_P(, BadInput, testing::ValuesIn(cases),
                         [](const auto& info) { return info.param.name; });

TEST(BadDisk, AKernelThatIsNoImageIsNamed) {
  const Scratch scratch;
  const std::string disk = scratch.system_disk("broken.img");
  const std::string script = scratch.file("kernel", "#!/bin/sh\n");
  ASSERT_EQ(run_command("mcopy", {"-o", "-i", disk + "@@1M", script, "::KERNEL.EXE"}).status, 0);
  for (const auto& words : {std::vector<std::string>{"boot", "--headless", "--disk", disk},
                            std::vector<std::string>{"run", "--disk", disk, "hello.exe"}}) {
    const Outcome run = faultline(words);
    EXPECT_EQ(run.status, 66) << words[0];
    EXPECT_NE(run.err.find("KERNEL.EXE: not an executable"), std::string::npos) << run.err;
  }
}

TEST(BadDisk, IsSafeFromAClosedStandardError) {
  const Scratch scratch;
  const std::string disk = scratch.boot_sector({0xFA, 0xF4});  // CLI, HLT: a post-mortem follows
  const std::string before = scratch.read("boot.img");
  const std::string command = std::string(FAULTLINE_COMMAND) + " boot --headless --disk " + disk;
  EXPECT_EQ(run_command("sh", {"-c", command + " 0<&- 1>&- 2>&-"}).status, 82);
  EXPECT_EQ(scratch.read("boot.img"), before);
}

TEST(Help, IsThereForEverything) {
  EXPECT_EQ(faultline({"--help"}).status, 0);
  EXPECT_NE(faultline({"help"}).out.find("boot"), std::string::npos);
  EXPECT_NE(faultline({"help", "boot"}).out.find("--screenshot"), std::string::npos);
  EXPECT_NE(faultline({"help", "run"}).out.find("PROGRAM.EXE"), std::string::npos);
  EXPECT_NE(faultline({"run", "--help"}).out.find("--faults"), std::string::npos);
  EXPECT_NE(faultline({"--version"}).out.find("faultline "), std::string::npos);
  EXPECT_NE(faultline({"models"}).out.find("i486sx"), std::string::npos);
  EXPECT_EQ(faultline({}).status, 64);
}

}  // namespace
}  // namespace faultline::tests
