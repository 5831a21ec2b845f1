// With errata shown, blocks, single instructions and the MMU without its shadow agree: rows of
// pairs that bring errata out, interrupted at random.
#include <random>

#include "tests/unit/cpu/agreement.hpp"
#include "tests/unit/cpu/flawed_machine.hpp"

namespace faultline::test {
namespace {

std::vector<u8> pairs_in_a_row(std::mt19937& random) {
  const std::vector<u8> first[] = {{0x60, 0x61}, {0x0F, 0x03, 0xC3}, {0xA4}, {0x67, 0xA4},
                                   {0x66, 0xA5}, {0x67, 0xAB},       {0x6C}, {0xAA},
                                   {0xF3, 0x6C}, {0x67, 0xF3, 0xA4}};
  const std::vector<u8> next[] = {{0x8B, 0x04, 0x2C},
                                  {0x51},
                                  {0x58},
                                  {0x90},
                                  {0x67, 0x90},
                                  {0x8D, 0x6C, 0x3C, 0x10},
                                  {0x60, 0x61},
                                  {0xAC},
                                  {0x40},
                                  {0xE8, 0, 0, 0, 0},
                                  {0x67, 0xA5},
                                  {0xEB, 0x00}};
  std::vector<u8> bytes;
  const auto add = [&](const std::vector<u8>& more) {
    bytes.insert(bytes.end(), more.begin(), more.end());
  };
  // mov ESP, EBP, ECX, and EDI and ESI just below or above a multiple of 64 KB.
  const auto near_edge = [&](u8 opcode) {
    const u32 at = 0x3FFFC + random() % 8;
    add({opcode, static_cast<u8>(at), static_cast<u8>(at >> 8), static_cast<u8>(at >> 16), 0});
  };
  for (unsigned i = 0; i < 200; ++i) {
    add({0xBC, 0x00, 0x90, 0, 0, 0xBD, 0x40, 0, 0, 0});
    add({0xB9, static_cast<u8>(random() % 6), 0, 0, 0});
    near_edge(0xBF);
    near_edge(0xBE);
    add(first[random() % std::size(first)]);
    add(next[random() % std::size(next)]);
  }
  add({0xF4});
  return bytes;
}

struct Row : Flawed {
  Row(const std::vector<u8>& bytes, Timing timing, Observation* observation = nullptr)
      : Flawed(b1, true, timing, observation) {
    enable_paging();
    s.flags.set(0x202);
    set_byte(handler(0x20), 0xCF);  // IRETD
    reg(EBX) = data0;
    place(program, bytes);
  }
};

TEST(Errata, TheEnginesAgree) {
  unsigned brought_out = 0;
  for (u32 seed = 1; seed <= 10; ++seed) {
    std::mt19937 random(seed);
    const std::vector<u8> bytes = pairs_in_a_row(random);
    for (const Timing timing : {Timing::None, Timing::Table}) {
      Observation nothing;
      Row blocks(bytes, timing), single(bytes, timing, &nothing), unshadowed(bytes, timing);
      unshadowed.context.mmu.shadow_off = true;
      for (bool on = true; on;) {
        const u64 clocks = 1 + random() % 60;
        for (Row* each : {&blocks, &single, &unshadowed}) each->last_stop = each->go_on(clocks);
        for (const Row* other : {&single, &unshadowed}) {
          ASSERT_EQ(state_difference(blocks.context, other->context), "") << "seed " << seed;
          ASSERT_EQ(timing_difference(blocks.context, other->context), "") << "seed " << seed;
        }
        brought_out += blocks.s.aftermath.errata != 0 ? 1 : 0;
        on = blocks.last_stop == Stop::Deadline;
        if (random() % 4 == 0)
          for (Row* each : {&blocks, &single, &unshadowed}) each->context.lines.intr = true;
      }
      EXPECT_EQ(blocks.s.eip, program + bytes.size()) << "seed " << seed;
      EXPECT_EQ(memory_difference(blocks.memory, single.memory, blocks.memory.ram_size()), "");
    }
  }
  EXPECT_GT(brought_out, 100u);
}

}  // namespace
}  // namespace faultline::test
