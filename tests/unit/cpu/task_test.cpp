// Tasks and virtual-8086 mode. [386 §7, §15]
#include "tests/unit/cpu/protected_machine.hpp"

namespace faultline::test {
namespace {

constexpr u32 other_task = 0x5000;  // a second 32-bit TSS
constexpr u32 other_program = 0x15000;

struct Tasks : testing::Test, ProtectedMachine {
  Tasks() {
    descriptor(free0, 0x50000067, 0x00008900);  // available 32-bit TSS of 104 bytes at 5000
    const u32 image[26] = {0,
                           0,
                           0,
                           0,
                           0,
                           0,
                           0,
                           /* cr3 */ 0,
                           /* eip, eflags */ other_program,
                           0x0202,
                           /* eax.. */ 0xA0,
                           0xA1,
                           0xA2,
                           0xA3,
                           0x8800,
                           0xA5,
                           0xA6,
                           0xA7,
                           /* es cs ss ds fs gs */ data0,
                           code0,
                           data0,
                           data0,
                           data0,
                           data0,
                           /* ldt, t and map */ 0,
                           0x20000000};
    for (u32 i = 0; i < 26; ++i) set_dword(other_task + 4 * i, image[i]);
    set_word(other_task + 0x66, 0x2000);
    place(other_program, {0xCD, 0x40});
  }
  std::vector<u8> far(u8 opcode, u16 selector) {
    return {opcode, 0, 0, 0, 0, static_cast<u8>(selector), static_cast<u8>(selector >> 8)};
  }
};

TEST_F(Tasks, JumpSavesTheOldTaskAndLoadsTheNew) {  // [386 §7.5]
  reg(EAX) = 0x1111;
  s.flags.set(0x46);
  const Entered e = run_program(far(0xEA, free0));
  EXPECT_EQ(e.vector, 0x40u);
  EXPECT_EQ(e.eip, other_program + 2);
  EXPECT_EQ(e.eflags, 0x202u);
  EXPECT_EQ(reg(EAX), 0xA0u);
  EXPECT_EQ(reg(EDI), 0xA7u);
  EXPECT_EQ(e.esp, 0x8800u);
  EXPECT_EQ(dword(task_state + 0x20), program + 7);
  EXPECT_EQ(dword(task_state + 0x24), 0x46u);
  EXPECT_EQ(dword(task_state + 0x28), 0x1111u);
  EXPECT_EQ(word(task_state + 0x4C), code0);
  EXPECT_EQ(byte(gdt + free0 + 5), 0x8B);  // busy
  EXPECT_EQ(byte(gdt + tss + 5), 0x89);    // available
  EXPECT_EQ(cr0() & 8, 8u);                // TS
  EXPECT_EQ(s.tr.selector, free0);
}

TEST_F(Tasks, CallLinksBackAndIretReturns) {  // [386 §7.6]
  place(other_program, {0xCF});
  const Entered e = run_program([&] {
    auto bytes = far(0x9A, free0);
    bytes.insert(bytes.end(), {0xCD, 0x40});
    return bytes;
  }());
  EXPECT_EQ(e.vector, 0x40u);
  EXPECT_EQ(e.eip, program + 9);
  EXPECT_EQ(word(other_task), tss);      // the link
  EXPECT_EQ(byte(gdt + tss + 5), 0x8B);  // stayed busy
  EXPECT_EQ(byte(gdt + free0 + 5), 0x89);
  EXPECT_EQ(e.eflags & 0x4000, 0u);
  EXPECT_EQ(s.tr.selector, tss);
}

TEST_F(Tasks, NestedTaskFlagIsSetInTheCalledTask) {
  const Entered e = run_program(far(0x9A, free0));
  EXPECT_EQ(e.eflags & 0x4000, 0x4000u);
}

TEST_F(Tasks, ABusyTaskIsRefused) {
  descriptor(free0, 0x50000067, 0x00008B00);
  const Entered e = run_program(far(0x9A, free0));
  EXPECT_EQ(e.vector, GP);
  EXPECT_EQ(e.error, free0);
  EXPECT_EQ(e.eip, program);
}

TEST_F(Tasks, ATssTooSmallIsTs) {
  descriptor(free0, 0x50000066, 0x00008900);
  const Entered e = run_program(far(0x9A, free0));
  EXPECT_EQ(e.vector, TS);
  EXPECT_EQ(e.error, free0);
}

TEST_F(Tasks, AnAbsentTssIsNp) {
  descriptor(free0, 0x50000067, 0x00000900);
  EXPECT_EQ(run_program(far(0x9A, free0)).vector, NP);
}

TEST_F(Tasks, ABadSegmentFaultsInTheNewTask) {  // [386 §7.5]
  set_dword(other_task + 0x54, 0x0FF8);         // DS
  const Entered e = run_program(far(0xEA, free0));
  EXPECT_EQ(e.vector, TS);
  EXPECT_EQ(e.error, 0x0FF8u);
  EXPECT_EQ(e.eip, other_program);
  EXPECT_EQ(s.tr.selector, free0);
}

TEST_F(Tasks, ATaskGateTakesAnInterruptWithItsErrorCode) {  // [386 §9.6.2]
  set_dword(idt + 8 * GP, u32{free0} << 16);
  set_dword(idt + 8 * GP + 4, 0x8500);
  place(other_program, {0x58, 0xCD, 0x40});  // pop eax: the error code
  reg(EBX) = 0x0FF8;
  const Entered e = run_program({0x8E, 0xDB});
  EXPECT_EQ(e.vector, 0x40u);
  EXPECT_EQ(reg(EAX), 0x0FF8u);
  EXPECT_EQ(dword(task_state + 0x20), program);
}

// Virtual-8086 mode. [386 §15]

struct Virtual8086 : testing::Test, ProtectedMachine {
  static constexpr u32 VM = 0x20000, IOPL3 = 0x3000;
  /// IRETD into virtual-8086 mode at 1100:0 (linear 11000) with these flags, stack 1200:100.
  Entered enter_virtual(const std::vector<u8>& bytes, u32 flags = IOPL3) {
    place(0x11000, bytes);
    const u32 frame[] = {0, 0x1100, VM | flags | 2, 0x100, 0x1200, 0x1300, 0x1400, 0x1500, 0x1600};
    reg(ESP) = stack_top - sizeof frame;
    for (u32 i = 0; i < 9; ++i) set_dword(reg(ESP) + 4 * i, frame[i]);
    place(program, {0xCF});
    s.eip = program;
    return run_on();
  }
};

TEST_F(Virtual8086, IretEntersAndAnInterruptLeaves) {         // [386 §15.3]
  const Entered e = enter_virtual({0x8C, 0xD8, 0xCD, 0x40});  // mov ax, ds
  EXPECT_EQ(reg(EAX) & 0xFFFF, 0x1400u);
  EXPECT_EQ(e.vector, 0x40u);
  EXPECT_EQ(reg(ESP), inner_stack_top - 36);
  const u32 frame[] = {4, 0x1100, VM | IOPL3 | 2, 0x100, 0x1200, 0x1300, 0x1400, 0x1500, 0x1600};
  for (u32 i = 0; i < 9; ++i) EXPECT_EQ(dword(inner_stack_top - 36 + 4 * i), frame[i]) << i;
  for (unsigned number : {ES, DS, FS, GS}) EXPECT_EQ(s.segment[number].selector, 0);
  EXPECT_EQ(flags() & VM, 0u);
}

TEST_F(Virtual8086, SegmentsAreParagraphs) {
  set_word(0x13450, 0xBEEF);
  enter_virtual({0xB8, 0x45, 0x13, 0x8E, 0xD8, 0x8B, 0x1E, 0x00, 0x00, 0xCD, 0x40});
  EXPECT_EQ(reg(EBX) & 0xFFFF, 0xBEEFu);
}

TEST_F(Virtual8086, SensitiveInstructionsNeedIopl3) {  // [386 §15.3.2.1]
  for (const auto& bytes :
       std::vector<std::vector<u8>>{{0xFA}, {0xFB}, {0x9C}, {0x9D}, {0xCD, 0x40}, {0xCF}}) {
    const Entered e = enter_virtual(bytes, 0);
    EXPECT_EQ(e.vector, GP) << testing::PrintToString(bytes);
    EXPECT_EQ(e.eip, 0u);
  }
}

TEST_F(Virtual8086, PrivilegedInstructionsFault) {
  EXPECT_EQ(enter_virtual({0xF4}).vector, GP);
  EXPECT_EQ(enter_virtual({0x0F, 0x20, 0xC0}).vector, GP);
}

TEST_F(Virtual8086, ProtectedModeInstructionsAreUndefined) {
  EXPECT_EQ(enter_virtual({0x0F, 0x00, 0xC0}).vector, UD);  // sldt ax
  EXPECT_EQ(enter_virtual({0x63, 0xC0}).vector, UD);        // arpl
}

TEST_F(Virtual8086, PortsAskTheMapWhateverIopl) {  // [386 §15.3.2.2]
  EXPECT_EQ(enter_virtual({0xE4, 0x60}).vector, GP);
}

TEST_F(Virtual8086, PagesSeeAUser) {
  enable_paging();
  page_bits(0x14000, 3);
  const Entered e = enter_virtual({0xA1, 0x00, 0x00});
  EXPECT_EQ(e.vector, PF);
  EXPECT_EQ(e.error, 5u);
}

// Debug registers. [386 §12.2]

struct Breakpoints : testing::Test, ProtectedMachine {
  void set_debug(unsigned number, u32 value) {
    reg(EAX) = value;
    place(program + 0x800, {0x0F, 0x23, static_cast<u8>(0xC0 | number << 3), 0xCD, 0x40});
    s.eip = program + 0x800;
    run();
    enter(0);
    reg(EAX) = 0;
  }
};

TEST_F(Breakpoints, OfInstructionsFaultBeforeThem) {
  set_debug(0, program + 1);
  set_debug(7, 0x00000002);  // G0, execution
  const Entered e = run_program({0x40, 0x40, 0x40});
  EXPECT_EQ(e.vector, DB);
  EXPECT_EQ(e.eip, program + 1);
  EXPECT_EQ(reg(EAX), 1u);
  EXPECT_EQ(e.eflags & 0x10000, 0x10000u);  // RF, so that IRET passes the breakpoint
  EXPECT_EQ(s.debug[6] & 0xF, 1u);
}

TEST_F(Breakpoints, IretWithRfPassesTheBreakpointOnce) {
  set_debug(0, program + 1);
  set_debug(7, 0x00000002);
  place(handler(DB), {0x43, 0xCF});  // inc ebx; iretd
  reg(EBX) = 0;
  EXPECT_EQ(run_program({0x40, 0x40, 0x40, 0xCD, 0x40}).vector, 0x40u);
  EXPECT_EQ(reg(EAX), 3u);
  EXPECT_EQ(reg(EBX), 1u);
}

TEST_F(Breakpoints, OfDataTrapAfterTheAccess) {
  set_debug(1, data);
  set_debug(7, 0x00D00008);                                     // G1, writes of four bytes
  const Entered e = run_program({0xA1, 0x00, 0xC0, 0x00, 0x00,  // a read does not count
                                 0xA2, 0x02, 0xC0, 0x00, 0x00, 0x40});
  EXPECT_EQ(e.vector, DB);
  EXPECT_EQ(e.eip, program + 10);
  EXPECT_EQ(s.debug[6] & 0xF, 2u);
}

}  // namespace
}  // namespace faultline::test
