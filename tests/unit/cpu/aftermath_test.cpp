// Errata of two instructions in a row: POPAD and LSL, with --errata and without.
#include "tests/unit/cpu/flawed_machine.hpp"

namespace faultline::test {
namespace {

constexpr u32 eax = 0x12345678;

// POPAD, then a base and an index.

u32 eax_after_popad(const std::vector<u8>& next, const char* model = d1, bool errata = true) {
  Flawed m(model, errata);
  m.reg(EAX) = eax;
  m.reg(EDX) = data;
  m.reg(EDI) = 0x20;
  std::vector<u8> bytes = {0x60, 0x61};
  bytes.insert(bytes.end(), next.begin(), next.end());
  m.go(bytes);
  return m.reg(EAX);
}

TEST(Popad, LosesEaxToTheIndexOfTheNextAddress) {
  const std::vector<u8> based_and_indexed = {0x8B, 0x0C, 0x3A};  // mov ecx,[edx+edi]
  for (const char* model : {b1, c0, "i386dx-d0", d1, "i386dx+387"}) {
    EXPECT_EQ(eax_after_popad(based_and_indexed, model), 0x20u) << model;
    EXPECT_EQ(eax_after_popad(based_and_indexed, model, false), eax) << model;
  }
  EXPECT_EQ(eax_after_popad(based_and_indexed, "i386sx"), eax);
  EXPECT_EQ(eax_after_popad({0x8D, 0x0C, 0x3A}), 0x20u);        // lea computes an address, too
  EXPECT_EQ(eax_after_popad({0x8B, 0x4C, 0xFA, 0x04}), 0x20u);  // [edx+edi*8+4]
}

TEST(Popad, KeepsEaxBeforeAnyOtherAddress) {
  EXPECT_EQ(eax_after_popad({0x90, 0x8B, 0x0C, 0x3A}), eax);        // NOP is the way out
  EXPECT_EQ(eax_after_popad({0x8B, 0x0A}), eax);                    // [edx]
  EXPECT_EQ(eax_after_popad({0x8B, 0x0C, 0x3D, 0, 0, 0, 0}), eax);  // [edi*1]
  EXPECT_EQ(eax_after_popad({0x25, 0xFF, 0xFF, 0xFF, 0x7F}), eax);  // and eax,imm
  EXPECT_EQ(eax_after_popad({0x8D, 0x0C, 0x02}), eax);              // lea ecx,[edx+eax]
  EXPECT_EQ(eax_after_popad({0x67, 0x8B, 0x08}), eax);              // [bx+si]
  EXPECT_EQ(eax_after_popad({0x66, 0x60, 0x66, 0x61, 0x8B, 0x0C, 0x3A}), eax);  // POPA
}

TEST(Popad, TheAddressUsesWhatBecameOfEax) {
  EXPECT_EQ(eax_after_popad({0x8D, 0x04, 0x38}), 0x40u);  // lea eax,[eax+edi]
}

TEST(Popad, IsSafeWhenAnInterruptComesBetween) {
  for (const bool interrupted : {false, true}) {
    Flawed m(d1);
    m.reg(EAX) = eax;
    m.reg(EDX) = data;
    m.s.flags.set(0x202);
    m.place(m.handler(0x20), {0x8D, 0x0C, 0x3A, 0xCF});  // lea ecx,[edx+edi]; iretd
    m.place(program, {0x60, 0x61, 0x8B, 0x0C, 0x3A, 0xF4});
    m.step(2);  // and the engine has returned in between
    EXPECT_EQ(m.s.eip, program + 2);
    m.context.lines.intr = interrupted;
    m.run();
    EXPECT_EQ(m.reg(EAX), interrupted ? eax : 0u);
  }
}

TEST(Popad, IsSafeWhenTheNextInstructionIsNotThere) {
  Flawed m(d1);
  m.enable_paging();
  m.page_bits(program + page_size, 0);
  m.reg(EAX) = eax;
  m.reg(EDX) = data;
  m.place(program + page_size - 2, {0x60, 0x61, 0x8B, 0x0C, 0x3A, 0xF4});
  m.s.eip = program + page_size - 2;
  EXPECT_EQ(m.run_on().vector, PF);
  EXPECT_EQ(m.s.aftermath.errata, 0u);
  EXPECT_EQ(m.reg(EAX), eax);
}

// LSL, then the stack.

u32 pushed_after_lsl(const std::vector<u8>& next, u16 selector = data0, const char* model = b1,
                     bool errata = true) {
  Flawed m(model, errata);
  m.reg(EBX) = selector;
  m.reg(EDI) = data;
  m.set_dword(data, program + 0x80);
  m.set_dword(stack_top, program + 0x80);
  m.set_byte(program + 0x80, 0xF4);
  std::vector<u8> bytes = {0x0F, 0x03, 0xC3};  // lsl eax,ebx
  bytes.insert(bytes.end(), next.begin(), next.end());
  bytes.push_back(0xF4);
  EXPECT_EQ(m.run_program(bytes).vector, ~0u);
  EXPECT_TRUE(m.s.halted);
  return stack_top - m.reg(ESP);
}

TEST(Lsl, MakesTheNextStackOperationKeepTheStackPointer) {
  EXPECT_EQ(pushed_after_lsl({0x51}), 0u);  // push ecx
  EXPECT_EQ(pushed_after_lsl({0x51}, data0, b1, false), 4u);
  EXPECT_EQ(pushed_after_lsl({0x51}, data0, c0), 4u);
  EXPECT_EQ(pushed_after_lsl({0x60}), 0u);           // pushad
  EXPECT_EQ(pushed_after_lsl({0xC8, 8, 0, 0}), 0u);  // enter 8,0
  EXPECT_EQ(pushed_after_lsl({0xC3}), 0u);           // ret
  EXPECT_EQ(pushed_after_lsl({0xC3}, data0, b1, false), 0u - 4u);
  EXPECT_EQ(pushed_after_lsl({0xE8, 0, 0, 0, 0}), 0u);  // call
}

TEST(Lsl, SparesTheOthers) {
  EXPECT_EQ(pushed_after_lsl({0x51}, 0), 4u);  // it failed: a null selector
  EXPECT_EQ(pushed_after_lsl({0x90, 0x51}), 4u);
  EXPECT_EQ(pushed_after_lsl({0x51, 0x51}), 4u);  // the second is safe
  EXPECT_EQ(pushed_after_lsl({0xFF, 0x17}), 4u);  // call [edi]
  EXPECT_EQ(pushed_after_lsl({0xFF, 0x37}), 0u);  // but push [edi]
}

TEST(Lsl, ThePushItselfIsMade) {
  Flawed m;
  m.reg(EBX) = data0;
  m.reg(ECX) = 0xC0FFEE;
  m.go({0x0F, 0x03, 0xC3, 0x51});
  EXPECT_EQ(m.dword(stack_top - 4), 0xC0FFEEu);
}

}  // namespace
}  // namespace faultline::test
