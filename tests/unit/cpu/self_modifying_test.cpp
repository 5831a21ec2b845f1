// Code that changes, by its own stores or another mapping's, is executed as it then is.
#include "tests/unit/cpu/protected_machine.hpp"

namespace faultline::test {
namespace {

struct SelfModifying : testing::Test, ProtectedMachine {};

TEST_F(SelfModifying, StoreIntoTheNextInstruction) {
  // mov byte [program+7], 43: the INC EAX behind becomes INC EBX.
  run_program({0xC6, 0x05, 0x07, 0x00, 0x01, 0x00, 0x43, 0x40, 0xCD, 0x40});
  EXPECT_EQ(reg(EAX), 0u);
  EXPECT_EQ(reg(EBX), 1u);
}

TEST_F(SelfModifying, StoreIntoALaterInstructionOfTheBlock) {
  run_program({0xC6, 0x05, 0x09, 0x00, 0x01, 0x00, 0x43, 0x41, 0x41, 0x40, 0xCD, 0x40});
  EXPECT_EQ(reg(EAX), 0u);
  EXPECT_EQ(reg(EBX), 1u);
  EXPECT_EQ(reg(ECX), 2u);
}

TEST_F(SelfModifying, StoreIntoItself) {
  // The store changes its own immediate; run again it stores the new one.
  const std::vector<u8> bytes = {0xFE, 0x05, 0x01, 0x00, 0x01, 0x00,  // inc byte [program+1]
                                 0xCD, 0x40};
  run_program(bytes);
  EXPECT_EQ(byte(program + 1), 0x06);
}

TEST_F(SelfModifying, LoopThatPatchesItself) {
  // Ten rounds: each adds one to the immediate of the ADD before it.
  reg(ECX) = 10;
  run_program({0x83, 0xC0, 0x01,                    // add eax, imm8
               0xFE, 0x05, 0x02, 0x00, 0x01, 0x00,  // inc byte [program+2]
               0xE2, 0xF5, 0xCD, 0x40});            // loop program
  EXPECT_EQ(reg(EAX), 1u + 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9 + 10);
}

TEST_F(SelfModifying, StoreThroughAnotherLinearAddress) {
  enable_paging();
  map(0x3E000, program, 7);
  run_program({0xC6, 0x05, 0x07, 0xE0, 0x03, 0x00, 0x43, 0x40, 0xCD, 0x40});
  EXPECT_EQ(reg(EBX), 1u);
}

TEST_F(SelfModifying, StringInstructionOverTheCode) {
  // rep stosb over the NOPs behind it, and over nothing else.
  reg(EDI) = program + 2;
  reg(ECX) = 3;
  reg(EAX) = 0x43;
  run_program({0xF3, 0xAA, 0x90, 0x90, 0x90, 0xCD, 0x40});
  EXPECT_EQ(reg(EBX), 3u);
}

TEST_F(SelfModifying, StringInstructionOverItself) {
  // The second iteration turns the prefix of the instruction into a NOP: one more, unrepeated.
  reg(EDI) = program - 1;
  reg(ECX) = 5;
  reg(EAX) = 0x90;
  run_program({0xF3, 0xAA, 0xCD, 0x40});
  EXPECT_EQ(reg(ECX), 3u);
  EXPECT_EQ(byte(program), 0x90);
}

TEST_F(SelfModifying, StoreThatCrossesIntoTheCode) {
  place(program + 0x1000, {0x40, 0xCD, 0x40});
  s.eip = program + 0x1000;
  run();
  reg(EAX) = 0;
  // mov dword [program+ffd], ...: its last byte is the first of the code run before.
  run_program({0xC7, 0x05, 0xFD, 0x0F, 0x01, 0x00, 0, 0, 0, 0x43, 0xE9, 0xF1, 0x0F, 0, 0});
  EXPECT_EQ(reg(EAX), 0u);
  EXPECT_EQ(reg(EBX), 1u);
}

TEST_F(SelfModifying, ChangedBySomebodyElse) {
  run_program({0x40, 0xCD, 0x40});
  set_byte(program, 0x43);  // as a disk controller's DMA would
  enter(0);
  run_on();
  EXPECT_EQ(reg(EAX), 1u);
  EXPECT_EQ(reg(EBX), 1u);
}

TEST_F(SelfModifying, BothAliasesOfA20) {
  place(0x1000 + 0x80, {0x40, 0xCD, 0x40});
  memory.set_a20(false);
  s.eip = 0x101080;  // the same memory while line 20 is low
  EXPECT_EQ(run_on().vector, 0x40u);
  EXPECT_EQ(reg(EAX), 1u);
  set_byte(0x101080, 0x43);
  enter(0);
  s.eip = 0x101080;
  run_on();
  EXPECT_EQ(reg(EBX), 1u);
  memory.set_a20(true);
  place(0x101080, {0x41, 0xCD, 0x40});
  enter(0);
  s.eip = 0x101080;
  run_on();
  EXPECT_EQ(reg(ECX), 1u);
}

TEST_F(SelfModifying, ModeDecidesWhatBytesMean) {
  // The same bytes as 32-bit and as 16-bit code: 40 is INC EAX or INC AX.
  reg(EAX) = 0xFFFF;
  run_program({0x40, 0xCD, 0x40});
  EXPECT_EQ(reg(EAX), 0x10000u);
  descriptor(free0, 0x0000FFFF, 0x000F9A00);
  enter(0);
  load(CS, free0);
  reg(EAX) = 0xFFFF;
  run_on();
  EXPECT_EQ(reg(EAX), 0u);
}

TEST_F(SelfModifying, TwoEnginesOnOneMemory) {
  run_program({0x40, 0xCD, 0x40});
  auto other = make_engine(Timing::None, context);
  std::swap(engine, other);
  enter(0);
  run_on();
  set_byte(program, 0x43);
  enter(0);
  run_on();
  std::swap(engine, other);
  enter(0);
  run_on();
  EXPECT_EQ(reg(EAX), 2u);
  EXPECT_EQ(reg(EBX), 2u);
  set_byte(program, 0x41);
  enter(0);
  run_on();
  EXPECT_EQ(reg(ECX), 1u);
}

}  // namespace
}  // namespace faultline::test
