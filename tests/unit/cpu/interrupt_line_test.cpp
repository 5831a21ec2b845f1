// Interrupts from outside, what holds them back, and single-stepping. [386 §9.2, §9.4, §12.3]
#include "tests/unit/cpu/protected_machine.hpp"

namespace faultline::test {
namespace {

constexpr u32 IF = 1u << 9, TF = 1u << 8;

struct InterruptLine : testing::Test, ProtectedMachine {
  void raise_intr() {
    context.lines.intr = true;
    s.clock.attention();
  }
  void raise_nmi() {
    context.lines.nmi = true;
    s.clock.attention();
  }
};

TEST_F(InterruptLine, IsTakenBetweenInstructionsWhileIfIsSet) {
  s.flags.set(IF);
  raise_intr();
  const Entered e = run_program({0x90});
  EXPECT_EQ(e.vector, 0x20u);
  EXPECT_EQ(e.eip, program);
}

TEST_F(InterruptLine, WaitsWhileIfIsClear) {
  raise_intr();
  place(program, {0x90, 0x90, 0xF4});
  EXPECT_EQ(run(), Stop::Halted);
  EXPECT_EQ(s.eip, program + 3);
  EXPECT_TRUE(context.lines.intr);
}

TEST_F(InterruptLine, InterruptGateClearsIfAndTrapGateDoesNot) {  // [386 §9.6.1.4]
  s.flags.set(IF);
  run_program({0xCD, 0x41});
  EXPECT_EQ(flags() & IF, 0u);
  gate(0x41, code0, handler(0x41), 0x8F00);
  s.flags.set(IF);
  run_program({0xCD, 0x41});
  EXPECT_EQ(flags() & IF, IF);
}

TEST_F(InterruptLine, EndsHalt) {
  s.flags.set(IF);
  place(program, {0xF4, 0x90});
  EXPECT_EQ(run(), Stop::Halted);
  EXPECT_EQ(go_on(), Stop::Halted);  // nothing came
  EXPECT_EQ(s.eip, program + 1);
  raise_intr();
  go_on();
  EXPECT_EQ(entered().vector, 0x20u);
  EXPECT_EQ(entered().eip, program + 1);  // behind the HLT
}

TEST_F(InterruptLine, StiTakesEffectAfterTheNextInstruction) {  // [386 §17.2.2 STI]
  raise_intr();
  const Entered e = run_program({0xFB, 0x40, 0x40});  // sti; inc eax; inc eax
  EXPECT_EQ(e.vector, 0x20u);
  EXPECT_EQ(e.eip, program + 2);
  EXPECT_EQ(reg(EAX), 1u);
}

TEST_F(InterruptLine, StiAndHltTakeThePendingInterrupt) {
  raise_intr();
  const Entered e = run_program({0xFB, 0xF4});
  EXPECT_EQ(e.vector, 0x20u);
  EXPECT_EQ(e.eip, program + 2);
}

TEST_F(InterruptLine, StiBeforeCliLetsNothingIn) {
  raise_intr();
  place(program, {0xFB, 0xFA, 0x90, 0xF4});
  EXPECT_EQ(run(), Stop::Halted);
  EXPECT_EQ(s.eip, program + 4);
}

TEST_F(InterruptLine, MovSsHoldsInterruptsForOneInstruction) {  // [386 §9.2.4]
  reg(EAX) = data0;
  s.flags.set(IF);
  place(program, {0x8E, 0xD0, 0xBC, 0, 0x80, 0, 0});  // mov ss, ax; mov esp, 8000
  s.eip = program;
  run(1);
  raise_intr();
  raise_nmi();
  const Entered e = run_on();
  EXPECT_EQ(e.eip, program + 7);
  EXPECT_EQ(e.esp, 0x8000u);
}

TEST_F(InterruptLine, PopSsHoldsInterruptsForOneInstruction) {
  s.flags.set(IF);
  set_dword(stack_top, data0);
  place(program, {0x17, 0x40, 0x40});  // pop ss; inc eax; inc eax
  run(1);
  raise_intr();
  EXPECT_EQ(run_on().eip, program + 2);
}

TEST_F(InterruptLine, LssHoldsNothing) {  // [386 §9.2.4] names MOV and POP alone
  s.flags.set(IF);
  set_dword(data, 0x8000);
  set_word(data + 4, data0);
  place(program, {0x0F, 0xB2, 0x25, 0, 0xC0, 0, 0, 0x40});  // lss esp, [c000]; inc eax
  run(1);
  raise_intr();
  EXPECT_EQ(run_on().eip, program + 7);
}

TEST_F(InterruptLine, AFaultingMovSsHoldsNothing) {
  reg(EAX) = 0x00F8;  // outside the limit set here
  s.gdtr.limit = 0xF7;
  place(program, {0x8E, 0xD0});
  gate(GP, code0, program + 0x100, 0x8F00);  // a trap gate: IF stays
  place(program + 0x100, {0x40, 0xF4});
  s.flags.set(IF);
  s.eip = program;
  run(1);
  raise_intr();
  EXPECT_EQ(run_on().eip, program + 0x100);
}

TEST_F(InterruptLine, NmiIsTakenWhileIfIsClear) {  // [386 §9.2.1]
  raise_nmi();
  EXPECT_EQ(run_program({0x90}).vector, NMI);
  EXPECT_FALSE(context.lines.nmi);
}

TEST_F(InterruptLine, NmiIsHeldFromNmiToIret) {  // [386 §9.2.1]
  raise_nmi();
  place(handler(NMI), {0x40, 0xCF});  // inc eax; iretd
  place(program, {0x90, 0xF4});
  run(2);  // the delivery and the handler's first instruction
  EXPECT_EQ(reg(EAX), 1u);
  raise_nmi();
  run(1);  // IRET: the second is taken behind it
  EXPECT_EQ(s.eip, program);
  EXPECT_TRUE(context.lines.nmi);
  EXPECT_EQ(run(), Stop::Halted);
  EXPECT_EQ(reg(EAX), 2u);
  EXPECT_EQ(s.eip, program + 2);
}

TEST_F(InterruptLine, NmiComesBeforeIntr) {  // [386 table 9-2]
  s.flags.set(IF);
  raise_intr();
  raise_nmi();
  EXPECT_EQ(run_program({0x90}).vector, NMI);
}

TEST_F(InterruptLine, RepeatedStringInstructionIsInterruptedBetweenIterations) {
  s.flags.set(IF);
  reg(ECX) = 1000;
  reg(EDI) = data;
  place(program, {0xF3, 0xAA});  // rep stosb
  run(10);
  raise_intr();
  const Entered e = run_on();
  EXPECT_EQ(e.eip, program);
  EXPECT_GT(reg(ECX), 900u);
  EXPECT_LT(reg(ECX), 1000u);
  EXPECT_EQ(reg(EDI), data + 1000 - reg(ECX));
}

// Single step. [386 §12.3.1.4]

TEST_F(InterruptLine, TrapFlagTrapsAfterEachInstruction) {
  s.flags.set(TF);
  const Entered e = run_program({0x40, 0x40});
  EXPECT_EQ(e.vector, DB);
  EXPECT_EQ(e.eip, program + 1);
  EXPECT_EQ(e.eflags & TF, TF);
  EXPECT_EQ(flags() & TF, 0u);
  EXPECT_EQ(s.debug[6] & 0x4000, 0x4000u);  // BS
  EXPECT_EQ(e.eflags & 0x10000, 0u);        // a trap: RF stays clear
}

TEST_F(InterruptLine, TheInstructionThatSetsTheTrapFlagIsNotTrapped) {
  set_dword(stack_top - 4, TF);
  reg(ESP) = stack_top - 4;
  const Entered e = run_program({0x9D, 0x40, 0x40});  // popfd; inc eax
  EXPECT_EQ(e.vector, DB);
  EXPECT_EQ(e.eip, program + 2);
}

TEST_F(InterruptLine, TheInstructionThatClearsTheTrapFlagIsTrapped) {
  set_dword(stack_top - 4, 2);
  reg(ESP) = stack_top - 4;
  s.flags.set(TF);
  const Entered e = run_program({0x9D, 0x40});
  EXPECT_EQ(e.vector, DB);
  EXPECT_EQ(e.eip, program + 1);
  EXPECT_EQ(e.eflags & TF, 0u);
}

TEST_F(InterruptLine, MovSsHoldsTheStepTrapToo) {  // [386 §9.2.4]
  reg(EAX) = data0;
  s.flags.set(TF);
  const Entered e = run_program({0x8E, 0xD0, 0x40, 0x40});  // mov ss, ax; inc eax
  EXPECT_EQ(e.vector, DB);
  EXPECT_EQ(e.eip, program + 3);
}

TEST_F(InterruptLine, StiHoldsNoStepTrap) {
  s.flags.set(TF);
  place(program, {0xFB, 0x90, 0x90, 0x90, 0x90});  // sti; nop...
  // inc eax; cmp eax, 3; je +1; iretd; hlt
  place(handler(DB), {0x40, 0x83, 0xF8, 0x03, 0x74, 0x01, 0xCF, 0xF4});
  run();
  EXPECT_EQ(dword(reg(ESP)), program + 3);  // trapped after STI, NOP and NOP
}

TEST_F(InterruptLine, SoftwareInterruptIsSteppedOver) {
  s.flags.set(TF);
  EXPECT_EQ(run_program({0xCD, 0x41}).vector, 0x41u);
}

TEST_F(InterruptLine, StepTrapEndsHalt) {
  s.flags.set(TF);
  place(handler(DB), {0x40, 0xF4});
  run_program({0xF4});
  EXPECT_EQ(reg(EAX), 1u);
  EXPECT_EQ(s.eip, handler(DB) + 2);
}

TEST_F(InterruptLine, RepeatedStringInstructionTrapsAfterEachIteration) {
  s.flags.set(TF);
  reg(ECX) = 3;
  reg(EDI) = data;
  const Entered e = run_program({0xF3, 0xAA});
  EXPECT_EQ(e.vector, DB);
  EXPECT_EQ(e.eip, program);
  EXPECT_EQ(reg(ECX), 2u);
}

TEST_F(InterruptLine, StepTrapComesBeforeIntr) {  // [386 table 9-2]
  s.flags.set(TF | IF);
  place(program, {0x40, 0x40});
  s.eip = program;
  run(1);
  raise_intr();
  const Entered e = run_on();
  EXPECT_EQ(e.vector, DB);  // whose gate clears IF
  EXPECT_TRUE(context.lines.intr);
}

}  // namespace
}  // namespace faultline::test
