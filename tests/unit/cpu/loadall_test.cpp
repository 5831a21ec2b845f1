// LOADALL of the 386: every field of the image, in literal offsets, lands in its register.
// [LOADALL]
#include "tests/unit/cpu/protected_machine.hpp"

namespace faultline::test {
namespace {

constexpr u32 image = 0x18000;

/// An image of flat segments at CPL 0 that goes on at `eip`.
void fill_image(ProtectedMachine& m, u32 eip) {
  for (u32 i = 0; i < 0xCC; i += 4) m.set_dword(image + i, 0);
  m.set_dword(image + 0x00, 0x00000001);  // CR0: PE
  m.set_dword(image + 0x04, 0x00000883);  // SF, CF, OF
  m.set_dword(image + 0x08, eip);
  for (u32 i = 0; i < 8; ++i) m.set_dword(image + 0x0C + 4 * i, 0x11111111 * (i + 1));
  m.set_dword(image + 0x18, stack_top);  // ESP
  m.set_dword(image + 0x2C, 0xFFFF0FF1);
  m.set_dword(image + 0x30, 0x00000400);
  m.set_dword(image + 0x34, tss);
  m.set_dword(image + 0x38, 0x48);
  const u16 selectors[6] = {0x101, 0x202, 0x303, data0, code0, 0x404};  // GS FS DS SS CS ES
  for (u32 i = 0; i < 6; ++i) m.set_dword(image + 0x3C + 4 * i, selectors[i]);
  auto cache = [&](u32 at, u32 attributes, u32 base, u32 limit) {
    m.set_dword(image + at, attributes);
    m.set_dword(image + at + 4, base);
    m.set_dword(image + at + 8, limit);
  };
  cache(0x54, 0x00008B00, task_state, 0x0FFF);
  cache(0x60, 0, idt, 0x7FF);
  cache(0x6C, 0, gdt, 0xFF);
  cache(0x78, 0x00008200, 0x5000, 0x77);
  cache(0x84, 0x00409300, 0x1000, 0x1FFF);  // GS
  cache(0x90, 0x00409300, 0x2000, 0x2FFF);  // FS
  cache(0x9C, 0x00409300, 0x3000, 0x3FFF);  // DS
  cache(0xA8, 0x00409300, 0, 0xFFFFFFFF);   // SS
  cache(0xB4, 0x00409B00, 0, 0xFFFFFFFF);   // CS
  cache(0xC0, 0x00409300, 0x4000, 0x4FFF);  // ES
}

TEST(LoadAll, LoadsEveryRegister) {
  ProtectedMachine m("i386dx");
  m.set_byte(0x19000, 0xF4);  // HLT
  fill_image(m, 0x19000);
  m.s.general[EDI] = image;
  m.run_program({0x0F, 0x07});
  EXPECT_TRUE(m.s.halted);
  EXPECT_EQ(m.s.eip, 0x19001u);
  EXPECT_EQ(m.s.flags.value() & 0xFFF, 0x883u);
  EXPECT_EQ(m.s.general[EDI], 0x11111111u);
  EXPECT_EQ(m.s.general[ESI], 0x22222222u);
  EXPECT_EQ(m.s.general[EBP], 0x33333333u);
  EXPECT_EQ(m.s.general[ESP], stack_top);
  EXPECT_EQ(m.s.general[EBX], 0x55555555u);
  EXPECT_EQ(m.s.general[EDX], 0x66666666u);
  EXPECT_EQ(m.s.general[ECX], 0x77777777u);
  EXPECT_EQ(m.s.general[EAX], 0x88888888u);
  EXPECT_EQ(m.s.debug[6], 0xFFFF0FF1u);
  EXPECT_EQ(m.s.debug[7], 0x400u);
  EXPECT_EQ(m.s.tr.selector, tss);
  EXPECT_EQ(m.s.tr.base, task_state);
  EXPECT_EQ(m.s.ldtr.selector, 0x48u);
  EXPECT_EQ(m.s.ldtr.base, 0x5000u);
  EXPECT_EQ(m.s.ldtr.limit, 0x77u);
  EXPECT_EQ(m.s.idtr.base, idt);
  EXPECT_EQ(m.s.gdtr.limit, 0xFFu);
  const u32 bases[6] = {0x4000, 0, 0, 0x3000, 0x2000, 0x1000};  // ES CS SS DS FS GS
  const u16 selectors[6] = {0x404, code0, data0, 0x303, 0x202, 0x101};
  for (unsigned i = 0; i < 6; ++i) {
    EXPECT_EQ(m.s.segment[i].base, bases[i]) << i;
    EXPECT_EQ(m.s.segment[i].selector, selectors[i]) << i;
  }
}

TEST(LoadAll, HiddenPartsHoldWhateverTheSelectorsSay) {
  ProtectedMachine m("i386dx");
  m.place(0x19000, {0xA1, 0xFC, 0x3F, 0x00, 0x00, 0xF4});  // mov eax,[3FFCh]: linear 6FFC
  m.set_dword(0x6FFC, 0xFEEDF00D);
  fill_image(m, 0x19000);
  m.s.general[EDI] = image;
  m.run_program({0x0F, 0x07});
  EXPECT_EQ(m.s.general[EAX], 0xFEEDF00Du);
}

TEST(LoadAll, MayEnterVirtual8086Mode) {
  ProtectedMachine m("i386dx");
  m.set_byte(0x19000, 0xF4);
  fill_image(m, 0);
  m.set_dword(image + 0x04, 0x00020002);
  for (u32 i = 0; i < 6; ++i) {
    m.set_dword(image + 0x84 + 12 * i, 0x0000F300);
    m.set_dword(image + 0x84 + 12 * i + 4, 0x19000);
    m.set_dword(image + 0x84 + 12 * i + 8, 0xFFFF);
  }
  m.s.general[EDI] = image;
  const Entered e = m.run_program({0x0F, 0x07});
  EXPECT_EQ(e.vector, GP);  // HLT at privilege 3
  EXPECT_EQ(e.eip, 0u);
  EXPECT_NE(e.eflags & 0x20000, 0u);
}

TEST(LoadAll, IsOfPrivilegeZeroAndOfThe386) {
  ProtectedMachine user("i386dx");
  user.enter(3);
  EXPECT_EQ(user.run_program({0x0F, 0x07}).vector, GP);
  EXPECT_EQ(ProtectedMachine("i486dx").run_program({0x0F, 0x07}).vector, UD);
}

TEST(LoadAll, AFaultInTheImageLeavesEverything) {
  ProtectedMachine m("i386dx");
  m.enable_paging();
  m.s.general[EDI] = 0x80000 - 0x40;
  m.page_bits(0x80000, 0);
  const State before = m.s;
  const Entered e = m.run_program({0x0F, 0x07});
  EXPECT_EQ(e.vector, PF);
  EXPECT_EQ(e.eip, program);
  for (unsigned i : {EAX, ECX, EDX, EBX, EBP, ESI, EDI})
    EXPECT_EQ(m.s.general[i], before.general[i]) << i;
}

}  // namespace
}  // namespace faultline::test
