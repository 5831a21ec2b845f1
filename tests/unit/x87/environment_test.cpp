// The images of FNSTENV and FNSAVE, literally, in their four layouts. [387 §2.2.5]
#include "cpu/x87/environment.hpp"

#include "tests/unit/cpu/protected_machine.hpp"

namespace faultline::test {
namespace {

constexpr u32 image_at = 0xC100;
constexpr x87::Extended one{0x8000000000000000, 0x3FFF};

std::vector<u32> words(TestMachine& m, u32 at, bool wide) {
  std::vector<u32> all;
  for (u32 i = 0; i < 7; ++i) all.push_back(wide ? m.dword(at + 4 * i) : m.word(at + 2 * i));
  return all;
}

/// FLD1; FST QWORD PTR [C000h]; `last` with [C100h]; HLT, in a flat protected-mode segment.
void run_protected(ProtectedMachine& m, std::vector<u8> last) {
  std::vector<u8> bytes = {0xD9, 0xE8, 0xDD, 0x15, 0x00, 0xC0, 0x00, 0x00};
  for (u8 b : {0x00, 0xC1, 0x00, 0x00, 0xF4}) last.push_back(b);
  bytes.insert(bytes.end(), last.begin(), last.end());
  m.place(program, bytes);
  EXPECT_EQ(m.run(), Stop::Halted);
}

TEST(X87Environment, Protected32) {
  ProtectedMachine m("i486dx");
  run_protected(m, {0xD9, 0x35});
  // TOP 7, register 7 valid, the rest empty; FST at 8:10002, opcode 515, operand at 10:C000.
  EXPECT_EQ(words(m, image_at, true),
            (std::vector<u32>{0xFFFF037F, 0xFFFF3800, 0xFFFF3FFF, 0x00010002, 0x05150008,
                              0x0000C000, 0xFFFF0010}));
}

TEST(X87Environment, Protected16) {
  ProtectedMachine m("i486dx");
  run_protected(m, {0x66, 0xD9, 0x35});
  EXPECT_EQ(words(m, image_at, false),
            (std::vector<u32>{0x037F, 0x3800, 0x3FFF, 0x0002, 0x0008, 0xC000, 0x0010}));
}

/// The same in real mode at 1000:0234, data at 2000:0010, the image at 2000:0100.
void run_real(TestMachine& m, std::vector<u8> last) {
  std::vector<u8> bytes = {0xD9, 0xE8, 0xDD, 0x16, 0x10, 0x00};
  for (u8 b : {0x00, 0x01, 0xF4}) last.push_back(b);
  bytes.insert(bytes.end(), last.begin(), last.end());
  m.place(0x10234, bytes);
  m.s.segment[CS].selector = 0x1000;
  m.s.segment[CS].base = 0x10000;
  m.s.segment[DS].selector = 0x2000;
  m.s.segment[DS].base = 0x20000;
  m.s.eip = 0x234;
  EXPECT_EQ(m.run(), Stop::Halted);
}

TEST(X87Environment, Real16) {
  TestMachine m("i486dx");
  run_real(m, {0xD9, 0x36});
  // Addresses 10236 and 20010, their top bits beside the opcode 516.
  EXPECT_EQ(words(m, 0x20100, false),
            (std::vector<u32>{0x037F, 0x3800, 0x3FFF, 0x0236, 0x1516, 0x0010, 0x2000}));
}

TEST(X87Environment, Real32) {
  TestMachine m("i486dx");
  run_real(m, {0x66, 0xD9, 0x36});
  EXPECT_EQ(words(m, 0x20100, true),
            (std::vector<u32>{0xFFFF037F, 0xFFFF3800, 0xFFFF3FFF, 0xFFFF0236, 0x00001516,
                              0xFFFF0010, 0x00002000}));
}

TEST(X87Environment, ControlInstructionsLeaveThePointersAlone) {
  ProtectedMachine m("i486dx");
  run_protected(m, {0xD9, 0xE8, 0xD9, 0x3D});  // FLD1; FNSTCW
  EXPECT_EQ(m.s.x87.instruction_offset, 0x10008u);
  EXPECT_EQ(m.s.x87.opcode, 0x1E8u);
  EXPECT_EQ(m.s.x87.operand_offset, 0xC000u);  // FLD1 has no operand: the last one stays
}

TEST(X87Environment, StoringItMasksEveryException) {  // [387 §4 FSTENV]
  ProtectedMachine m("i486dx");
  m.s.x87.control.value = 0x0340;
  run_protected(m, {0xD9, 0x35});
  EXPECT_EQ(m.word(image_at), 0x0340);
  EXPECT_EQ(m.s.x87.control.value, 0x037F);
}

TEST(X87Environment, SaveHasTheRegistersInStackOrderAndInitializes) {
  ProtectedMachine m("i486dx");
  for (unsigned i = 0; i < 8; ++i) m.s.x87.registers[i] = {0x8000000000000000 + i, 0x4000};
  m.s.x87.control.value = 0x027F;
  run_protected(m, {0xDD, 0x35});
  EXPECT_EQ(m.dword(image_at), 0xFFFF027Fu);
  EXPECT_EQ(m.word(image_at + 28 + 8), 0x3FFFu);  // ST(0), the one that FLD1 pushed
  for (u32 i = 1; i < 8; ++i) {                   // ST(i) is register i - 1 now
    EXPECT_EQ(m.byte(image_at + 28 + 10 * i), i - 1);
    EXPECT_EQ(m.word(image_at + 28 + 10 * i + 8), 0x4000u);
  }
  EXPECT_EQ(m.s.x87.control.value, 0x037F);
  EXPECT_EQ(m.s.x87.status_word(), 0);
  EXPECT_EQ(m.s.x87.occupied, 0);
}

TEST(X87Environment, SaveAndRestoreComeBackToTheSameState) {
  for (u8 prefix : {0x90, 0x66}) {  // NOP: 32-bit images; and 16-bit ones
    ProtectedMachine m("i486dx");
    m.s.x87.control.value = 0x0B40 | 0x3F;
    m.s.x87.status = 0x4100 | 0x21;
    m.s.x87.top = 3;
    m.s.x87.occupied = 0x5A;
    for (unsigned i = 0; i < 8; ++i)
      m.s.x87.registers[i] = {0x8000000000000000 + 0x1111 * i, static_cast<u16>(0x3FF0 + i)};
    X87State before = m.s.x87;
    m.place(program, {prefix, 0xDD, 0x35, 0x00, 0xC1, 0x00, 0x00,  // FNSAVE
                      prefix, 0xDD, 0x25, 0x00, 0xC1, 0x00, 0x00,  // FRSTOR
                      0xF4});
    EXPECT_EQ(m.run(), Stop::Halted);
    EXPECT_EQ(m.s.x87, before);
  }
}

TEST(X87Environment, ALoadedPendingErrorIsReportedAtTheNextInstruction) {
  ProtectedMachine m("i486dx");
  m.cr0() |= 0x20;  // NE
  m.set_dword(image_at, 0x0340);
  m.set_dword(image_at + 4, 0x0004);  // ZE, and not masked
  m.set_dword(image_at + 8, 0xFFFF);
  m.place(program, {0xD9, 0x25, 0x00, 0xC1, 0x00, 0x00, 0x9B});  // FLDENV; WAIT
  const Entered e = m.run_on();
  EXPECT_EQ(e.vector, 16u);
  EXPECT_EQ(e.eip, program + 6);
  EXPECT_EQ(m.s.x87.status, 0x8084);
}

TEST(X87Environment, AFaultInTheMiddleOfAnImageStoresNothing) {
  ProtectedMachine m("i486dx");
  m.enable_paging();
  m.page_bits(0xE000, 0);  // not present
  m.s.x87.top = 5;
  m.set_dword(0xDFA0, 0x12345678);
  const X87State before = m.s.x87;
  const Entered e = m.run_program({0xDD, 0x35, 0xA0, 0xDF, 0x00, 0x00});  // FNSAVE [DFA0h]
  EXPECT_EQ(e.vector, 14u);
  EXPECT_EQ(m.cr2(), 0xE000u);
  EXPECT_EQ(m.dword(0xDFA0), 0x12345678u);
  EXPECT_EQ(m.s.x87, before);
}

TEST(X87Environment, TagsAreWorkedOutFromTheRegisters) {  // [387 §2.2.4]
  X87State s;
  s.occupied = 0x7F;
  s.registers[0] = one;
  s.registers[1] = {0, 0x8000};                   // -0
  s.registers[2] = {1, 0};                        // denormal
  s.registers[3] = {0x8000000000000000, 0x7FFF};  // infinity
  s.registers[4] = {0xC000000000000000, 0xFFFF};  // NaN
  s.registers[5] = {0x4000000000000000, 0x4000};  // unnormal
  s.registers[6] = one;
  EXPECT_EQ(x87::tag_word(s), 0b11'00'10'10'10'10'01'00);
}

}  // namespace
}  // namespace faultline::test
