// Far jumps, calls and returns between segments and rings. [386 §6.3.3, §6.3.4]
// [386 §17.2.2 CALL, JMP, RET, IRET]
#include "tests/unit/cpu/protected_machine.hpp"

namespace faultline::test {
namespace {

constexpr u32 target = 0x12000;

std::vector<u8> far(u8 opcode, u32 offset, u16 selector) {
  std::vector<u8> bytes{opcode};
  for (unsigned i = 0; i < 4; ++i) bytes.push_back(static_cast<u8>(offset >> 8 * i));
  bytes.push_back(static_cast<u8>(selector));
  bytes.push_back(static_cast<u8>(selector >> 8));
  return bytes;
}

struct FarTransfer : testing::Test, ProtectedMachine {
  FarTransfer() { place(target, {0xCD, 0x40}); }  // reached: INT 40
  Entered jump(u32 offset, u16 selector) { return run_program(far(0xEA, offset, selector)); }
  Entered call(u32 offset, u16 selector) { return run_program(far(0x9A, offset, selector)); }
  void expect_fault(const Entered& e, unsigned vector, u32 error) {
    EXPECT_EQ(e.vector, vector);
    EXPECT_EQ(e.error, error);
    EXPECT_EQ(e.eip, program);
  }
  void expect_reached(const Entered& e, u16 cs) {
    EXPECT_EQ(e.vector, 0x40u);
    EXPECT_EQ(e.eip, target + 2);
    EXPECT_EQ(e.cs, cs);
  }
};

TEST_F(FarTransfer, JumpWithinTheLevel) { expect_reached(jump(target, code0), code0); }

TEST_F(FarTransfer, RplBecomesCpl) {  // [386 §17.2.2 JMP]: RPL of CS is CPL
  enter(3);
  expect_reached(jump(target, code3 & 0xFFFC), code3);
}

TEST_F(FarTransfer, JumpChecksNullTypePrivilegePresenceAndOffset) {
  expect_fault(jump(target, 3), GP, 0);
  expect_fault(jump(target, data0), GP, data0);
  expect_fault(jump(target, code3), GP, code3 & 0xFFFC);  // DPL 3 from CPL 0
  expect_fault(jump(target, code0 | 1), GP, code0);       // RPL above CPL
  descriptor(free0, 0x0000FFFF, 0x00CF1A00);
  expect_fault(jump(target, free0), NP, free0);
  descriptor(free0, 0x00000FFF, 0x00409A00);
  expect_fault(jump(0x1000, free0), GP, 0);
  s.gdtr.limit = 0x50;
  expect_fault(jump(target, free2), GP, free2);
}

TEST_F(FarTransfer, ConformingCodeRunsAtTheCallersLevel) {  // [386 §6.3.3]
  descriptor(free0, 0x0000FFFF, 0x00CF9E00);                // conforming, DPL 0
  enter(3);
  expect_reached(jump(target, free0 | 3), free0 | 3);
  descriptor(free1, 0x0000FFFF, 0x00CFFE00);  // conforming, DPL 3: not from CPL 0
  enter(0);
  expect_fault(jump(target, free1), GP, free1);
}

TEST_F(FarTransfer, CallPushesCsAndEip) {
  expect_reached(call(target, code0), code0);
  EXPECT_EQ(dword(stack_top - 4), code0);
  EXPECT_EQ(dword(stack_top - 8), program + 7);
}

TEST_F(FarTransfer, SixteenBitCallPushesWords) {
  // 66 9A: offset 16 bits; the target lies below 64 KB.
  place(0x5000, {0xCD, 0x40});
  const Entered e = run_program({0x66, 0x9A, 0x00, 0x50, code0, 0});
  EXPECT_EQ(e.eip, 0x5002u);
  EXPECT_EQ(word(stack_top - 2), code0);
  EXPECT_EQ(word(stack_top - 4), (program + 6) & 0xFFFF);
  EXPECT_EQ(e.esp, stack_top - 4);
}

TEST_F(FarTransfer, CallGateWithinTheLevelIgnoresTheOffset) {
  call_gate(free0, code0, target, 0x8C00);
  expect_reached(call(0xDEADBEEF, free0), code0);
  EXPECT_EQ(dword(stack_top - 8), program + 7);
}

TEST_F(FarTransfer, SixteenBitCallGatePushesWordsAndCutsTheOffset) {
  place(0x5000, {0xCD, 0x40});
  call_gate(free0, code0, 0x77775000, 0x8400);
  const Entered e = call(0, free0);
  EXPECT_EQ(e.eip, 0x5002u);
  EXPECT_EQ(e.esp, stack_top - 4);
  EXPECT_EQ(word(stack_top - 4), (program + 7) & 0xFFFF);
}

TEST_F(FarTransfer, CallGateToAnInnerLevelCopiesParameters) {  // [386 §6.3.4.1]
  call_gate(free0, code0, target, 0xEC03);
  enter(3);
  reg(ESP) = user_stack_top - 12;
  for (u32 i = 0; i < 3; ++i) set_dword(user_stack_top - 12 + 4 * i, 0x1000 + i);
  expect_reached(call(0, free0 | 3), code0);
  const u32 frame[] = {program + 7, code3, 0x1000, 0x1001, 0x1002, user_stack_top - 12, data3};
  for (u32 i = 0; i < 7; ++i) EXPECT_EQ(dword(inner_stack_top - 28 + 4 * i), frame[i]) << i;
  EXPECT_EQ(s.segment[SS].selector, data0);
}

TEST_F(FarTransfer, TheInnerStackIsCheckedBeforeTheOffset) {  // [386 §17.2.2 CALL]
  descriptor(free1, 0x00000FFF, 0x0040BA00);  // code of level 1, limit FFF
  call_gate(free0, free1, 0x5000, 0xEC00);
  set_word(task_state + 0x10, 0);  // SS1
  enter(3);
  Entered e = run_program({0x9A, 0, 0, 0, 0, free0 | 3, 0});
  EXPECT_EQ(e.vector, TS);
  EXPECT_EQ(e.error, 0u);
  set_word(task_state + 0x10, data1);
  set_dword(task_state + 0x0C, user_stack_top);
  set_dword(user_stack_top - 4, 0x12345678);
  enter(3);
  e = run_program({0x9A, 0, 0, 0, 0, free0 | 3, 0});
  EXPECT_EQ(e.vector, GP);
  EXPECT_EQ(e.error, 0u);
  EXPECT_EQ(dword(user_stack_top - 4), 0x12345678u);
}

TEST_F(FarTransfer, SixteenBitCallGateToAnInnerLevelCopiesWords) {
  place(0x5000, {0xCD, 0x40});
  call_gate(free0, code0, 0x5000, 0xE402);
  enter(3);
  reg(ESP) = user_stack_top - 4;
  set_dword(user_stack_top - 4, 0x22221111);
  call(0, free0 | 3);
  const u16 frame[] = {static_cast<u16>(program + 7),        code3, 0x1111, 0x2222,
                       static_cast<u16>(user_stack_top - 4), data3};
  for (u32 i = 0; i < 6; ++i) EXPECT_EQ(word(inner_stack_top - 12 + 2 * i), frame[i]) << i;
}

TEST_F(FarTransfer, CallGateChecksItsOwnDplAndPresence) {
  call_gate(free0, code0, target, 0x8C00);  // DPL 0
  enter(3);
  expect_fault(call(0, free0 | 3), GP, free0);
  enter(0);
  expect_fault(call(0, free0 | 3), GP, free0);  // RPL 3
  call_gate(free0, code0, target, 0x6C00);
  expect_fault(call(0, free0), NP, free0);
}

TEST_F(FarTransfer, CallGateChecksTheSegmentBehindIt) {
  call_gate(free0, 0, target, 0xEC00);
  expect_fault(call(0, free0), GP, 0);
  call_gate(free0, data0, target, 0xEC00);
  expect_fault(call(0, free0), GP, data0);
  call_gate(free0, code3, target, 0xEC00);  // never outward
  expect_fault(call(0, free0), GP, code3 & 0xFFFC);
  descriptor(free1, 0x0000FFFF, 0x00CF1A00);
  call_gate(free0, free1, target, 0xEC00);
  expect_fault(call(0, free0), NP, free1);
}

TEST_F(FarTransfer, JumpThroughAGateStaysAtItsLevel) {  // [386 §6.3.4]
  call_gate(free0, code0, target, 0xEC00);
  expect_reached(jump(0, free0), code0);
  enter(3);
  expect_fault(jump(0, free0 | 3), GP, code0);
}

// The stack of the inner level comes from the TSS. [386 §6.3.4.1] [386 §17.2.2 CALL]

struct InnerStack : FarTransfer {
  InnerStack() {
    call_gate(free0, code0, target, 0xEC00);
    enter(3);
  }
  /// The CALL faults; its handler's own stack is then made good again by the test.
  void expect_stack_error(unsigned vector, u32 error) {
    gate(vector, code3, handler(vector), 0xEE00);  // at CPL 3, where no inner stack is needed
    const Entered e = call(0, free0 | 3);          // (its HLT is a #GP that ends in shutdown)
    (void)e;
    EXPECT_EQ(dword(user_stack_top - 16), error);
    EXPECT_EQ(dword(user_stack_top - 12), program);
    EXPECT_EQ(dword(user_stack_top - 8), code3);
  }
};

TEST_F(InnerStack, NullSelectorIsTs) {
  set_dword(task_state + 8, 0);
  expect_stack_error(TS, 0);
}
TEST_F(InnerStack, SelectorOutsideTheTableIsTs) {
  set_dword(task_state + 8, 0x0FF8);
  expect_stack_error(TS, 0x0FF8);
}
TEST_F(InnerStack, WrongRplIsTs) {
  set_dword(task_state + 8, data0 | 3);
  expect_stack_error(TS, data0);
}
TEST_F(InnerStack, WrongDplIsTs) {
  descriptor(free1, 0x0000FFFF, 0x00CFF200);
  set_dword(task_state + 8, free1);
  expect_stack_error(TS, free1);
}
TEST_F(InnerStack, ReadOnlyIsTs) {
  descriptor(free1, 0x0000FFFF, 0x00CF9000);
  set_dword(task_state + 8, free1);
  expect_stack_error(TS, free1);
}
TEST_F(InnerStack, CodeIsTs) {
  set_dword(task_state + 8, code0);
  expect_stack_error(TS, code0);
}
TEST_F(InnerStack, NotPresentIsSs) {
  descriptor(free1, 0x0000FFFF, 0x00CF1200);
  set_dword(task_state + 8, free1);
  expect_stack_error(SSF, free1);
}
TEST_F(InnerStack, TooSmallIsSsWithItsSelector) {  // [386 §9.8.12]
  descriptor(free1, 0x0000000F, 0x00409200);       // 16 bytes, as the frame needs
  set_dword(task_state + 8, free1);
  set_dword(task_state + 4, 12);  // of which the top leaves 12
  expect_stack_error(SSF, free1);
}
TEST_F(InnerStack, OutsideTheTssIsTsWithTheTss) {
  s.tr.limit = 8;  // SS0 ends at byte 9
  expect_stack_error(TS, tss);
}

// Returns. [386 §6.3.4.2]

struct FarReturn : FarTransfer {
  /// RETF to `cs`:target with `ss`:esp behind, from CPL 0.
  Entered retf(u16 cs, u16 ss, u32 esp = user_stack_top, u16 release = 0) {
    const u32 top = stack_top - 0x40;
    reg(ESP) = top;
    set_dword(top, target);
    set_dword(top + 4, cs);
    set_dword(top + 8 + release, esp);
    set_dword(top + 12 + release, ss);
    if (release == 0) return run_program({0xCB});
    return run_program({0xCA, static_cast<u8>(release), 0});
  }
};

TEST_F(FarReturn, WithinTheLevelReleasesParameters) {
  const Entered e = retf(code0, 0, 0, 12);
  expect_reached(e, code0);
  EXPECT_EQ(e.esp, stack_top - 0x40 + 8 + 12);
}

TEST_F(FarReturn, ToAnOuterLevelTakesSsAndEsp) {
  const Entered e = retf(code3, data3, user_stack_top - 0x20, 8);
  expect_reached(e, code3);
  EXPECT_EQ(e.ss, data3);
  EXPECT_EQ(e.esp, user_stack_top - 0x20 + 8);  // released there too
}

TEST_F(FarReturn, ToAnOuterLevelClearsWhatItMayNotUse) {  // [386 §6.3.4.2]
  load(DS, data0);
  load(ES, data3);
  load(FS, code0);
  descriptor(free0, 0x0000FFFF, 0x00CF9E00);  // conforming code stays
  load(GS, free0);
  expect_reached(retf(code3, data3), code3);
  EXPECT_EQ(s.segment[DS].selector, 0);
  EXPECT_FALSE(s.segment[DS].usable());
  EXPECT_EQ(s.segment[ES].selector, data3);
  EXPECT_EQ(s.segment[FS].selector, 0);
  EXPECT_EQ(s.segment[GS].selector, free0);
}

TEST_F(FarReturn, IntoASixteenBitStackSetsSpAlone) {
  descriptor(free0, 0x0000FFFF, 0x0000F200);  // 16-bit stack, DPL 3
  place(target, {0x89, 0xE3, 0xCD, 0x40});    // mov ebx, esp
  reg(ESP) = stack_top;
  retf(code3, free0 | 3, 0x5555AAAA);
  EXPECT_EQ(reg(EBX), ((stack_top - 0x40) & 0xFFFF0000) | 0xAAAA);
}

TEST_F(FarReturn, ChecksTheReturnSelector) {
  expect_fault(retf(0, data3), GP, 0);
  expect_fault(retf(data0, data3), GP, data0);
  expect_fault(retf(code0 | 3, data3), GP, code0);  // DPL 0, RPL 3
  descriptor(free0, 0x0000FFFF, 0x00CF7A00);
  expect_fault(retf(free0 | 3, data3), NP, free0);
  enter(3);
  reg(ESP) = user_stack_top - 8;
  set_dword(user_stack_top - 8, target);
  set_dword(user_stack_top - 4, code0);
  expect_fault(run_program({0xCB}), GP, code0);  // never inward
}

TEST_F(FarReturn, ChecksTheOuterStack) {
  expect_fault(retf(code3, 0), GP, 0);
  expect_fault(retf(code3, data0), GP, data0);
  expect_fault(retf(code3, data0 | 3), GP, data0);
  descriptor(free0, 0x0000FFFF, 0x00CF7200);
  expect_fault(retf(code3, free0 | 3), SSF, free0);
  EXPECT_EQ(reg(ESP), stack_top - 0x40 - 16);  // ESP is that of before, less the handler's frame
}

TEST_F(FarReturn, IretToAnOuterLevelTakesFlagsByTheOldLevel) {
  const u32 top = stack_top - 0x40;
  reg(ESP) = top;
  const u32 frame[] = {target, code3, 0x3202, user_stack_top, data3};  // IOPL 3, IF
  for (u32 i = 0; i < 5; ++i) set_dword(top + 4 * i, frame[i]);
  const Entered e = run_program({0xCF});
  expect_reached(e, code3);
  EXPECT_EQ(e.eflags, 0x3202u);
  EXPECT_EQ(e.esp, user_stack_top);
}

TEST_F(FarReturn, IretAtLevel3ChangesNeitherIoplNorIf) {  // [386 §17.2.2 IRET]
  enter(3);
  const u32 top = user_stack_top - 12;
  reg(ESP) = top;
  const u32 frame[] = {target, code3, 0x3ED7};
  for (u32 i = 0; i < 3; ++i) set_dword(top + 4 * i, frame[i]);
  s.flags.set(2);
  const Entered e = run_program({0xCF});
  EXPECT_EQ(e.vector, 0x40u);
  EXPECT_EQ(e.eflags, 0x0CD7u);
}

}  // namespace
}  // namespace faultline::test
