// Micro-steps of single accesses, of the TLB and of registers: every one, in order.
#include "tests/unit/cpu/micro_recorder.hpp"

namespace faultline::test {
namespace {

TEST_F(MicroSteps, AMissWalksSetsAccessedAndFills) {
  EXPECT_EQ(steps_of({0xA1, 0x00, 0xC0, 0x00, 0x00}),
            (either({"check CS x1 10000", "lookup x 10000 set 0 miss", "PDE at 20000: 22007",
                     "PTE at 22040: 10007", "A in PDE at 20000: 22007 > 22027",
                     "A in PTE at 22040: 10007 > 10027", "fill 0/0 10000>10000 U W new",
                     "check DS r4 C000", "lookup r C000 set 4 miss", "PDE at 20000: 22027",
                     "PTE at 22030: C007", "A in PTE at 22030: C007 > C027",
                     "fill 4/0 C000>C000 U W new", "read 4 at C000: 0"},
                    {"check CS x1 10000", "lookup I x 10000 set 0 miss", "PDE at 20000: 2207",
                     "PTE at 22020: 1007", "fill I 0/0 10000>10000 D U W new", "check DS r4 C000",
                     "lookup r C000 set 0 miss", "PDE at 20000: 2207", "PTE at 22018: C07",
                     "fill 0/0 C000>C000 D U W new", "read 4 at C000: 0"})));
}

TEST_F(MicroSteps, AHitTouchesNoTable) {
  steps_of({0xA1, 0x00, 0xC0, 0x00, 0x00});
  EXPECT_EQ(steps_of({0xA1, 0x00, 0xC0, 0x00, 0x00}),
            (either({"check CS x1 10000", "lookup x 10000 0/0 hit", "check DS r4 C000",
                     "lookup r C000 4/0 hit", "read 4 at C000: 0"},
                    {"check CS x1 10000", "lookup I x 10000 0/0 hit", "check DS r4 C000",
                     "lookup r C000 0/0 hit", "read 4 at C000: 0"})));
}

/// The i386 walks again for the D bit; on the Alpha a writable page was filled with it.
TEST_F(MicroSteps, AFirstWriteSetsDirty) {
  steps_of({0xA1, 0x00, 0xC0, 0x00, 0x00});
  EXPECT_EQ(
      steps_of({0xA3, 0x00, 0xC0, 0x00, 0x00}),
      (either({"check CS x1 10000", "lookup x 10000 0/0 hit", "check DS w4 C000",
               "lookup w C000 4/0 refused", "PDE at 20000: 22027", "PTE at 22030: C027",
               "D at 22030: C027 > C067", "fill 4/0 C000>C000 D U W", "write 4 at C000: 0, was 0"},
              {"check CS x1 10000", "lookup I x 10000 0/0 hit", "check DS w4 C000",
               "lookup w C000 0/0 hit", "write 4 at C000: 0, was 0"})));
}

/// add [DFFE], eax: both pages are translated before the read, and again for the write.
TEST_F(MicroSteps, AnOperandInTwoPagesIsTranslatedWholeFirst) {
  steps_of({0xA1, 0x00, 0xC0, 0x00, 0x00});
  EXPECT_EQ(
      steps_of({0x01, 0x05, 0xFE, 0xDF, 0x00, 0x00}),
      (either({"check CS x1 10000", "lookup x 10000 0/0 hit", "check DS w4 DFFE",
               "lookup w DFFE set 5 miss", "PDE at 20000: 22027", "PTE at 22034: D007",
               "D at 22034: D007 > D067", "fill 5/0 D000>D000 D U W new",
               "lookup w E000 set 6 miss", "PDE at 20000: 22027", "PTE at 22038: E007",
               "D at 22038: E007 > E067", "fill 6/0 E000>E000 D U W new", "read 4 at DFFE: 0",
               "lookup w DFFE 5/0 hit", "lookup w E000 6/0 hit", "write 4 at DFFE: 0, was 0"},
              {"check CS x1 10000", "lookup I x 10000 0/0 hit", "check DS w4 DFFE",
               "lookup w DFFE 0/0 hit", "lookup w E000 set 0 miss", "PDE at 20000: 2207",
               "PTE at 2201C: E07", "fill 0/1 E000>E000 D U W new", "read 4 at DFFE: 0",
               "lookup w DFFE 0/0 hit", "lookup w E000 0/1 hit", "write 4 at DFFE: 0, was 0"})));
  const MicroStep& store = told.steps.back();
  EXPECT_EQ(store.physical.value, 0xDFFEu);
  EXPECT_EQ(store.touches({0xDFFF}), true);
  EXPECT_EQ(store.touches({0xE001}), true);
  EXPECT_EQ(store.touches({0xE002}), false);
  EXPECT_EQ(store.touches({0xDFFD}), false);
}

TEST_F(MicroSteps, InvlpgTellsWhatItDrops) {
  const std::vector<u8> invlpg = {0x0F, 0x01, 0x3D, 0x00, 0xC0, 0x00, 0x00};
  steps_of({0x90});
  EXPECT_EQ(steps_of(invlpg),
            (either({"check CS x1 10000", "lookup x 10000 0/0 hit", "flush page C000 not there"},
                    {"check CS x1 10000", "lookup I x 10000 0/0 hit", "flush page C000 not there",
                     "flush page I C000 not there"})));
  steps_of({0xA1, 0x00, 0xC0, 0x00, 0x00});
  EXPECT_EQ(steps_of(invlpg),
            (either({"check CS x1 10000", "lookup x 10000 0/0 hit", "flush page 4/0 C000>C000 U W"},
                    {"check CS x1 10000", "lookup I x 10000 0/0 hit",
                     "flush page 0/0 C000>C000 D U W", "flush page I C000 not there"})));
}

TEST_F(MicroSteps, ALoadOfCr3FlushesAndMaySwitchTheAddressSpace) {
  const std::vector<u8> mov_cr3_eax = {0x0F, 0x22, 0xD8};
  steps_of({0x90});
  m.reg(EAX) = directory;
  EXPECT_EQ(
      steps_of(mov_cr3_eax),
      (either({"check CS x1 10000", "lookup x 10000 0/0 hit", "CR3 20000, was 20000", "flush"},
              {"check CS x1 10000", "lookup I x 10000 0/0 hit", "CR3 20000, was 20000", "flush"})));
  steps_of({0x90});
  for (u32 i = 0; i < page_size; i += 4) m.set_dword(0x24000 + i, m.dword(directory + i));
  m.reg(EAX) = 0x24000;
  EXPECT_EQ(steps_of(mov_cr3_eax),
            (either({"check CS x1 10000", "lookup x 10000 0/0 hit", "CR3 24000, was 20000", "flush",
                     "space 24000, was 20000"},
                    {"check CS x1 10000", "lookup I x 10000 0/0 hit", "CR3 24000, was 20000",
                     "flush", "space 24000, was 20000"})));
}

TEST_F(MicroSteps, PortsAndDebugRegistersAreTold) {
  steps_of({0x90});
  m.reg(EAX) = 0x30000;
  Lines out = steps_of({0xE6, 0x80});  // out 80h, al
  EXPECT_EQ(out.back(), "out1 80: 0");
  Lines dr0 = steps_of({0x0F, 0x23, 0xC0});  // mov dr0, eax
  EXPECT_EQ(dr0.back(), "DR0 30000, was 0");
}

/// The clock of each step holds what the access has spent so far: a walk's reads and updates.
TEST_F(MicroSteps, EachStepHasItsClock) {
  const MmuTiming& timing = m.context.mmu.timing;
  steps_of({0xA1, 0x00, 0xC0, 0x00, 0x00});
  ASSERT_GT(timing.walk_read, 0u);
  const MicroStep* lookup = nullptr;
  unsigned compared = 0;
  for (const MicroStep& step : told.steps) {
    if (step.what == MicroEvent::TlbLookup) lookup = &step;
    const bool pde = step.what == MicroEvent::PdeRead, pte = step.what == MicroEvent::PteRead;
    if (!pde && !pte) continue;
    EXPECT_EQ(step.clock - lookup->clock, (pde ? 1 : 2) * timing.walk_read);
    ++compared;
  }
  EXPECT_EQ(compared, 4u);
}

TEST_F(MicroSteps, AFifthPageOfASetEvicts) {
  if (!i386_paging) GTEST_SKIP() << "the Alpha's data TLB has one set of 32";
  for (u8 page : {0x00, 0x08, 0x10, 0x18}) steps_of({0xA1, 0x00, 0xC0, page, 0x00});
  EXPECT_EQ(steps_of({0xA1, 0x00, 0xC0, 0x20, 0x00}),
            (Lines{"check CS x1 10000", "lookup x 10000 0/0 hit", "check DS r4 20C000",
                   "lookup r 20C000 set 4 miss", "PDE at 20000: 22027", "PTE at 22830: 20C007",
                   "A in PTE at 22830: 20C007 > 20C027", "evict 4/0 C000>C000 U W",
                   "fill 4/0 20C000>20C000 U W new", "read 4 at 20C000: 0"}));
}

}  // namespace
}  // namespace faultline::test
