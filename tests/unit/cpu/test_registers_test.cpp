// TR6 and TR7 over the modelled TLB, TR3 to TR5 over the 486's cache, in the manual's own bits.
// [386 §10.6] [486 §10.3, §10.4]
#include "tests/unit/cpu/protected_machine.hpp"

namespace faultline::test {
namespace {

constexpr bool has_test_registers = i386_paging;

/// MOV to and from test registers at CPL 0, through EAX.
class TestRegisters : public ProtectedMachine {
 public:
  using ProtectedMachine::ProtectedMachine;
  unsigned move_to(unsigned tr, u32 value) {
    s.general[EAX] = value;
    return run_program({0x0F, 0x26, static_cast<u8>(0xC0 | tr << 3), 0xCD, 0x40}).vector;
  }
  u32 move_from(unsigned tr) {
    run_program({0x0F, 0x24, static_cast<u8>(0xC0 | tr << 3), 0xCD, 0x40});
    return s.general[EAX];
  }
  u32 lookup(u32 tr6) {
    move_to(6, tr6 | 1);
    return move_from(7);
  }
  void write(u32 tr6, u32 tr7) {
    move_to(7, tr7);
    move_to(6, tr6);
  }
};

// Of TR6: V, and D, U, W set (10) or clear (01) or, on the 486, either (11).
constexpr u32 V = 0x800, D1 = 0x400, D0 = 0x200, U1 = 0x100, U0 = 0x080, W1 = 0x040, W0 = 0x020;
constexpr u32 any = 0x7E0, HT = 0x10;
constexpr unsigned int40 = 0x40;

class TestRegistersOf : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (!has_test_registers) GTEST_SKIP() << "TR3 to TR7 are not in the Alpha variant";
  }
};

TEST_P(TestRegistersOf, AWrittenEntryIsFoundByItsLinearAddressAndAttributes) {
  TestRegisters m(GetParam());
  m.write(0x12345000 | V | D1 | U0 | W1, 0x00ABC000 | HT | 2 << 2);
  const u32 frame_and_way = 0xFFFFF01C;
  EXPECT_EQ(m.lookup(0x12345000 | V | D1 | U0 | W1) & frame_and_way, 0x00ABC000 | HT | 2 << 2);
  EXPECT_EQ(m.lookup(0x12346000 | V | D1 | U0 | W1) & HT, 0u);
  EXPECT_EQ(m.lookup(0x92345000 | V | D1 | U0 | W1) & HT, 0u);
  for (u32 other : {V | D0 | U0 | W1, V | D1 | U1 | W1, V | D1 | U0 | W0})
    EXPECT_EQ(m.lookup(0x12345000 | other) & HT, 0u) << std::hex << other;
}

TEST_P(TestRegistersOf, TheFourWaysOfASetAreTold) {
  TestRegisters m(GetParam());
  for (u32 way = 0; way < 4; ++way)
    m.write((0x40003000 + way * 0x8000) | V | D1 | U1 | W1,
            (0x100000 + way * 0x1000) | HT | way << 2);
  for (u32 way = 0; way < 4; ++way)
    EXPECT_EQ(m.lookup((0x40003000 + way * 0x8000) | V | D1 | U1 | W1) & 0xFFFFF01C,
              (0x100000 + way * 0x1000) | HT | way << 2);
  m.write(0x50003000 | V | D1 | U1 | W1, 0x180000 | HT | 1 << 2);
  EXPECT_EQ(m.lookup(0x4000B000 | V | D1 | U1 | W1) & HT, 0u) << "way 1 was replaced";
}

TEST_P(TestRegistersOf, TheProcessorTranslatesByAWrittenEntry) {
  TestRegisters m(GetParam());
  m.enable_paging();
  m.set_dword(0x123000, 0xCAFEBABE);
  m.write(0x70000000 | V | D1 | U1 | W1, 0x123000 | HT);
  // mov ebx,[70000000h]: no page table maps it
  EXPECT_EQ(m.run_program({0x8B, 0x1D, 0x00, 0x00, 0x00, 0x70, 0xCD, 0x40}).vector, int40);
  EXPECT_EQ(m.s.general[EBX], 0xCAFEBABEu);
  m.write(0x70000000 | D1 | U1 | W1, HT);  // V clear: the entry is gone
  EXPECT_EQ(m.run_program({0x8B, 0x1D, 0x00, 0x00, 0x00, 0x70, 0xCD, 0x40}).vector, PF);
}

TEST_P(TestRegistersOf, ALookupFindsWhatTheProcessorFilled) {
  TestRegisters m(GetParam());
  m.enable_paging();
  m.run_program({0xC6, 0x05, 0x00, 0x50, 0x08, 0x00, 0x01, 0xCD, 0x40});  // mov byte [85000h],1
  EXPECT_EQ(m.lookup(0x85000 | V | D1 | U1 | W1) & 0xFFFFF010, 0x85000 | HT);
  EXPECT_EQ(m.lookup(0x85000 | V | D0 | U1 | W1) & HT, 0u);
}

TEST_P(TestRegistersOf, OnlyPrivilegeZeroMayTouchThem) {
  for (u8 opcode : {u8{0x24}, u8{0x26}}) {
    TestRegisters m(GetParam());
    m.enter(3);
    const Entered e = m.run_program({0x0F, opcode, 0xF0});
    EXPECT_EQ(e.vector, GP);
    EXPECT_EQ(e.error, 0u);
  }
}
INSTANTIATE_TEST_SUITE_P(Models, TestRegistersOf, testing::Values("i386dx", "i486dx"),
                         [](const auto& info) { return std::string(info.param); });

TEST(TestRegistersOf486, TellReplacementBitsAndMatchEitherOrNeither) {
  if (!has_test_registers) GTEST_SKIP() << "TR3 to TR7 are not in the Alpha variant";
  TestRegisters m("i486dx");
  m.write(0x40003000 | V | D1 | U1 | W1, 0x00100C00 | HT | 3 << 2);      // PCD, PWT; way 3
  EXPECT_EQ(m.lookup(0x40003000 | V | any), 0x00100C00u | HT | 3 << 2);  // B0 = B2 = 0 points away
  EXPECT_EQ(m.lookup(0x40003000 | V | (any & ~(D1 | D0))) & HT, 0u);
  m.write(0x4000B000 | V | D1 | U1 | W1, 0x00200000 | HT | 0 << 2);
  EXPECT_EQ(m.lookup(0x40003000 | V | any) & 0x380, 0x180u);  // B0 and B1 after a use of way 0
  m.write(0x40013000 | V | D1 | U1 | W1, 0x00300000);  // PL clear: the bits choose, here way 2
  EXPECT_EQ(m.lookup(0x40013000 | V | any) & 0xFFFFF01C, 0x00300000u | HT | 2 << 2);
}

TEST(TestRegisters, OthersThanTheModelsAreInvalid) {
  for (unsigned tr = 0; tr < 8; ++tr) {
    const bool on486 = has_test_registers && tr >= 3, on386 = has_test_registers && tr >= 6;
    EXPECT_EQ(TestRegisters("i386dx").move_to(tr, 0), on386 ? int40 : UD) << tr;
    EXPECT_EQ(TestRegisters("i486dx").move_to(tr, 0), on486 ? int40 : UD) << tr;
  }
}

/// TR5: set, way or word, operation.
constexpr u32 control(u32 set, u32 entry, u32 operation) {
  return set << 4 | entry << 2 | operation;
}
constexpr u32 buffer = 0, write_line = 1, read_line = 2, flush = 3;

class CacheTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_test_registers) GTEST_SKIP() << "TR3 to TR7 are not in the Alpha variant";
  }
  void fill(u32 set, u32 way, u32 tag, u32 seed) {
    for (u32 word = 0; word < 4; ++word) {
      m.move_to(5, control(0, word, buffer));
      m.move_to(3, seed + word);
    }
    m.move_to(4, tag | 0x400);
    m.move_to(5, control(set, way, write_line));
  }
  TestRegisters m{"i486dx"};
};

TEST_F(CacheTest, EveryLineReadsBackWhatWasWritten) {
  for (u32 set : {0u, 1u, 63u, 127u})
    for (u32 way = 0; way < 4; ++way)
      fill(set, way, (set << 16 | way << 12) & 0xFFFFF800, set * 0x1000 + way * 0x100);
  for (u32 set : {0u, 1u, 63u, 127u})
    for (u32 way = 0; way < 4; ++way) {
      m.move_to(5, control(set, way, read_line));
      EXPECT_EQ(m.move_from(4) & 0xFFFFFC00, ((set << 16 | way << 12) & 0xFFFFF800) | 0x400);
      EXPECT_EQ(m.move_from(4) & 0x78, 0x78u) << "all four ways valid";
      for (u32 word = 0; word < 4; ++word) {
        m.move_to(5, control(set, word, buffer));
        EXPECT_EQ(m.move_from(3), set * 0x1000 + way * 0x100 + word);
      }
    }
}

TEST_F(CacheTest, AReadTellsValidAndReplacementBits) {
  fill(5, 2, 0x12345800, 1);
  m.move_to(5, control(5, 2, read_line));
  EXPECT_EQ(m.move_from(4), 0x12345800u | 0x400 | 4u << 7 | 1u << 5);  // B2; way 2 valid
  m.move_to(5, control(5, 0, read_line));
  EXPECT_EQ(m.move_from(4) & 0x400, 0u);
}

TEST_F(CacheTest, FlushAndInvdAndWbinvdInvalidate) {
  for (const std::vector<u8>& how : {std::vector<u8>{}, {0x0F, 0x08}, {0x0F, 0x09}}) {
    fill(7, 1, 0x800, 9);
    if (how.empty()) {
      m.move_to(5, control(0, 0, flush));
    } else {
      std::vector<u8> code = how;
      code.insert(code.end(), {0xCD, 0x40});
      EXPECT_EQ(m.run_program(code).vector, int40);
    }
    m.move_to(5, control(7, 1, read_line));
    EXPECT_EQ(m.move_from(4) & 0x7F8, 0u);
  }
}

}  // namespace
}  // namespace faultline::test
