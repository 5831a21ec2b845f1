// What the 486's pipeline adds to the manual's clocks, and that it does not depend on how blocks
// are formed. [486 App. E] [ABR]
#include <random>

#include "cpu/interpreter/run_loop.hpp"
#include "cpu/timing/pipeline.hpp"
#include "tests/unit/cpu/clocks_machine.hpp"

namespace faultline::test {
namespace {

u64 clocks486(const std::vector<u8>& bytes) {
  ClocksMachine m;
  m.reg(EAX) = m.reg(EBX) = m.reg(EBP) = data;
  return m.clocks_of(bytes);
}

TEST(PipelineClocks, OfAnEncoding) {
  EXPECT_EQ(clocks486({0x89, 0xD8}), 1u);                    // mov eax, ebx
  EXPECT_EQ(clocks486({0x66, 0x89, 0xD8}), 2u);              // a prefix
  EXPECT_EQ(clocks486({0x66, 0x36, 0x89, 0x03}), 3u);        // two
  EXPECT_EQ(clocks486({0x0F, 0xB6, 0xC3}), 4u);              // movzx: 3 and the 0F
  EXPECT_EQ(clocks486({0x8B, 0x04, 0x8B}), 2u);              // mov eax, [ebx+ecx*4]: an index
  EXPECT_EQ(clocks486({0xC7, 0x43, 0x04, 1, 0, 0, 0}), 2u);  // displacement and immediate
  EXPECT_EQ(clocks486({0xC7, 0x03, 1, 0, 0, 0}), 1u);        // immediate alone
  EXPECT_EQ(clocks486({0xF0, 0xFF, 0x03}), 4u);              // lock inc [ebx]
  EXPECT_EQ(clocks486({0xC1, 0xE0, 0x02}), 2u);              // shl eax, 2
  EXPECT_EQ(clocks486({0xD1, 0xE0}), 3u);                    // shl eax, 1
  EXPECT_EQ(clocks486({0x50, 0x58}), 2u);                    // push eax; pop eax
}

TEST(PipelineClocks, AnAddressRegisterWrittenJustBefore) {
  EXPECT_EQ(clocks486({0x89, 0xC3, 0x8B, 0x03}), 3u);        // mov ebx, eax in front
  EXPECT_EQ(clocks486({0x89, 0xC3, 0x90, 0x8B, 0x03}), 3u);  // nop between: no wait
  EXPECT_EQ(clocks486({0x89, 0xC1, 0x8B, 0x03}), 2u);        // another register
  EXPECT_EQ(clocks486({0x66, 0x89, 0xC3, 0x8B, 0x03}), 4u);  // its low half
  EXPECT_EQ(clocks486({0x39, 0xC3, 0x8B, 0x03}), 2u);        // cmp writes nothing
  EXPECT_EQ(clocks486({0x31, 0xC9, 0x8B, 0x04, 0x8B}), 4u);  // the index
  EXPECT_EQ(clocks486({0x89, 0xC3, 0x8D, 0x43, 0x04}), 3u);  // lea eax, [ebx+4] waits too
  EXPECT_EQ(clocks486({0x50, 0x5B, 0x8B, 0x03}), 4u);        // push eax; pop ebx; mov
  EXPECT_EQ(clocks486({0x93, 0x8B, 0x03}), 5u);              // xchg eax, ebx: the second operand
}

TEST(PipelineClocks, TheStackPointerWrittenByName) {
  EXPECT_EQ(clocks486({0x83, 0xC4, 0x04, 0x50}), 4u);  // add esp, 4; push eax
  EXPECT_EQ(clocks486({0x83, 0xC4, 0x04, 0x90, 0x50}), 3u);
  EXPECT_EQ(clocks486({0x83, 0xC4, 0xFC, 0x8B, 0x04, 0x24}), 3u);  // mov eax, [esp] behind it
  EXPECT_EQ(clocks486({0x50, 0x50, 0x58, 0x58}), 4u);              // push, push, pop, pop
}

TEST(PipelineClocks, AByteAndThenTheRegisterThatHoldsIt) {
  EXPECT_EQ(clocks486({0xB0, 0x01, 0x89, 0xC3}), 3u);        // mov al, 1; mov ebx, eax
  EXPECT_EQ(clocks486({0xB4, 0x01, 0x89, 0xC3}), 3u);        // mov ah, 1
  EXPECT_EQ(clocks486({0xB0, 0x01, 0x88, 0xC3}), 2u);        // mov bl, al
  EXPECT_EQ(clocks486({0xB0, 0x01, 0xB8, 0, 0, 0, 0}), 2u);  // mov eax, 0 reads nothing
  EXPECT_EQ(clocks486({0xB0, 0x01, 0x05, 0, 0, 0, 0}), 3u);  // add eax, 0 does
  EXPECT_EQ(clocks486({0xB3, 0x00, 0x8B, 0x03}), 3u);        // mov bl, 0; mov eax, [ebx]
}

TEST(PipelineClocks, TheI386HasNone) {
  ClocksMachine m("i386dx");
  m.reg(EBX) = m.reg(EAX) = data;
  EXPECT_EQ(m.clocks_of({0x89, 0xC3, 0x66, 0x8B, 0x04, 0x8B, 0x83, 0xC4, 0x04, 0x50}), 10u);
}

/// What the pipeline believes of first operands is what their meanings do.
template <unsigned row>
void expect_access() {
  constexpr Form form = forms[row];
  using Meaning = Semantics<form.mnemonic>;
  using T = std::conditional_t<form.byte_form(), u8, u32>;
  auto expect = [&](Access expected) {
    EXPECT_EQ(first_operand_access(form), expected) << name_of(form.mnemonic);
  };
  if constexpr (Binary<Meaning, T> || Unary<Meaning, T>) expect(Access::Modify);
  if constexpr (Compare<Meaning, T>) expect(Access::Read);
  if constexpr (Move<Meaning, T>) expect(Access::Write);
}
template <unsigned... rows>
void expect_accesses(std::integer_sequence<unsigned, rows...>) {
  (expect_access<rows>(), ...);
}
TEST(PipelineClocks, AccessesAreThoseOfTheMeanings) {
  expect_accesses(std::make_integer_sequence<unsigned, form_count>{});
}

/// Straight code of instructions that write registers and address memory by them; every so often a
/// form that ends a block, or one that crosses into the next granule.
std::vector<u8> random_program(std::mt19937& random) {
  static const std::vector<std::vector<u8>> pieces = {
      {0x89, 0xC3},
      {0x8B, 0x03},
      {0x8B, 0x04, 0x8B},
      {0xB0, 0x01},
      {0xB7, 0x20},
      {0x31, 0xC9},
      {0x83, 0xC4, 0x04},
      {0x83, 0xC4, 0xFC},
      {0x50},
      {0x5A},
      {0x01, 0xD8},
      {0x66, 0x01, 0xD8},
      {0x8D, 0x5B, 0x04},
      {0x93},
      {0x87, 0xC3},
      {0xFA},
      {0x0F, 0x20, 0xC0},
      {0xE8, 0, 0, 0, 0, 0x5A},
      {0x74, 0x00},
      {0xEB, 0x00},
      {0xC4, 0x15, 0, 0xC0, 0, 0},
      {0x8C, 0xD8, 0x8E, 0xD8},
      {0xBB, 0, 0xC0, 0, 0},
      {0xB9, 3, 0, 0, 0, 0xBF, 0, 0xC8, 0, 0, 0xF3, 0xAA},
      {0xBE, 0, 0xC8, 0, 0, 0xF3, 0xA4},
      {0xE4, 0x10},
      {0x0F, 0xB6, 0xC3},
      {0xF7, 0xE3},
      {0x90}};
  std::vector<u8> bytes;
  while (bytes.size() < 8000) {
    const auto& piece = pieces[random() % pieces.size()];
    bytes.insert(bytes.end(), piece.begin(), piece.end());
    // Registers that address memory stay inside it.
    if (random() % 4 == 0) bytes.insert(bytes.end(), {0xB8, 0, 0xC0, 0, 0, 0xBB, 0, 0xC0, 0, 0});
  }
  return bytes;
}

struct Silent : Observation {};

TEST(PipelineClocks, DoNotDependOnHowBlocksAreFormed) {
  for (const char* model : {"i486sx", "i386dx"}) {
    for (u32 seed = 1; seed <= 4; ++seed) {
      std::mt19937 random(seed);
      const std::vector<u8> bytes = random_program(random);
      auto cost = [&](u64 slice, Observation* observation = nullptr) {
        ClocksMachine m(model, observation);
        m.set_dword(data, data);
        m.set_dword(data + 4, data0);
        m.reg(EAX) = m.reg(EBX) = data;
        const u64 clocks = m.clocks_of(bytes, slice);
        EXPECT_EQ(m.s.eip, program + bytes.size() + 1) << "the program has halted elsewhere";
        return clocks;
      };
      Silent watcher;
      const u64 whole = cost(1'000'000);
      EXPECT_EQ(cost(1), whole);  // every instruction a first one
      EXPECT_EQ(cost(7), whole);  // blocks that begin anywhere
      EXPECT_EQ(cost(1'000'000, &watcher), whole);
    }
  }
}

}  // namespace
}  // namespace faultline::test
