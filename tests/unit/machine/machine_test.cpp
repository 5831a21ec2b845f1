// The whole machine on hand-assembled ROMs: every way a run can end, HLT, slices, configuration.
#include "machine/machine.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <initializer_list>
#include <iterator>
#include <string>

#include "temporary_file.hpp"

namespace faultline {
namespace {

/// A 64 KB ROM whose reset vector jumps, with a far jump to F000:0000, to `code`.
std::vector<u8> rom(std::initializer_list<int> code) {
  std::vector<u8> image(65536, 0xF4);
  std::copy(code.begin(), code.end(), image.begin());
  const u8 jump[] = {0xEA, 0x00, 0x00, 0x00, 0xF0};
  std::copy(std::begin(jump), std::end(jump), image.begin() + 0xFFF0);
  return image;
}

MachineConfig configuration(std::vector<u8> firmware) {
  MachineConfig config;
  config.firmware = std::move(firmware);
  config.memory_mb = 4;
  config.cycle_limit = 100'000'000;
  return config;
}

RunResult run(std::vector<u8> firmware) {
  Machine machine(configuration(std::move(firmware)));
  return machine.run();
}

// MOV EAX, C0000005h; OUT ECh, EAX
const std::initializer_list<int> exits = {0x66, 0xB8, 0x05, 0x00, 0x00, 0xC0, 0x66, 0xE7, 0xEC};

// Vector 08h to F000:0100; both 8259s initialized, all but IRQ0 masked; counter 0 at 100 Hz in
// mode 2; STI; HLT; then 1 to the exit register. The handler at 0100h is an IRET.
std::vector<u8> timer_rom() {
  std::vector<u8> image = rom({
      0x31, 0xC0, 0x8E, 0xD8, 0x8E, 0xD0, 0xBC, 0x00, 0x70,  // DS = SS = 0, SP = 7000h
      0xC7, 0x06, 0x20, 0x00, 0x00, 0x01,                    // [0020h] = 0100h
      0xC7, 0x06, 0x22, 0x00, 0x00, 0xF0,                    // [0022h] = F000h
      0xB0, 0x11, 0xE6, 0x20, 0xB0, 0x08, 0xE6, 0x21,        // ICW1, ICW2
      0xB0, 0x04, 0xE6, 0x21, 0xB0, 0x01, 0xE6, 0x21,        // ICW3, ICW4
      0xB0, 0xFE, 0xE6, 0x21,                                // only IRQ0
      0xB0, 0x34, 0xE6, 0x43, 0xB0, 0x9C, 0xE6, 0x40, 0xB0, 0x2E, 0xE6, 0x40,  // 11932
      0xFB, 0xF4,                                                              // STI; HLT
      0x66, 0xB8, 0x01, 0x00, 0x00, 0x00, 0x66, 0xE7, 0xEC,                    // exit 1
  });
  image[0x100] = 0xCF;
  return image;
}

TEST(Machine, ExitRegisterCarriesAll32Bits) {
  const RunResult result = run(rom(exits));
  EXPECT_EQ(result.reason, EndReason::Exit);
  EXPECT_EQ(result.code, 0xC0000005u);
  EXPECT_GT(result.clocks, 0u);
  EXPECT_EQ(result.instructions, 3u);
}

TEST(Machine, DebugExitIsShiftedAndOdd) {
  const RunResult result = run(rom({0xB0, 0x10, 0xE6, 0xF4}));  // MOV AL, 10h; OUT F4h, AL
  EXPECT_EQ(result.reason, EndReason::DebugExit);
  EXPECT_EQ(result.code, 0x21u);
}

TEST(Machine, BugcheckRegisterNamesTheStopCode) {
  // MOV EAX, 1Eh; OUT F8h, EAX; HLT
  const RunResult result = run(rom({0x66, 0xB8, 0x1E, 0, 0, 0, 0x66, 0xE7, 0xF8, 0xF4}));
  EXPECT_EQ(result.reason, EndReason::Bugcheck);
  EXPECT_EQ(result.code, 0x1Eu);
  EXPECT_NE(result.text.find("0x0000001E"), std::string::npos);
}

TEST(Machine, HltWithInterruptsOffHaltsForEver) {
  const RunResult result = run(rom({0xFA, 0xF4}));
  EXPECT_EQ(result.reason, EndReason::HaltedForever);
  EXPECT_NE(result.text.find("interrupts disabled"), std::string::npos);
}

TEST(Machine, HltWithEverythingMaskedHaltsForEver) {
  // OUT 21h, FFh; STI; HLT
  const RunResult result = run(rom({0xB0, 0xFF, 0xE6, 0x21, 0xFB, 0xF4}));
  EXPECT_EQ(result.reason, EndReason::HaltedForever);
}

TEST(Machine, AFaultWithoutAnIdtShutsTheCpuDown) {
  // LIDT CS:[0010h], which holds limit 0; INT3
  std::vector<u8> image = rom({0x2E, 0x0F, 0x01, 0x1E, 0x10, 0x00, 0xCC});
  for (unsigned i = 0x10; i < 0x16; ++i) image[i] = 0;
  const RunResult result = run(std::move(image));
  EXPECT_EQ(result.reason, EndReason::TripleFault);
}

TEST(Machine, AnEndlessLoopMeetsTheCycleLimit) {
  MachineConfig config = configuration(rom({0xEB, 0xFE}));  // JMP $
  config.cycle_limit = 10'000;
  Machine machine(std::move(config));
  const RunResult result = machine.run();
  EXPECT_EQ(result.reason, EndReason::CycleLimit);
  EXPECT_GE(result.clocks, 10'000u);
  EXPECT_LT(result.clocks, 10'100u);
  EXPECT_EQ(machine.run_for(1000).reason, EndReason::CycleLimit);  // an end stays an end
}

TEST(Machine, TheTimerEndsHltAndTimeSkipsToIt) {
  MachineConfig config = configuration(timer_rom());
  config.model = find_model("i486sx");
  Machine machine(std::move(config));
  const RunResult result = machine.run();
  EXPECT_EQ(result.reason, EndReason::Exit);
  EXPECT_EQ(result.code, 1u);
  // One period of 11932 CLK at 1193182 Hz is 10.0001 ms, 250001 clocks at 25 MHz.
  EXPECT_NEAR(static_cast<double>(result.clocks), 250001, 2500);
  EXPECT_LT(result.instructions, 60u);
}

TEST(Machine, SlicesMakeNoDifference) {
  Machine whole(configuration(timer_rom())), sliced(configuration(timer_rom()));
  const RunResult expected = whole.run();
  RunResult result;
  unsigned slices = 0;
  while (!result.ended()) {
    result = sliced.run_for(1000);
    ++slices;
  }
  EXPECT_EQ(result.clocks, expected.clocks);
  EXPECT_EQ(result.instructions, expected.instructions);
  EXPECT_GT(slices, 200u);
}

TEST(Machine, ConsoleSerialAndPortLogReceiveTheGuestsBytes) {
  const TemporaryFile log(0);
  std::string console, serial;
  {
    MachineConfig config = configuration(rom({
        0xB0, 'x', 0xE6, 0xE9,              // OUT E9h, 'x'
        0xB0, 'y', 0xBA, 0xF8, 0x03, 0xEE,  // OUT 3F8h, 'y'
        0xB0, 0x00, 0xE6, 0xF4,             // debug exit
    }));
    config.console_out = [&console](u8 byte) { console += static_cast<char>(byte); };
    config.serial_out = [&serial](u8 byte) { serial += static_cast<char>(byte); };
    config.port_logs.push_back({0xE9, log.path()});
    Machine machine(std::move(config));
    EXPECT_EQ(machine.run().code, 1u);
  }
  EXPECT_EQ(console, "x");
  EXPECT_EQ(serial, "y");  // though its frame had not ended
  std::ifstream file(log.path());
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "x");
}

TEST(Machine, The8042ResetsTheCpuAndRamSurvives) {
  // DS = 0; INC BYTE [500h]; CMP BYTE [500h], 3; JE +6; OUT 64h, FEh; JMP $; OUT F4h, AL
  const RunResult result =
      run(rom({0x31, 0xC0, 0x8E, 0xD8, 0xFE, 0x06, 0x00, 0x05, 0x80, 0x3E, 0x00, 0x05, 0x03,
               0x74, 0x06, 0xB0, 0xFE, 0xE6, 0x64, 0xEB, 0xFE, 0xB0, 0x07, 0xE6, 0xF4}));
  EXPECT_EQ(result.reason, EndReason::DebugExit);
  EXPECT_EQ(result.code, 15u);
}

TEST(Machine, A20WrapsAtOneMegabyteWhenBothGatesAreClosed) {
  // ES = FFFFh, DS = 0: [ES:0010h] is 100000h, or 000000h through the closed gate. Writes 55h
  // there with the 8042's gate closed, and exits with what stands at 0000:0000.
  const RunResult result = run(rom({
      0xB8, 0xFF, 0xFF, 0x8E, 0xC0, 0x31, 0xC0, 0x8E, 0xD8,  // segments
      0xB0, 0xD1, 0xE6, 0x64, 0xB0, 0xDD, 0xE6, 0x60,        // gate closed
      0x26, 0xC6, 0x06, 0x10, 0x00, 0x55,                    // MOV BYTE ES:[0010h], 55h
      0xB0, 0x02, 0xE6, 0x92,                                // port 92h opens it again
      0x26, 0xC6, 0x06, 0x10, 0x00, 0xAA,                    // this one goes to 100000h
      0xA0, 0x00, 0x00, 0xE6, 0xF4,                          // OUT F4h, [0000h]
  }));
  EXPECT_EQ(result.code, 0x55u << 1 | 1);
}

TEST(Machine, CmosTellsTheMemory) {
  MachineConfig config = configuration(rom(exits));
  config.memory_mb = 24;
  Machine machine(std::move(config));
  const auto cell = [&machine](u8 index) { return machine.board().rtc.cell(index); };
  EXPECT_EQ(cell(0x15) | cell(0x16) << 8, 640);
  EXPECT_EQ(cell(0x17) | cell(0x18) << 8, 23 * 1024);
  EXPECT_EQ(cell(0x34) | cell(0x35) << 8, 8 * 16);
  EXPECT_EQ(cell(0x32), 0x19);
}

TEST(Machine, RefusesWhatNoBoardCanBeBuiltFrom) {
  const auto error_of = [](unsigned memory_mb, std::size_t rom_size) {
    MachineConfig config;
    config.memory_mb = memory_mb;
    config.firmware.resize(rom_size);
    try {
      Machine machine(std::move(config));
    } catch (const MachineError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_NE(error_of(0, 65536).find("memory of 0 MB"), std::string::npos);
  EXPECT_NE(error_of(257, 65536).find("257 MB"), std::string::npos);
  EXPECT_NE(error_of(4, 1000).find("1000 bytes"), std::string::npos);
  EXPECT_NE(error_of(4, 512 << 10).find("firmware"), std::string::npos);
  EXPECT_EQ(error_of(4, 256 << 10), "");
}

TEST(Machine, AStopRequestEndsOnlyThatRun) {
  MachineConfig config = configuration(rom({0xE6, 0xE9, 0xEB, 0xFC}));  // OUT E9h, AL; JMP back
  Machine* stop = nullptr;
  config.console_out = [&stop](u8) { stop->request_stop(); };
  Machine machine(std::move(config));
  stop = &machine;
  const u64 first = machine.run().instructions;
  const RunResult second = machine.run();
  EXPECT_EQ(second.reason, EndReason::Requested);
  EXPECT_EQ(second.instructions, first + 2);
}

TEST(Machine, PostMortemNamesTheRegisters) {
  Machine machine(configuration(rom(exits)));
  machine.run();
  const std::string text = post_mortem(machine.context());
  EXPECT_NE(text.find("EAX C0000005"), std::string::npos);
  EXPECT_NE(text.find("CS   F000  base 000F0000  limit 0000FFFF"), std::string::npos);
  EXPECT_NE(text.find("instructions 3"), std::string::npos);
}

}  // namespace
}  // namespace faultline
