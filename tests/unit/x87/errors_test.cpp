// Numeric errors on their way to the program: #MF, the interrupt by FERR#, #NM, and machines
// without an x87. [486 §18.2] [386 §11.1]
#include "tests/unit/cpu/protected_machine.hpp"

namespace faultline::test {
namespace {

constexpr unsigned MF = 16;
constexpr u32 control_at = 0xC000, status_at = 0xC002;

/// FLDCW [C000h]; FLD1; FLDZ; FDIVP: a zero divide, unmasked. Fourteen bytes less four.
const std::vector<u8> divide_by_zero = {0xD9, 0x2D, 0x00, 0xC0, 0x00, 0x00,
                                        0xD9, 0xE8, 0xD9, 0xEE, 0xDE, 0xF9};
constexpr u32 after_divide = program + 12;

std::vector<u8> then(std::vector<u8> first, const std::vector<u8>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

class Errors : public testing::Test {
 protected:
  explicit Errors(std::string_view model = "i486dx") : m(model) {
    m.set_word(control_at, 0x037B);  // zero divide not masked
  }
  ProtectedMachine m;
};

TEST_F(Errors, WithNeTheNextWaitingInstructionFaults) {
  m.cr0() |= 0x20;
  const Entered e = m.run_program(then(divide_by_zero, {0x90, 0xD9, 0xE8}));  // NOP; FLD1
  EXPECT_EQ(e.vector, MF);
  EXPECT_EQ(e.eip, after_divide + 1);
  EXPECT_EQ(m.s.x87.status_word(), 0xB084);  // B, TOP 6, ES, ZE
  EXPECT_EQ(m.s.x87.instruction_offset, program + 10);
  EXPECT_FALSE(m.context.numeric_error);  // #MF has no use for the pin
}

TEST_F(Errors, WaitFaultsToo) {
  m.cr0() |= 0x20;
  const Entered e = m.run_program(then(divide_by_zero, {0x9B}));
  EXPECT_EQ(e.vector, MF);
  EXPECT_EQ(e.eip, after_divide);
}

TEST_F(Errors, InstructionsThatDoNotWaitRun) {
  m.cr0() |= 0x20;
  // FNSTSW [C002h]; FNCLEX; FLD1; HLT
  m.place(program,
          then(divide_by_zero, {0xDD, 0x3D, 0x02, 0xC0, 0x00, 0x00, 0xDB, 0xE2, 0xD9, 0xE8, 0xF4}));
  EXPECT_EQ(m.run(), Stop::Halted);
  EXPECT_EQ(m.word(status_at), 0xB084);
  EXPECT_EQ(m.s.x87.status_word(), 0x2800);
}

TEST_F(Errors, WithoutNeTheProcessorWaitsForTheInterrupt) {
  m.place(program, then(divide_by_zero, {0xD9, 0xE8, 0xF4}));  // FLD1; HLT
  EXPECT_EQ(m.run(), Stop::Halted);
  EXPECT_TRUE(m.context.numeric_error);  // FERR#
  EXPECT_EQ(m.s.eip, after_divide);      // frozen before FLD1, not after HLT
  // The board answers with an interrupt, whose handler clears the error and comes back.
  m.place(ProtectedMachine::handler(0x75), {0xDB, 0xE2, 0xCF});  // FNCLEX; IRETD
  m.bus.vector = 0x75;
  m.s.flags.set_bits(0x200);
  m.context.lines.intr = true;
  EXPECT_EQ(m.go_on(), Stop::Halted);
  EXPECT_FALSE(m.context.numeric_error);
  EXPECT_EQ(m.s.eip, after_divide + 3);  // FLD1 has run, and HLT
  EXPECT_EQ(m.s.x87.status_word(), 0x2800);
}

TEST_F(Errors, IgnneLetsInstructionsRunOverAnError) {
  m.context.lines.ignne = true;
  m.place(program, then(divide_by_zero, {0xD9, 0xE8, 0xF4}));
  EXPECT_EQ(m.run(), Stop::Halted);
  EXPECT_EQ(m.s.eip, after_divide + 3);
  EXPECT_EQ(m.s.x87.top, 5u);
}

class Errors387 : public Errors {
 protected:
  Errors387() : Errors("i386dx+387") {}
};

TEST_F(Errors387, The387AsksForAnInterruptWhateverBit5OfCr0) {
  m.cr0() |= 0x20;
  m.place(program, then(divide_by_zero, {0xD9, 0xE8, 0xF4}));
  EXPECT_EQ(m.run(), Stop::Halted);
  EXPECT_TRUE(m.context.numeric_error);
  EXPECT_EQ(m.s.eip, after_divide);
}

TEST_F(Errors387, EtTellsOfThe387AndCanBeCleared) {  // [386 §10.1]
  TestMachine with("i386dx+387"), without("i386dx");
  EXPECT_EQ(with.cr0(), 0x10u);
  EXPECT_EQ(without.cr0(), 0u);
}

TEST_F(Errors, AnUnmaskedErrorLeavesTheOperandsAlone) {
  m.place(program, then(divide_by_zero, {0xF4}));
  EXPECT_EQ(m.run(), Stop::Halted);
  EXPECT_EQ(m.s.x87.occupied, 0xC0);  // no pop
  EXPECT_EQ(m.s.x87.registers[7], x87::positive_one);
  EXPECT_EQ(m.s.x87.registers[6], x87::positive_zero);
}

TEST_F(Errors, EmAndTsGiveNm) {  // [386 §11.1]
  for (u32 bit : {0x4u, 0x8u}) {
    ProtectedMachine trapped("i486dx");
    trapped.cr0() |= bit;
    EXPECT_EQ(trapped.run_program({0xDB, 0xE3}).vector, 7u);  // FNINIT
  }
}

TEST_F(Errors, WaitLooksAtTsOnlyWithMp) {  // [386 §11.1.1]
  m.cr0() |= 0x8;
  m.place(program, {0x9B, 0xF4});
  EXPECT_EQ(m.run(), Stop::Halted);
  EXPECT_EQ(m.s.eip, program + 2);
  m.cr0() |= 0x2;
  EXPECT_EQ(m.run_program({0x9B, 0xF4}).vector, 7u);
}

class WithoutX87 : public testing::TestWithParam<const char*> {};

TEST_P(WithoutX87, AnEscapeChangesNothing) {
  ProtectedMachine m(GetParam());
  const X87State before = m.s.x87;
  // FNINIT; FLD1; FNSTSW [C002h]; FNSTSW AX; FSTP QWORD PTR [C008h]; HLT
  m.place(program, {0xDB, 0xE3, 0xD9, 0xE8, 0xDD, 0x3D, 0x02, 0xC0, 0x00, 0x00, 0xDF, 0xE0, 0xDD,
                    0x1D, 0x08, 0xC0, 0x00, 0x00, 0xF4});
  m.set_word(status_at, 0x5A5A);
  m.reg(EAX) = 0x1234;
  m.set_dword(0xC008, 0x12345678);
  EXPECT_EQ(m.run(), Stop::Halted);
  EXPECT_EQ(m.word(status_at), 0x5A5A);
  EXPECT_EQ(m.reg(EAX), 0x1234u);
  EXPECT_EQ(m.dword(0xC008), 0x12345678u);
  EXPECT_EQ(m.s.x87, before);
}

TEST_P(WithoutX87, EmGivesNm) {
  ProtectedMachine m(GetParam());
  m.cr0() |= 0x4;
  EXPECT_EQ(m.run_program({0xD9, 0xE8}).vector, 7u);
}

INSTANTIATE_TEST_SUITE_P(Models, WithoutX87, testing::Values("i386dx", "i486sx"));

}  // namespace
}  // namespace faultline::test
