// Exceptions and software interrupts through the IDT in protected mode. [386 §9.3 to §9.8]
#include "tests/unit/cpu/protected_machine.hpp"

namespace faultline::test {
namespace {

struct ExceptionDelivery : testing::Test, ProtectedMachine {};

TEST_F(ExceptionDelivery, FaultsPushTheirOwnAddressAndSetRf) {  // [386 §12.3.1.1]
  s.flags.set(2);
  const Entered e = run_program({0x90, 0x0F, 0x0B});
  EXPECT_EQ(e.vector, UD);
  EXPECT_EQ(e.eip, program + 1);
  EXPECT_EQ(e.cs, code0);
  EXPECT_EQ(e.eflags, 0x10002u);
  EXPECT_EQ(e.esp, stack_top);
}

TEST_F(ExceptionDelivery, TrapsPushTheNextAddressAndNoRf) {
  s.flags.set(2 | 0x800);
  Entered e = run_program({0xCC});
  EXPECT_EQ(e.vector, BP);
  EXPECT_EQ(e.eip, program + 1);
  EXPECT_EQ(e.eflags, 0x802u);
  reg(ESP) = stack_top;
  e = run_program({0xCE});  // INTO
  EXPECT_EQ(e.vector, OF_);
  EXPECT_EQ(e.eip, program + 1);
}

TEST_F(ExceptionDelivery, IntoWithoutOverflowGoesOn) {
  EXPECT_EQ(run_program({0xCE, 0xCD, 0x40}).vector, 0x40u);
}

TEST_F(ExceptionDelivery, BoundIsAFault) {
  set_dword(data, 1);
  set_dword(data + 4, 5);
  reg(EAX) = 6;
  const Entered e = run_program({0x62, 0x05, 0, 0xC0, 0, 0});
  EXPECT_EQ(e.vector, BR);
  EXPECT_EQ(e.eip, program);
  reg(EAX) = 5;
  EXPECT_EQ(run_program({0x62, 0x05, 0, 0xC0, 0, 0, 0xCD, 0x40}).vector, 0x40u);
}

TEST_F(ExceptionDelivery, ToAnInnerLevelSwitchesTheStack) {  // [386 §9.6.1]
  enter(3);
  s.flags.set(0x202);
  const Entered e = run_program({0x0F, 0x0B});
  EXPECT_EQ(e.vector, UD);
  EXPECT_EQ(e.cs, code3);
  EXPECT_EQ(e.ss, data3);
  EXPECT_EQ(e.esp, user_stack_top);
  EXPECT_EQ(reg(ESP), inner_stack_top - 20);
  EXPECT_EQ(s.segment[SS].selector, data0);
  EXPECT_EQ(s.segment[DS].selector, data3);  // data segments stay
}

TEST_F(ExceptionDelivery, AnOffsetBeyondTheLimitFaultsBeforeAPush) {  // [386 §17.2.2 INT]
  descriptor(free0, 0x00000FFF, 0x00409E00);  // conforming, limit FFF: the handler runs at CPL 3
  gate(0x41, free0, 0x5000, 0xEE00);
  enter(3);
  set_dword(user_stack_top - 4, 0x12345678);
  const Entered e = run_program({0xCD, 0x41});
  EXPECT_EQ(e.vector, GP);
  EXPECT_EQ(e.error, 0u);
  EXPECT_EQ(e.esp, user_stack_top);
  EXPECT_EQ(dword(user_stack_top - 4), 0x12345678u);
}

TEST_F(ExceptionDelivery, SixteenBitGatesPushWords) {
  gate(0x41, code0, 0x7777'0000 | handler(0x41), 0x8600);
  s.flags.set(0x246);
  place(program, {0xCD, 0x41});
  run();
  EXPECT_EQ(s.eip, handler(0x41) + 1);
  EXPECT_EQ(reg(ESP), stack_top - 6);
  EXPECT_EQ(word(stack_top - 6), (program + 2) & 0xFFFF);
  EXPECT_EQ(word(stack_top - 4), code0);
  EXPECT_EQ(word(stack_top - 2), 0x246);
}

TEST_F(ExceptionDelivery, SoftwareInterruptNeedsTheGatesDpl) {  // [386 §9.6.3]
  enter(3);
  const Entered e = run_program({0xCD, 0x41});
  EXPECT_EQ(e.vector, GP);
  EXPECT_EQ(e.error, 0x41u * 8 + 2);  // IDT bit
  EXPECT_EQ(e.eip, program);
  gate(BP, code0, handler(BP), 0x8E00);
  enter(3);
  EXPECT_EQ(run_program({0xCC}).error, 3u * 8 + 2);
}

TEST_F(ExceptionDelivery, HardwareIgnoresTheGatesDpl) {
  enter(3);
  EXPECT_EQ(run_program({0x0F, 0x0B}).vector, UD);  // its gate has DPL 0
}

TEST_F(ExceptionDelivery, BadGatesNameTheVector) {  // [386 §9.7]
  gate(0x41, code0, handler(0x41), 0x0E00);         // not present
  Entered e = run_program({0xCD, 0x41});
  EXPECT_EQ(e.vector, NP);
  EXPECT_EQ(e.error, 0x41u * 8 + 2);
  gate(0x41, code0, handler(0x41), 0x8C00);  // a call gate has no place here
  e = run_program({0xCD, 0x41});
  EXPECT_EQ(e.vector, GP);
  EXPECT_EQ(e.error, 0x41u * 8 + 2);
  s.idtr.limit = 0x41 * 8 + 6;
  e = run_program({0xCD, 0x41});
  EXPECT_EQ(e.vector, GP);
  EXPECT_EQ(e.error, 0x41u * 8 + 2);
}

TEST_F(ExceptionDelivery, BadHandlerSegmentsNameTheSelector) {
  gate(0x41, 0, handler(0x41), 0x8E00);
  EXPECT_EQ(run_program({0xCD, 0x41}).error, 0u);
  gate(0x41, data0, handler(0x41), 0x8E00);
  EXPECT_EQ(run_program({0xCD, 0x41}).error, data0);
  gate(0x41, code3, handler(0x41), 0x8E00);  // an outer level
  EXPECT_EQ(run_program({0xCD, 0x41}).error, code3 & 0xFFFCu);
}

TEST_F(ExceptionDelivery, ExtTellsAnEventFromOutside) {  // [386 §9.7]
  gate(0x20, code0, handler(0x20), 0x0E00);
  s.flags.set(0x202);
  context.lines.intr = true;
  const Entered e = run_program({0x90});
  EXPECT_EQ(e.vector, NP);
  EXPECT_EQ(e.error, 0x20u * 8 + 3);
  EXPECT_EQ(e.eip, program);
}

TEST_F(ExceptionDelivery, ConformingHandlerRunsAtTheInterruptedLevel) {
  descriptor(free0, 0x0000FFFF, 0x00CF9E00);
  place(0x14000, {0x8C, 0xC8, 0xCD, 0x40});  // mov eax, cs
  gate(UD, free0, 0x14000, 0x8E00);
  enter(3);
  const Entered e = run_program({0x0F, 0x0B});
  EXPECT_EQ(e.vector, 0x40u);
  EXPECT_EQ(reg(EAX), free0 | 3u);
}

// Double faults. [386 §9.8.8 table 9-3]

TEST_F(ExceptionDelivery, ContributoryInContributoryIsADoubleFault) {
  gate(GP, code0, handler(GP), 0x0E00);  // #NP while #GP is delivered
  reg(EAX) = 0x0FF8;
  const Entered e = run_program({0x8E, 0xD8});
  EXPECT_EQ(e.vector, DF);
  EXPECT_EQ(e.error, 0u);
  EXPECT_EQ(e.eip, program);
}

TEST_F(ExceptionDelivery, DivideErrorIsContributory) {
  gate(DE, code0, handler(DE), 0x0E00);
  reg(ECX) = 0;
  EXPECT_EQ(run_program({0xF7, 0xF1}).vector, DF);
}

TEST_F(ExceptionDelivery, BenignThenContributoryIsSerial) {
  gate(UD, code0, handler(UD), 0x0E00);
  const Entered e = run_program({0x0F, 0x0B});
  EXPECT_EQ(e.vector, NP);
  EXPECT_EQ(e.error, UD * 8 + 3);  // IDT and EXT
}

TEST_F(ExceptionDelivery, PageFaultInContributoryIsSerial) {
  enable_paging();
  gate(GP, code0, handler(GP), 0x8E00);
  page_bits(idt, 3);
  // The gate of #GP lies in a page of its own that is not there.
  s.idtr.base = 0x40000 - 8 * GP;
  for (unsigned v = 0; v < GP; ++v) {
    set_dword(s.idtr.base + 8 * v, dword(idt + 8 * v));
    set_dword(s.idtr.base + 8 * v + 4, dword(idt + 8 * v + 4));
  }
  page_bits(0x40000, 0);
  reg(EAX) = 0x0FF8;
  place(program, {0x8E, 0xD8});
  // #GP, then #PF for its gate, whose own gate lies in the same page: #DF, whose gate is there.
  EXPECT_EQ(run_on().vector, DF);
  EXPECT_EQ(cr2(), 0x40000u + 8 * (PF - GP));
}

TEST_F(ExceptionDelivery, PageFaultInAPageFaultIsADoubleFault) {
  enable_paging();
  gate(PF, code0, handler(PF), 0x8E00);
  page_bits(0x40000, 0);
  s.idtr.base = 0x40000 - 8 * PF;
  for (unsigned v = 0; v < PF; ++v) {
    set_dword(s.idtr.base + 8 * v, dword(idt + 8 * v));
    set_dword(s.idtr.base + 8 * v + 4, dword(idt + 8 * v + 4));
  }
  page_bits(data, 0);
  const Entered e = run_program({0xA1, 0, 0xC0, 0, 0});
  EXPECT_EQ(e.vector, DF);
  EXPECT_EQ(cr2(), 0x40000u);
}

TEST_F(ExceptionDelivery, FaultInADoubleFaultShutsDown) {
  gate(GP, code0, handler(GP), 0x0E00);
  gate(DF, code0, handler(DF), 0x0E00);
  reg(EAX) = 0x0FF8;
  place(program, {0x8E, 0xD8});
  EXPECT_EQ(run(), Stop::Shutdown);
}

TEST_F(ExceptionDelivery, AShutdownIsNotRememberedByTheNextFault) {
  gate(GP, code0, handler(GP), 0x0E00);
  gate(DF, code0, handler(DF), 0x0E00);
  reg(EAX) = 0x0FF8;
  place(program, {0x8E, 0xD8});
  run();
  s.eip = program + 0x100;
  place(program + 0x100, {0x0F, 0x0B});
  EXPECT_EQ(run_on().vector, UD);
}

}  // namespace
}  // namespace faultline::test
