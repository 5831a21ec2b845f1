// Page faults as programs meet them: error codes, privilege, fetches. [386 §5.2, §6.4, §9.8.14]
#include "tests/unit/cpu/protected_machine.hpp"

namespace faultline::test {
namespace {

constexpr u32 page = 0x3E000;
// The entry of frame 100000 with all rights: 00100007, or 00010007 of the Alpha variant.
constexpr u8 low_entry = raw_entry(0x100000, 7) & 0xFF, high_entry = raw_entry(0x100000, 7) >> 16;

struct PageProtection : testing::Test, ProtectedMachine {
  PageProtection() { enable_paging(); }
  /// Reads (8B) or writes (89) the dword at `page` at CPL 0 or 3; the error code, or -1.
  int access(u8 opcode, unsigned cpl) {
    enter(cpl);
    reg(EBX) = page;
    const Entered e = run_program({opcode, 0x03, 0xCD, 0x40});
    return e.vector == PF ? static_cast<int>(e.error) : -1;
  }
};

TEST_F(PageProtection, ErrorCodesTellPresenceWriteAndUser) {  // [386 §9.8.14]
  page_bits(page, 0);
  EXPECT_EQ(access(0x8B, 0), 0);
  EXPECT_EQ(access(0x89, 0), 2);
  EXPECT_EQ(access(0x8B, 3), 4);
  EXPECT_EQ(access(0x89, 3), 6);
  page_bits(page, 1);  // supervisor, read-only
  EXPECT_EQ(access(0x8B, 3), 5);
  EXPECT_EQ(access(0x89, 3), 7);
  page_bits(page, 5);  // user, read-only
  EXPECT_EQ(access(0x8B, 3), -1);
  EXPECT_EQ(access(0x89, 3), 7);
}

TEST_F(PageProtection, Cr2HoldsTheLinearAddress) {
  page_bits(page, 0);
  descriptor(free0, 0xE000FFFF, 0x00CF9203);  // base 3E000
  load(DS, free0);
  reg(EBX) = 0x123;
  EXPECT_EQ(run_program({0x8B, 0x03}).vector, PF);
  EXPECT_EQ(cr2(), 0x3E123u);
}

TEST_F(PageProtection, SupervisorWritesReadOnlyPagesUnlessWp) {  // [386 §6.4.1] [486 §6.4.3]
  if (!i386_paging) GTEST_SKIP() << "the Alpha variant obeys Dirty always, and sets nothing";
  page_bits(page, 5);
  EXPECT_EQ(access(0x89, 0), -1);
  cr0() |= 1u << 16;
  page_bits(page, 5);
  EXPECT_EQ(access(0x89, 0), 3);
}

TEST_F(PageProtection, TheI386HasNoWp) {
  if (!i386_paging) GTEST_SKIP() << "the Alpha variant obeys Dirty always, and sets nothing";
  ProtectedMachine m("i386dx");
  m.enable_paging();
  m.page_bits(page, 5);
  m.reg(EAX) = 0x80010001;
  m.reg(EBX) = page;
  const Entered e =
      m.run_program({0x0F, 0x22, 0xC0, 0x89, 0x03, 0xCD, 0x40});  // mov cr0, eax; mov [ebx], eax
  EXPECT_EQ(e.vector, 0x40u);
}

TEST_F(PageProtection, DescriptorTablesAreReadAsSupervisor) {  // [386 §6.4.3]
  page_bits(gdt, 3);
  enter(3);
  reg(EBX) = gdt;
  Entered e = run_program({0x8B, 0x03});  // the program may not look
  EXPECT_EQ(e.vector, PF);
  EXPECT_EQ(e.error, 5u);
  enter(3);
  reg(EAX) = data3;
  e = run_program({0x8E, 0xD8, 0xCD, 0x40});  // but MOV DS does
  EXPECT_EQ(e.vector, 0x40u);
}

TEST_F(PageProtection, InnerStackAndTssAreAccessedAsSupervisor) {  // [386 §6.4.3]
  page_bits(inner_stack_top - 1, 3);
  page_bits(task_state, 3);
  page_bits(idt, 3);
  enter(3);
  const Entered e = run_program({0xCD, 0x40});
  EXPECT_EQ(e.vector, 0x40u);
  EXPECT_EQ(e.ss, data3);
}

TEST_F(PageProtection, FetchesObeyThePrivilege) {
  page_bits(program, 3);
  enter(3);
  const Entered e = run_on();
  EXPECT_EQ(e.vector, PF);
  EXPECT_EQ(e.error, 5u);
  EXPECT_EQ(cr2(), program);
}

TEST_F(PageProtection, CodeAtTheEndOfAPageNeedsNoNextPage) {
  page_bits(page, 0);
  place(page - 3, {0x40, 0xCD, 0x40});
  s.eip = page - 3;
  EXPECT_EQ(run_on().vector, 0x40u);
}

TEST_F(PageProtection, AnInstructionOverThePageEndFaultsWithTheNextPage) {
  page_bits(page, 0);
  place(page - 3, {0x40, 0xB8, 0x11});  // inc eax; mov eax, imm32 of which one byte is here
  s.eip = page - 3;
  const Entered e = run_on();
  EXPECT_EQ(e.vector, PF);
  EXPECT_EQ(e.error, 0u);
  EXPECT_EQ(cr2(), page);
  EXPECT_EQ(e.eip, page - 2);
  EXPECT_EQ(reg(EAX), 1u);  // what came before is done
}

TEST_F(PageProtection, AJumpAtThePageEndDoesNotTouchTheNextPage) {
  page_bits(page, 0);
  place(page - 2, {0xEB, 0x80});  // jmp back
  place(page - 0x80, {0xCD, 0x40});
  s.eip = page - 2;
  EXPECT_EQ(run_on().vector, 0x40u);
}

TEST_F(PageProtection, OverThePageEndBytesComeFromTheNextFrame) {
  map(page, 0x100000, 7);  // not the frame that follows in memory
  place(page - 2, {0xB8, 0x11});
  place(0x100000, {0x22, 0x33, 0x44, 0xCD, 0x40});
  s.eip = page - 2;
  EXPECT_EQ(run_on().vector, 0x40u);
  EXPECT_EQ(reg(EAX), 0x44332211u);
}

TEST_F(PageProtection, StaleEntriesServeUntilTheFlush) {  // [386 §5.2.5]
  set_dword(page, 1);
  set_dword(0x100000, 2);
  reg(EBX) = page;
  reg(EDX) = entry_at(page);
  const Entered e =
      run_program({0x8B, 0x0B,                                     // mov ecx, [ebx]
                   0xC7, 0x02, low_entry, 0x00, high_entry, 0x00,  // mov [edx], the new entry
                   0x8B, 0x33,                                     // mov esi, [ebx]
                   0x0F, 0x20, 0xD8,      0x0F, 0x22,       0xD8,  // reload cr3
                   0x8B, 0x3B, 0xCD,      0x40});                  // mov edi, [ebx]
  EXPECT_EQ(e.vector, 0x40u);
  EXPECT_EQ(reg(ESI), 1u);
  EXPECT_EQ(reg(EDI), 2u);
}

TEST_F(PageProtection, InvlpgForgetsOnePage) {  // [486 §26 INVLPG]
  set_dword(page, 1);
  set_dword(0x100000, 2);
  reg(EBX) = page;
  reg(EDX) = entry_at(page);
  run_program({0x8B, 0x0B, 0xC7, 0x02, low_entry, 0x00, high_entry, 0x00, 0x0F, 0x01, 0x3B, 0x8B,
               0x3B, 0xCD, 0x40});
  EXPECT_EQ(reg(EDI), 2u);
}

TEST_F(PageProtection, AccessedAndDirtyAreSet) {  // [386 §5.2.4.3]
  if (!i386_paging) GTEST_SKIP() << "the Alpha variant obeys Dirty always, and sets nothing";
  reg(EBX) = page;
  run_program({0x8B, 0x03, 0xCD, 0x40});
  EXPECT_EQ(page_of(page) & 0x60, 0x20u);
  enter(0);
  run_program({0x89, 0x03, 0xCD, 0x40});
  EXPECT_EQ(page_of(page) & 0x60, 0x60u);
}

TEST_F(PageProtection, ThePageFaultHandlerReturnsToTheFault) {
  page_bits(page, 0);
  set_dword(page, 0xCAFE);
  reg(EBX) = page;
  // The handler makes the page present and drops the error code.
  place(handler(PF),
        {0x83, 0x0D, static_cast<u8>(entry_at(page)), static_cast<u8>((entry_at(page)) >> 8), 0x02,
         0x00, 0x07, 0x83, 0xC4, 0x04, 0xCF});  // or dword [pte], 7; add esp, 4; iretd
  EXPECT_EQ(run_program({0x8B, 0x0B, 0xCD, 0x40}).vector, 0x40u);
  EXPECT_EQ(reg(ECX), 0xCAFEu);
}

}  // namespace
}  // namespace faultline::test
