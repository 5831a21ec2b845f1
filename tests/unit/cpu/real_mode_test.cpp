// Real mode: reset, the vector table, 64 KB segments and what outlives them. [386 §10, §14]
#include "tests/unit/cpu/test_machine.hpp"

namespace faultline::test {
namespace {

/// Code at 0:600, stack at 0:8000, handlers of vectors 0-3F at 0:1000 + 16n, each a HLT.
struct RealMachine : TestMachine {
  explicit RealMachine(std::string_view model = "i486sx") : TestMachine(model) {
    for (unsigned number = 0; number < 6; ++number) {
      s.segment[number].selector = 0;
      s.segment[number].base = 0;
    }
    for (u32 vector = 0; vector < 64; ++vector) {
      set_dword(4 * vector, 0x1000 + 16 * vector);
      set_byte(0x1000 + 16 * vector, 0xF4);
    }
    s.general[ESP] = 0x8000;
    s.eip = 0x600;
  }
  /// Runs to a HLT; the vector whose handler has halted, or -1.
  int run_program(const std::vector<u8>& bytes) {
    place(0x600, bytes);
    s.eip = 0x600;
    run();
    const u32 at = s.eip - 1;
    return s.halted && at >= 0x1000 && at < 0x1400 ? static_cast<int>(at - 0x1000) / 16 : -1;
  }
  u16 pushed_ip() { return word(s.general[ESP]); }
};

TEST(Reset, OfTheI386) {  // [386 §10.1]
  TestMachine m("i386dx");
  EXPECT_EQ(m.s.eip, 0xFFF0u);
  EXPECT_EQ(m.s.segment[CS].selector, 0xF000);
  EXPECT_EQ(m.s.segment[CS].base, 0xFFFF0000u);
  EXPECT_EQ(m.flags(), 0x00000002u);
  EXPECT_EQ(m.cr0(), 0u);
  EXPECT_EQ(m.s.idtr.base, 0u);
  EXPECT_EQ(m.s.idtr.limit, 0x3FF);
  EXPECT_EQ(m.reg(EAX), 0u);              // the self-test passed
  EXPECT_EQ(m.reg(EDX) >> 8 & 0xFF, 3u);  // DH: 80386
}

TEST(Reset, OfTheI486) {  // [486 §10.1]
  TestMachine m("i486sx");
  EXPECT_EQ(m.cr0(), 0x60000010u);
  EXPECT_EQ(m.reg(EDX) >> 8 & 0xFF, 4u);
  EXPECT_EQ(m.flags(), 0x00000002u);
}

TEST(Reset, FirstInstructionIsSixteenBytesBelowTheTop) {
  TestMachine m;
  std::vector<u8> rom(0x10000, 0x90);
  rom[0xFFF0] = 0xF4;
  m.memory.map_rom({0xFFFF0000}, rom);
  EXPECT_EQ(m.run(), Stop::Halted);
  EXPECT_EQ(m.s.eip, 0xFFF1u);
}

TEST(RealMode, InterruptsGoThroughTheVectorTable) {  // [386 §14.5]
  RealMachine m;
  m.s.flags.set(0x0202 | 1);  // IF, CF
  EXPECT_EQ(m.run_program({0xCD, 0x21}), 0x21);
  EXPECT_EQ(m.reg(ESP), 0x7FFAu);
  EXPECT_EQ(m.pushed_ip(), 0x602);
  EXPECT_EQ(m.word(0x7FFC), 0);
  EXPECT_EQ(m.word(0x7FFE), 0x0203);
  EXPECT_EQ(m.flags() & 0x300, 0u);  // IF and TF are clear
}

TEST(RealMode, AVectorBeyondTheLimitIsInterrupt8) {  // [386 §14.3]
  for (const char* model : {"i386dx", "i486dx"}) {
    RealMachine m(model);
    m.s.idtr.limit = 4 * 0x21 + 2;
    EXPECT_EQ(m.run_program({0x90, 0xCD, 0x21}), 8) << model;
    EXPECT_EQ(m.pushed_ip(), 0x601);  // of INT 21
    EXPECT_EQ(m.reg(ESP), 0x7FFAu);   // no error code in real mode
    m.s.halted = false;
    m.reg(ESP) = 0x8000;
    m.s.idtr.limit = 4 * 8 + 2;  // nor is there an entry 8
    m.place(0x600, {0xCD, 0x21});
    m.s.eip = 0x600;
    EXPECT_EQ(m.run(), Stop::Shutdown) << model;
    EXPECT_EQ(m.reg(ESP), 0x8000u);
  }
}

TEST(RealMode, IretTakesBackIpCsAndFlags) {
  RealMachine m;
  m.set_dword(0x8000, 0x00200010);  // IP 10, CS 20
  m.set_word(0x8004, 0x0ED7);
  m.place(0x210, {0xF4});
  m.run_program({0xCF});
  EXPECT_EQ(m.s.eip, 0x11u);
  EXPECT_EQ(m.s.segment[CS].base, 0x200u);
  EXPECT_EQ(m.flags() & 0xFFFF, 0x0ED7u);
  EXPECT_EQ(m.reg(ESP), 0x8006u);
}

TEST(RealMode, WordAtFFFFIsOutsideTheSegment) {  // [386 §14.6]
  RealMachine m;
  EXPECT_EQ(m.run_program({0xA1, 0xFF, 0xFF}), 13);  // mov ax, [ffff]
  EXPECT_EQ(m.pushed_ip(), 0x600);
  EXPECT_EQ(m.reg(ESP), 0x7FFAu);  // no error code in real mode
}

TEST(RealMode, ByteAtFFFFIsInsideTheSegment) {
  RealMachine m;
  m.set_byte(0xFFFF, 0x5A);
  m.run_program({0xA0, 0xFF, 0xFF, 0xF4});
  EXPECT_EQ(m.reg(EAX) & 0xFF, 0x5Au);
}

TEST(RealMode, StackWordAtFFFFIsAStackFault) {  // [386 §14.6]
  RealMachine m;
  m.reg(EBP) = 0xFFFF;
  EXPECT_EQ(m.run_program({0x8B, 0x46, 0x00}), 12);  // mov ax, [bp+0]
}

TEST(RealMode, InstructionsDoNotWrapAtTheEndOfTheSegment) {
  RealMachine m;
  m.place(0xFFFF, {0xB8, 0x34, 0x12});  // mov ax, 1234: two bytes lie past FFFF
  m.s.eip = 0xFFFF;
  m.run();
  EXPECT_EQ(m.s.eip, 0x1000u + 13 * 16 + 1);
  EXPECT_EQ(m.pushed_ip(), 0xFFFF);
}

TEST(RealMode, StackPointerWrapsInSixteenBits) {
  RealMachine m;
  m.reg(ESP) = 0xABCD0000;
  m.reg(EAX) = 0x1234;
  m.run_program({0x50, 0xF4});  // push ax
  EXPECT_EQ(m.reg(ESP), 0xABCDFFFEu);
  EXPECT_EQ(m.word(0xFFFE), 0x1234);
}

TEST(RealMode, WideEnterTakesItsFrameFromTheWholeOfEsp) {  // [test386], as Bochs does too
  RealMachine m;
  m.reg(ESP) = 0xABCD8000;
  m.reg(EBP) = 0x12345678;
  m.run_program({0x66, 0xC8, 0x10, 0x00, 0x01, 0xF4});  // enter 16, 1
  EXPECT_EQ(m.reg(EBP), 0xABCD7FFCu);
  EXPECT_EQ(m.dword(0x7FFC), 0x12345678u);
  EXPECT_EQ(m.dword(0x7FF8), 0xABCD7FFCu);
  EXPECT_EQ(m.reg(ESP), 0xABCD7FE8u);
}

TEST(RealMode, WidePopaOfThe386TakesTheUpperHalfOfEsp) {  // [test386]
  for (const auto& [model, esp] : {std::pair{"i386dx", 0xDEAD8020u}, {"i486dx", 0xABCD8020u}}) {
    RealMachine m(model);
    m.reg(ESP) = 0xABCD8000;
    m.set_dword(0x800C, 0xDEADBEEF);
    m.run_program({0x66, 0x61, 0xF4});  // popad
    EXPECT_EQ(m.reg(ESP), esp) << model;
    m.reg(ESP) = 0xABCD8000;
    m.s.halted = false;
    m.run_program({0x61, 0xF4});  // popa
    EXPECT_EQ(m.reg(ESP), 0xABCD8010u) << model;
  }
}

TEST(RealMode, SegmentLoadSetsSelectorAndBase) {  // [386 §14.1]
  RealMachine m;
  m.reg(EAX) = 0x1234;
  m.run_program({0x8E, 0xD8, 0xF4});  // mov ds, ax
  EXPECT_EQ(m.s.segment[DS].selector, 0x1234);
  EXPECT_EQ(m.s.segment[DS].base, 0x12340u);
  EXPECT_EQ(m.s.segment[DS].limit, 0xFFFFu);
}

TEST(RealMode, LimitOfProtectedModeStays) {  // [386 §14.1]: loads do not touch the limit
  RealMachine m;
  // Descriptor 8 of a GDT at 3000: base 0, limit FFFFF pages, data.
  m.set_dword(0x3008, 0x0000FFFF);
  m.set_dword(0x300C, 0x00CF9200);
  m.s.gdtr = {0x3000, 0x0F};
  m.set_dword(0x200000, 0xCAFEF00D);
  m.run_program({0x0F, 0x20, 0xC0,                    // mov eax, cr0
                 0x0C, 0x01,                          // or al, 1
                 0x0F, 0x22, 0xC0,                    // mov cr0, eax
                 0xBB, 0x08, 0x00,                    // mov bx, 8
                 0x8E, 0xDB,                          // mov ds, bx
                 0x24, 0xFE,                          // and al, fe
                 0x0F, 0x22, 0xC0,                    // mov cr0, eax
                 0x31, 0xDB, 0x8E, 0xDB,              // xor bx, bx; mov ds, bx
                 0x66, 0xBE, 0x00, 0x00, 0x20, 0x00,  // mov esi, 200000
                 0x67, 0x66, 0x8B, 0x06, 0xF4});      // mov eax, [esi]; hlt
  EXPECT_EQ(m.reg(EAX), 0xCAFEF00Du);
  EXPECT_EQ(m.s.segment[DS].selector, 0);
}

TEST(RealMode, FarCallAndReturn) {
  RealMachine m;
  m.place(0x2345, {0xCB});                              // retf
  m.run_program({0x9A, 0x45, 0x03, 0x00, 0x02, 0xF4});  // call 0200:0345
  EXPECT_EQ(m.s.eip, 0x606u);
  EXPECT_EQ(m.reg(ESP), 0x8000u);
  EXPECT_EQ(m.dword(0x7FFC), 0x00000605u);
}

TEST(RealMode, PrivilegeDoesNotExist) {
  RealMachine m;
  EXPECT_EQ(m.run_program({0xFA, 0x0F, 0x06, 0xF4}), -1);  // cli; clts; hlt
  EXPECT_EQ(m.s.eip, 0x604u);
}

TEST(RealMode, UndefinedOpcodePushesItsOwnAddress) {
  RealMachine m;
  EXPECT_EQ(m.run_program({0x90, 0x0F, 0x0B}), 6);
  EXPECT_EQ(m.pushed_ip(), 0x601);
}

TEST(RealMode, NewInstructionsOfTheI486AreUndefinedOnTheI386) {
  RealMachine m("i386dx");
  EXPECT_EQ(m.run_program({0x66, 0x0F, 0xC8}), 6);  // bswap eax
}

TEST(RealMode, AStackTooSmallForTheHandlerShutsDown) {  // [386 §9.8.8]
  RealMachine m;
  m.reg(ESP) = 1;
  m.place(0x600, {0xCD, 0x21});
  EXPECT_EQ(m.run(), Stop::Shutdown);
}

TEST(RealMode, ExceptionsOfDivision) {
  RealMachine m;
  m.reg(EAX) = 0x1234;
  EXPECT_EQ(m.run_program({0x30, 0xDB, 0xF6, 0xF3}), 0);  // xor bl, bl; div bl
  EXPECT_EQ(m.pushed_ip(), 0x602);                        // a fault: the DIV itself
  EXPECT_EQ(m.reg(EAX), 0x1234u);
}

}  // namespace
}  // namespace faultline::test
