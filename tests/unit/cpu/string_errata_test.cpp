// Errata of string instructions and the one behind them, with --errata and without, and on a
// stepping that is rid of them.
#include "tests/unit/cpu/flawed_machine.hpp"

namespace faultline::test {
namespace {

constexpr u16 port = 0x300;

/// The same program on a machine with errata, without, and on `clean` with its errata.
struct Verdict {
  u32 shown, hidden, clean;
};
template <class Prepare>
Verdict verdict(const char* model, const char* clean, unsigned number, Prepare prepare,
                const std::vector<u8>& bytes) {
  u32 found[3];
  unsigned i = 0;
  for (const auto& [name, errata] : {std::pair{model, true}, {model, false}, {clean, true}}) {
    Flawed m(name, errata);
    prepare(m);
    m.go(bytes);
    found[i++] = m.reg(number);
  }
  return {found[0], found[1], found[2]};
}

// String instructions among two address sizes.

TEST(StringSize, IsThatOfTheNextInstruction) {  // [B1 §7]
  const auto at_the_edge = [](Flawed& m) {
    m.reg(EDI) = 0x1FFFF;
    m.reg(ESI) = 0x2FFFF;
    m.reg(ECX) = 1;
  };
  const auto edi = [&](const std::vector<u8>& bytes) {
    const Verdict v = verdict(b1, c0, EDI, at_the_edge, bytes);
    EXPECT_EQ(v.hidden, v.clean);
    return std::pair(v.shown, v.hidden);
  };
  const auto esi = [&](const std::vector<u8>& bytes) {
    const Verdict v = verdict(b1, c0, ESI, at_the_edge, bytes);
    EXPECT_EQ(v.hidden, v.clean);
    return std::pair(v.shown, v.hidden);
  };
  const std::pair<u32, u32> whole_for_low{0x20000, 0x10000}, low_for_whole{0x10000, 0x20000};
  EXPECT_EQ(edi({0x67, 0xA4, 0x90}), whole_for_low);  // movsb with 16-bit addresses; nop
  EXPECT_EQ(edi({0x67, 0xAA, 0x90}), whole_for_low);  // stosb
  EXPECT_EQ(edi({0x67, 0x6C, 0x90}), whole_for_low);  // insb
  EXPECT_EQ(edi({0xA4, 0x67, 0x90}), low_for_whole);  // the other way round
  EXPECT_EQ(edi({0x67, 0xA4, 0x67, 0x90}), std::pair(0x10000u, 0x10000u));
  EXPECT_EQ(edi({0xA4, 0x90}), std::pair(0x20000u, 0x20000u));
  EXPECT_EQ(esi({0x67, 0xA4, 0x90}), std::pair(0x20000u, 0x20000u));  // ESI is right
  const std::pair<u32, u32> esi_whole{0x30000, 0x20000};
  EXPECT_EQ(esi({0x67, 0xF3, 0xA4, 0x90}), esi_whole);  // of REP MOVS it is ESI that is not
  EXPECT_EQ(edi({0x67, 0xF3, 0xA4, 0x90}), std::pair(0x10000u, 0x10000u));
  EXPECT_EQ(edi({0x67, 0xF3, 0xAA, 0x90}), std::pair(0x10000u, 0x10000u));  // REP STOS is not named
}

TEST(StringSize, GoesDownwardsToo) {
  const auto down = [](Flawed& m) {
    m.reg(EDI) = 0x10000;
    m.reg(ESI) = 0x1000;
    m.s.flags.set(0x402);
  };
  const Verdict v = verdict(b1, c0, EDI, down, {0x67, 0xA4, 0x90});
  EXPECT_EQ(v.shown, 0x0FFFFu);
  EXPECT_EQ(v.hidden, 0x1FFFFu);
}

TEST(StringSize, OfAStackThatIsNotTheCodesSizeCounts) {
  const auto narrow_stack = [](Flawed& m) {
    m.reg(EDI) = 0x1FFFF;
    m.reg(ESI) = 0x1000;
    m.s.segment[SS].big = false;
  };
  EXPECT_EQ(verdict(b1, c0, EDI, narrow_stack, {0xA4, 0x51}).shown, 0x10000u);  // push ecx
  EXPECT_EQ(verdict(b1, c0, EDI, narrow_stack, {0xA4, 0x51}).hidden, 0x20000u);
  EXPECT_EQ(verdict(b1, c0, EDI, narrow_stack, {0xA4, 0x90}).shown, 0x20000u);
}

// REP INS, then memory.

TEST(RepIns, CountsOnceMoreBeforeAMemoryOperand) {  // [B1 §11]
  const auto three = [](Flawed& m) {
    m.reg(EDI) = data;
    m.reg(ECX) = 3;
    m.reg(EDX) = port;
  };
  const auto ecx = [&](const std::vector<u8>& bytes) {
    const Verdict v = verdict(b1, c0, ECX, three, bytes);
    EXPECT_EQ(v.hidden, 0u);
    EXPECT_EQ(v.clean, 0u);
    EXPECT_EQ(verdict(b1, c0, EDI, three, bytes).shown, data + 3);
    return v.shown;
  };
  EXPECT_EQ(ecx({0xF3, 0x6C, 0x50}), ~0u);                       // push eax
  EXPECT_EQ(ecx({0xF2, 0x6C, 0x8B, 0x05, 0, 0xC0, 0, 0}), ~0u);  // mov eax,[data]
  EXPECT_EQ(ecx({0xF3, 0x6C, 0xA1, 0, 0xC0, 0, 0}), ~0u);        // the short form
  EXPECT_EQ(ecx({0xF3, 0x6C, 0xAC}), ~0u);                       // lodsb
  EXPECT_EQ(ecx({0xF3, 0x6C, 0x90, 0x50}), 0u);
  EXPECT_EQ(ecx({0xF3, 0x6C, 0x8D, 0x07}), 0u);  // lea touches no memory
}

TEST(RepIns, CountsAtItsAddressSizeOrByTheOtherErratumTheNexts) {
  const auto upper = [](Flawed& m) {
    m.reg(EDI) = data;
    m.reg(ECX) = 0x50003;
    m.reg(EDX) = port;
  };
  EXPECT_EQ(verdict(b1, c0, ECX, upper, {0x67, 0xF3, 0x6C, 0x67, 0x8B, 0x07}).shown, 0x5FFFFu);
  EXPECT_EQ(verdict(b1, c0, ECX, upper, {0x67, 0xF3, 0x6C, 0x50}).shown, 0x4FFFFu);
  EXPECT_EQ(verdict(b1, c0, ECX, upper, {0x67, 0xF3, 0x6C, 0x50}).hidden, 0x50000u);
}

TEST(RepIns, OfNothingCountsNothing) {
  const auto none = [](Flawed& m) { m.reg(ECX) = 0; };
  EXPECT_EQ(verdict(b1, c0, ECX, none, {0xF3, 0x6C, 0x50}).shown, 0u);
}

}  // namespace
}  // namespace faultline::test
