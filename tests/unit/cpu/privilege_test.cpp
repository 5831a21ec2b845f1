// Privileged instructions, IOPL and the I/O permission bit map. [386 §6.3.5, §8.3]
#include "tests/unit/cpu/protected_machine.hpp"

namespace faultline::test {
namespace {

constexpr u32 IF = 0x200, IOPL3 = 0x3000;

struct PrivilegeRules : testing::Test, ProtectedMachine {};

TEST_F(PrivilegeRules, PrivilegedInstructionsNeedLevelZero) {  // [386 §6.3.5]
  const std::vector<std::vector<u8>> privileged = {
      {0xF4},                             // hlt
      {0x0F, 0x06},                       // clts
      {0x0F, 0x20, 0xC0},                 // mov eax, cr0
      {0x0F, 0x22, 0xD8},                 // mov cr3, eax
      {0x0F, 0x21, 0xC0},                 // mov eax, dr0
      {0x0F, 0x23, 0xC0},                 // mov dr0, eax
      {0x0F, 0x01, 0x15, 0, 0xC0, 0, 0},  // lgdt [c000]
      {0x0F, 0x01, 0x1D, 0, 0xC0, 0, 0},  // lidt [c000]
      {0x0F, 0x00, 0xD0},                 // lldt ax
      {0x0F, 0x00, 0xD8},                 // ltr ax
      {0x0F, 0x01, 0xF0},                 // lmsw ax
      {0x0F, 0x01, 0x3D, 0, 0xC0, 0, 0},  // invlpg [c000]
      {0x0F, 0x08},                       // invd
      {0x0F, 0x09},                       // wbinvd
  };
  for (unsigned cpl : {1u, 3u}) {
    for (const auto& bytes : privileged) {
      enter(cpl);
      s.flags.set(IOPL3 | 2);  // IOPL has nothing to do with it
      const Entered e = run_program(bytes);
      EXPECT_EQ(e.vector, GP) << testing::PrintToString(bytes);
      EXPECT_EQ(e.error, 0u);
      EXPECT_EQ(e.eip, program);
    }
  }
}

TEST_F(PrivilegeRules, StoringSystemRegistersIsOpenToAll) {
  enter(3);
  s.gdtr.base = gdt;
  const Entered e = run_program({0x0F, 0x01, 0x05, 0, 0xC0, 0, 0,  // sgdt [c000]
                                 0x0F, 0x00, 0xC8,                 // str ax
                                 0x0F, 0x01, 0xE3,                 // smsw ebx
                                 0xCD, 0x40});
  EXPECT_EQ(e.vector, 0x40u);
  EXPECT_EQ(word(data), 0xFF);
  EXPECT_EQ(dword(data + 2), gdt);
  EXPECT_EQ(reg(EAX) & 0xFFFF, tss);
  EXPECT_EQ(reg(EBX) & 1, 1u);
}

TEST_F(PrivilegeRules, CliAndStiNeedIopl) {  // [386 §8.3.1]
  for (u8 opcode : {0xFA, 0xFB}) {
    enter(3);
    s.flags.set(0x2002);  // IOPL 2
    EXPECT_EQ(run_program({opcode}).vector, GP);
    enter(3);
    s.flags.set(IOPL3 | 2);
    EXPECT_EQ(run_program({opcode, 0xCD, 0x40}).vector, 0x40u);
  }
}

/// EFLAGS after POPFD of all ones at `cpl` with `flags` before.
u32 after_popf(ProtectedMachine& m, unsigned cpl, u32 flags) {
  m.enter(cpl);
  m.reg(ESP) -= 4;
  m.set_dword(m.reg(ESP), 0xFFFFFEFF);  // all but TF
  m.s.flags.set(flags);
  return m.run_program({0x9D, 0xCD, 0x40}).eflags;
}

TEST_F(PrivilegeRules, PopfMasksSilently) {        // [386 §17.2.2 POPF]
  constexpr u32 AC = 0x40000, user_bits = 0x4CD7;  // NT OF DF SF ZF AF PF CF and bit 1
  EXPECT_EQ(after_popf(*this, 0, 2), AC | user_bits | IOPL3 | IF);
  EXPECT_EQ(after_popf(*this, 3, 2), AC | user_bits);
  EXPECT_EQ(after_popf(*this, 3, IF | 2), AC | user_bits | IF);
  EXPECT_EQ(after_popf(*this, 3, IOPL3 | 2), AC | user_bits | IOPL3 | IF);
  EXPECT_EQ(after_popf(*this, 1, 0x1002), AC | user_bits | 0x1000 | IF);
}

TEST_F(PrivilegeRules, TheI386HasNoAlignmentCheckFlag) {
  ProtectedMachine old("i386dx");
  EXPECT_EQ(after_popf(old, 0, 2) & 0x40000, 0u);
}

// Ports. [386 §8.3.2]

struct PortPermission : PrivilegeRules {
  PortPermission() {
    set_word(task_state + 0x66, 0x68);
    for (u32 i = 0; i < 0x400; ++i) set_byte(task_state + 0x68 + i, 0xFF);
    bus.inputs[0x3F8] = 0x44332211;
    enter(3);
    s.flags.set(2);
  }
  void permit(u16 port) {
    const u32 at = task_state + 0x68 + port / 8;
    set_byte(at, byte(at) & static_cast<u8>(~(1 << port % 8)));
  }
  Entered in(u8 opcode, u16 port) {
    enter(3);
    reg(EDX) = port;
    return run_program({opcode, 0xCD, 0x40});
  }
};

TEST_F(PortPermission, IoplOpensAllPorts) {
  s.flags.set(IOPL3 | 2);
  EXPECT_EQ(in(0xED, 0x3F8).vector, 0x40u);
  EXPECT_EQ(reg(EAX), 0x44332211u);
}

TEST_F(PortPermission, BitsOpenSinglePorts) {
  EXPECT_EQ(in(0xEC, 0x3F8).vector, GP);
  EXPECT_EQ(bus.reads, 0u);
  permit(0x3F8);
  EXPECT_EQ(in(0xEC, 0x3F8).vector, 0x40u);
}

TEST_F(PortPermission, EveryByteOfAWidePortMustBeOpen) {
  for (u16 port : {0x3F8, 0x3F9, 0x3FA}) permit(port);
  EXPECT_EQ(in(0xED, 0x3F8).vector, GP);
  permit(0x3FB);
  EXPECT_EQ(in(0xED, 0x3F8).vector, 0x40u);
}

TEST_F(PortPermission, AWidePortCrossesBytesOfTheMap) {
  for (u16 port : {0x3FE, 0x3FF, 0x400}) permit(port);
  EXPECT_EQ(in(0xED, 0x3FE).vector, GP);
  permit(0x401);
  EXPECT_EQ(in(0xED, 0x3FE).vector, 0x40u);
}

TEST_F(PortPermission, BeyondTheTssNothingIsOpen) {
  s.tr.limit = 0x68 + 0x3F8 / 8;  // the byte itself, but not the next, which is read too
  permit(0x3F8);
  EXPECT_EQ(in(0xEC, 0x3F8).vector, GP);
  s.tr.limit += 1;
  EXPECT_EQ(in(0xEC, 0x3F8).vector, 0x40u);
}

TEST_F(PortPermission, OutAndStringInstructionsAskToo) {
  reg(EDX) = 0x80;
  EXPECT_EQ(run_program({0xEE}).vector, GP);
  enter(3);
  EXPECT_EQ(run_program({0xE6, 0x80}).vector, GP);
  enter(3);
  reg(EDI) = reg(ESI) = data;
  reg(ECX) = 1;
  EXPECT_EQ(run_program({0xF3, 0x6C}).vector, GP);
  enter(3);
  EXPECT_EQ(run_program({0xF3, 0x6E}).vector, GP);
  EXPECT_TRUE(bus.writes.empty());
}

TEST_F(PrivilegeRules, OutReachesTheBusWithItsWidth) {
  reg(EAX) = 0x12345678;
  reg(EDX) = 0x1234;
  run_program({0xEE, 0x66, 0xEF, 0xEF, 0xE6, 0x80, 0xCD, 0x40});
  EXPECT_EQ(bus.writes,
            (std::vector<TestBus::Write>{
                {0x1234, 1, 0x78}, {0x1234, 2, 0x5678}, {0x1234, 4, 0x12345678}, {0x80, 1, 0x78}}));
}

// Control registers. [386 §4.1.3] [486 §4.1.3]

TEST_F(PrivilegeRules, PagingWithoutProtectionIsRefused) {  // [386 §17.2.2 MOV CR0]
  reg(EAX) = 0x80000000;
  const Entered e = run_program({0x0F, 0x22, 0xC0});
  EXPECT_EQ(e.vector, GP);
  EXPECT_EQ(e.error, 0u);
  EXPECT_EQ(cr0() & 0x80000001, 1u);
}

TEST_F(PrivilegeRules, LmswSetsProtectionAndNeverClearsIt) {
  reg(EAX) = 0x000E;
  run_program({0x0F, 0x01, 0xF0, 0xCD, 0x40});
  EXPECT_EQ(cr0() & 15, 15u);
}

TEST_F(PrivilegeRules, WriteProtectExistsOnTheI486Alone) {
  for (const char* model : {"i386dx", "i486sx"}) {
    ProtectedMachine m(model);
    m.reg(EAX) = 0x00010001;
    m.run_program({0x0F, 0x22, 0xC0, 0xCD, 0x40});
    EXPECT_EQ(m.cr0() >> 16 & 1, model == std::string_view("i486sx") ? 1u : 0u) << model;
  }
}

TEST_F(PrivilegeRules, TaskSwitchedStopsWaitAndEscapes) {  // [386 §11.1.1]
  cr0() = 1 | 8;                                           // TS without MP
  EXPECT_EQ(run_program({0x9B, 0xCD, 0x40}).vector, 0x40u);
  cr0() = 1 | 8 | 2;
  EXPECT_EQ(run_program({0x9B}).vector, NM);
  cr0() = 1 | 4;  // EM
  EXPECT_EQ(run_program({0xD9, 0xE8}).vector, NM);
  EXPECT_EQ(run_program({0x0F, 0x06, 0xCD, 0x40}).vector, 0x40u);  // clts
}

TEST_F(PrivilegeRules, LtrMarksTheTssBusy) {  // [386 §7.3]
  descriptor(free0, 0x30000067, 0x00008900);
  reg(EAX) = free0;
  EXPECT_EQ(run_program({0x0F, 0x00, 0xD8, 0xCD, 0x40}).vector, 0x40u);
  EXPECT_EQ(byte(gdt + free0 + 5), 0x8B);
  const Entered e = run_program({0x0F, 0x00, 0xD8});  // busy now
  EXPECT_EQ(e.vector, GP);
  EXPECT_EQ(e.error, free0);
}

}  // namespace
}  // namespace faultline::test
