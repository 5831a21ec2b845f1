// The engines agree: with and without a timing table, watched and unwatched, with the MMU's shadow
// and without it. The program is 4 KB of random bytes, run at CPL 3 over random page tables; every
// exception's handler resumes it somewhere else.
#include <random>

#include "tests/unit/cpu/agreement.hpp"
#include "tests/unit/cpu/protected_machine.hpp"

namespace faultline::test {
namespace {

constexpr u32 chaos = 0x40000000;  // linear: the random program, in random pages
constexpr u32 frames = 0x100000;   // 64 frames that all of the linear space shows
constexpr u32 frame_count = 64;
constexpr u32 wild_table = 0x30000;  // maps them, with random rights
constexpr u32 seed_cell = 0xC000, rounds_cell = 0xC004;
constexpr u32 common = 0x14000;

struct Chaos : ProtectedMachine {
  Chaos(u32 seed, u32 rounds, u32 user_flags, Timing timing, Observation* observation = nullptr,
        const char* model = "i486sx")
      : ProtectedMachine(model, timing, observation, true), flags_of_program(user_flags) {
    std::mt19937 random(seed);
    enable_paging();
    cr0() |= 4;  // EM: coprocessor escapes are #NM
    // All other linear space shows the same frames through one table.
    const u32 table_span = page_size / 4 * page_size;
    for (u32 i = 0; i < page_size / 4; ++i) {
      const u32 rights = random() % 8 == 0 ? random() % 8 : 7;
      set_dword(wild_table + 4 * i, raw_entry(frames + random() % frame_count * page_size, rights));
    }
    for (u64 at = table_span; at < u64{1} << 32; at += table_span)
      set_dword(directory + static_cast<u32>(at / table_span * 4), raw_entry(wild_table, 7));
    // What the processor itself needs is the supervisor's.
    for (u32 at = 0; at < table_span && at < 4u << 20; at += page_size) page_bits(at, 3);
    for (u32 at = 0; at < frame_count * page_size; at += 4)
      set_dword(frames + at, static_cast<u32>(random()));
    // Every vector's stub leaves an error code on the stack and goes to the common handler.
    for (u32 vector = 0; vector < 256; ++vector) {
      const bool has_code = vector == 8 || (vector >= 10 && vector <= 14) || vector == 17;
      u32 at = handler(vector);
      if (!has_code) at = place(at, {0x6A, 0x00});  // push 0
      const u32 distance = common - (at + 5);
      place(at, {0xE9, static_cast<u8>(distance), static_cast<u8>(distance >> 8), 0, 0});
    }
    place(common, {0x83, 0xC4, 0x04,                                // add esp, 4
                   0x50, 0x36, 0xA1, 0x00, 0xC0, 0x00, 0x00,        // push eax; mov eax, ss:[seed]
                   0x69, 0xC0, 0x6D, 0x4E, 0xC6, 0x41,              // imul eax, 41c64e6d
                   0x05, 0x39, 0x30, 0x00, 0x00,                    // add eax, 3039
                   0x36, 0xA3, 0x00, 0xC0, 0x00, 0x00,              // mov ss:[seed], eax
                   0xC1, 0xE8, 0x08,                                // shr eax, 8
                   0x25, 0xFF, 0x0F, 0x00, 0x00,                    // and eax, fff
                   0x0D, 0x00, 0x00, 0x00, 0x40,                    // or eax, chaos
                   0x89, 0x44, 0x24, 0x04,                          // mov [esp+4], eax: EIP
                   0xC7, 0x44, 0x24, 0x08, 0x1B, 0x00, 0x00, 0x00,  // mov [esp+8], 1b: CS
                   0x36, 0xA1, 0x08, 0xC0, 0x00, 0x00,              // mov eax, ss:[flags]
                   0x89, 0x44, 0x24, 0x0C,                          // mov [esp+c], eax
                   0x58,                                            // pop eax
                   0x50, 0xB8, 0x23, 0x00, 0x00, 0x00,              // push eax; mov eax, 23
                   0x8E, 0xD8, 0x8E, 0xC0, 0x58,                    // ds, es; pop eax
                   0x36, 0xFF, 0x0D, 0x04, 0xC0, 0x00, 0x00,        // dec dword ss:[rounds]
                   0x74, 0x01, 0xCF, 0xF4});                        // jz +1; iretd; hlt
    set_dword(seed_cell, seed);
    set_dword(rounds_cell, rounds);
    set_dword(seed_cell + 8, user_flags);
    page_bits(seed_cell, 3);
    enter(3);
    for (unsigned i = 0; i < 8; ++i) reg(i) = static_cast<u32>(random());
    s.flags.set(user_flags);
    s.eip = chaos;
    s.clock.now = 0;
  }

  static constexpr unsigned buffers = decltype(MmuState<Paging>::tlb)::split ? 2 : 1;
  u32 flags_of_program;
};

void expect_same_state(const Chaos& a, const Chaos& b) {
  EXPECT_EQ(state_difference(a.context, b.context), "");
  EXPECT_EQ(memory_difference(a.memory, b.memory, a.memory.ram_size()), "");
}

/// Runs both in slices, with an interrupt at the end of each so that no loop lasts.
void run_together(Chaos& a, Chaos& b) {
  std::mt19937 random(1);
  for (unsigned slice = 0; slice < 3000; ++slice) {
    const u64 clocks = 1 + random() % 700;
    for (Chaos* each : {&a, &b}) each->last_stop = each->run(clocks);
    ASSERT_EQ(a.last_stop, b.last_stop) << "slice " << slice;
    ASSERT_EQ(state_difference(a.context, b.context), "") << "slice " << slice;
    ASSERT_EQ(timing_difference(a.context, b.context), "") << "slice " << slice;
    if (a.last_stop != Stop::Deadline) break;
    a.context.lines.intr = b.context.lines.intr = true;
  }
  expect_same_state(a, b);
}

constexpr u32 many = 1'000'000, with_if = 0x202, with_tf = 0x302;

/// A watcher that counts what it sees, so that the hooks are in use.
struct Counting : Observation {
  u64 instructions = 0, faults = 0, interrupts = 0;
  TlbCounters told{};  // what the micro-steps amount to
  u64 walks = 0, told_faults = 0, told_interrupts = 0;
  u64 clock = 0;
  void instruction() override { ++instructions; }
  void page_fault(const PageFault&) override { ++faults; }
  void interrupt(u8, bool, bool, u32) override { ++interrupts; }
  void micro(const MicroStep& step) override {
    const bool data = step.kind != AccessKind::Execute;
    EXPECT_LE(clock, step.clock);
    clock = step.clock;
    switch (step.what) {
      case MicroEvent::TlbLookup:
        told.data_lookups += data;
        if (!step.hit) ++(data ? told.data_misses : told.instruction_misses);
        if (step.hit && !step.allowed) ++told.refreshes;
        break;
      case MicroEvent::TlbEvict:
        ++told.evictions;
        break;
      case MicroEvent::TlbFlush:
        told.flushes += Chaos::buffers;
        break;
      case MicroEvent::TlbFlushPage:
        ++told.page_flushes;
        break;
      case MicroEvent::PdeRead:
        ++walks;
        break;
      case MicroEvent::PageFault:
        ++told_faults;
        break;
      case MicroEvent::Interrupt:
        ++told_interrupts;
        break;
      default:
        break;
    }
  }
};

/// Every look-up, miss and eviction that the TLB counted was told, and no other.
void expect_all_told(const Counting& counting, const TlbCounters& before, const TlbCounters& now) {
  TlbCounters sum = before;
  sum += counting.told;
  EXPECT_EQ(sum, now);
  EXPECT_EQ(counting.walks,
            counting.told.data_misses + counting.told.instruction_misses + counting.told.refreshes);
  EXPECT_EQ(counting.told_faults, counting.faults);
  EXPECT_EQ(counting.told_interrupts, counting.interrupts);
}

class Engines : public testing::TestWithParam<Timing> {};

TEST_P(Engines, WatchedAndUnwatchedAgreeToTheClock) {
  for (u32 seed : {1, 2, 3, 4, 5, 6}) {
    Counting counting;
    Chaos plain(seed, many, with_if, GetParam()),
        watched(seed, many, with_if, GetParam(), &counting);
    const TlbCounters before = watched.context.mmu.counters();
    counting.told = {};  // RESET flushed
    run_together(plain, watched);
    expect_all_told(counting, before, watched.context.mmu.counters());
    EXPECT_GT(counting.instructions, 20'000u);
    EXPECT_GT(counting.faults, 400u);
    EXPECT_GT(counting.interrupts, counting.faults);
    if (HasFailure()) break;
  }
}

TEST_P(Engines, WithAndWithoutTheShadowAgreeToTheClock) {
  for (u32 seed : {11, 12, 13}) {
    Chaos fast(seed, many, with_if, GetParam()), reference(seed, many, with_if, GetParam());
    reference.context.mmu.shadow_off = true;
    run_together(fast, reference);
    EXPECT_GT(fast.context.mmu.counters().data_misses, 1000u);
    if (HasFailure()) break;
  }
}

/// A listener may come and go: while it hears nothing, the shadow answers what it can.
TEST_P(Engines, WatchedWithAndWithoutMicroStepsAgreeToTheClock) {
  for (u32 seed : {14, 15, 16}) {
    Counting heard, unheard;
    Chaos told(seed, many, with_if, GetParam(), &heard),
        silent(seed, many, with_if, GetParam(), &unheard);
    unheard.micro_steps = false;
    run_together(told, silent);
    EXPECT_EQ(heard.instructions, unheard.instructions);
    EXPECT_GT(heard.walks, 1000u);
    EXPECT_EQ(unheard.walks, 0u);
    if (HasFailure()) break;
  }
}

/// Behind 16 data lines a dword has two cycles, which every way to memory has to charge.
TEST_P(Engines, BehindANarrowBusTheyAgreeToTheClock) {
  for (u32 seed : {41, 42, 43}) {
    Counting counting;
    Chaos plain(seed, many, with_if, GetParam(), nullptr, "i386sx"),
        watched(seed, many, with_if, GetParam(), &counting, "i386sx"),
        reference(seed, many, with_if, GetParam(), nullptr, "i386sx");
    const TlbCounters before = watched.context.mmu.counters();
    counting.told = {};  // RESET flushed
    run_together(plain, watched);
    Chaos fast(seed, many, with_if, GetParam(), nullptr, "i386sx");
    reference.context.mmu.shadow_off = true;
    run_together(fast, reference);
    expect_all_told(counting, before, watched.context.mmu.counters());
    EXPECT_GT(counting.faults, 50u);
    if (HasFailure()) break;
  }
}

TEST_P(Engines, WithTheErrataOfThe386TheyAgreeToTheClock) {
  for (u32 seed : {31, 32, 33}) {
    Counting counting;
    Chaos plain(seed, many, with_if, GetParam(), nullptr, "i386dx-b1"),
        watched(seed, many, with_if, GetParam(), &counting, "i386dx-b1");
    const TlbCounters before = watched.context.mmu.counters();
    counting.told = {};  // RESET flushed
    run_together(plain, watched);
    expect_all_told(counting, before, watched.context.mmu.counters());
    EXPECT_GT(counting.faults, 100u);
    if (HasFailure()) break;
  }
}

INSTANTIATE_TEST_SUITE_P(Timings, Engines, testing::Values(Timing::None, Timing::Table),
                         [](const auto& info) {
                           return info.param == Timing::None ? "None" : "Table";
                         });

TEST(EngineTiming, TheTableChangesNothingButTheClock) {
  // Stepping by TF makes the program's end independent of clocks.
  for (u32 seed : {21, 22, 23}) {
    Chaos none(seed, 20'000, with_tf, Timing::None), timed(seed, 20'000, with_tf, Timing::Table);
    EXPECT_EQ(none.run(1'000'000'000), Stop::Halted);
    EXPECT_EQ(timed.run(1'000'000'000), Stop::Halted);
    expect_same_state(none, timed);
    EXPECT_GT(timed.s.clock.now, none.s.clock.now);
  }
}

}  // namespace
}  // namespace faultline::test
