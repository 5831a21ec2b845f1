// Micro-steps of a page fault from ring 3 to its handler, and of a task switch: every one, in
// order.
#include <algorithm>

#include "tests/unit/cpu/micro_recorder.hpp"

namespace faultline::test {
namespace {

struct MicroStepsOfRing3 : MicroSteps {
  MicroStepsOfRing3() : MicroSteps(3) {}
};

/// The segment allows it, the TLB misses, the PTE is not present; then the IDT, the handler's
/// descriptor, SS0:ESP0 of the TSS and its descriptor, the new stack, six pushes.
TEST_F(MicroStepsOfRing3, APageFaultUpToItsHandler) {
  m.page_bits(data, 0);
  EXPECT_EQ(steps_of({0xA3, 0x00, 0xC0, 0x00, 0x00}), (either({"check CS x1 10000",
                                                               "lookup x u 10000 set 0 miss",
                                                               "PDE at 20000: 22007",
                                                               "PTE at 22040: 10007",
                                                               "A in PDE at 20000: 22007 > 22027",
                                                               "A in PTE at 22040: 10007 > 10027",
                                                               "fill 0/0 10000>10000 U W new",
                                                               "check DS w4 C000",
                                                               "lookup w u C000 set 4 miss",
                                                               "PDE at 20000: 22027",
                                                               "PTE at 22030: C000",
                                                               "#PF w C000 error 6 why 2",
                                                               "vector E error 6",
                                                               "lookup r 2070 set 2 miss",
                                                               "PDE at 20000: 22027",
                                                               "PTE at 22008: 2007",
                                                               "A in PTE at 22008: 2007 > 2027",
                                                               "fill 2/0 2000>2000 U W new",
                                                               "IDT 4 at 2070: 860E0",
                                                               "lookup r 2074 2/0 hit",
                                                               "IDT 4 at 2074: 8E00",
                                                               "lookup r 1008 set 1 miss",
                                                               "PDE at 20000: 22027",
                                                               "PTE at 22004: 1007",
                                                               "A in PTE at 22004: 1007 > 1027",
                                                               "fill 1/0 1000>1000 U W new",
                                                               "GDT 4 at 1008: FFFF",
                                                               "lookup r 100C 1/0 hit",
                                                               "GDT 4 at 100C: CF9A00",
                                                               "lookup r 3004 set 3 miss",
                                                               "PDE at 20000: 22027",
                                                               "PTE at 2200C: 3007",
                                                               "A in PTE at 2200C: 3007 > 3027",
                                                               "fill 3/0 3000>3000 U W new",
                                                               "TSS 4 at 3004: 9800",
                                                               "lookup r 3008 3/0 hit",
                                                               "TSS 2 at 3008: 10",
                                                               "lookup r 1010 1/0 hit",
                                                               "GDT 4 at 1010: FFFF",
                                                               "lookup r 1014 1/0 hit",
                                                               "GDT 4 at 1014: CF9200",
                                                               "stack 10:9800, was B000",
                                                               "check SS w4 97FC",
                                                               "lookup w 97FC set 1 miss",
                                                               "PDE at 20000: 22027",
                                                               "PTE at 22024: 9007",
                                                               "D at 22024: 9007 > 9067",
                                                               "fill 1/1 9000>9000 D U W new",
                                                               "push 4 at 97FC: 23, was 0",
                                                               "check SS w4 97F8",
                                                               "lookup w 97F8 1/1 hit",
                                                               "push 4 at 97F8: B000, was 0",
                                                               "check SS w4 97F4",
                                                               "lookup w 97F4 1/1 hit",
                                                               "push 4 at 97F4: 10002, was 0",
                                                               "check SS w4 97F0",
                                                               "lookup w 97F0 1/1 hit",
                                                               "push 4 at 97F0: 1B, was 0",
                                                               "check SS w4 97EC",
                                                               "lookup w 97EC 1/1 hit",
                                                               "push 4 at 97EC: 10000, was 0",
                                                               "check SS w4 97E8",
                                                               "lookup w 97E8 1/1 hit",
                                                               "push 4 at 97E8: 6, was 0",
                                                               "lookup w 1015 1/0 refused",
                                                               "PDE at 20000: 22027",
                                                               "PTE at 22004: 1027",
                                                               "D at 22004: 1027 > 1067",
                                                               "fill 1/0 1000>1000 D U W",
                                                               "mark 1 at 1015: 93, was 92",
                                                               "lookup w 100D 1/0 hit",
                                                               "mark 1 at 100D: 9B, was 9A",
                                                               "at handler 60E0 of E"},
                                                              {"check CS x1 10000",
                                                               "lookup I x u 10000 set 0 miss",
                                                               "PDE at 20000: 2207",
                                                               "PTE at 22020: 1007",
                                                               "fill I 0/0 10000>10000 D U W new",
                                                               "check DS w4 C000",
                                                               "lookup w u C000 set 0 miss",
                                                               "PDE at 20000: 2207",
                                                               "PTE at 22018: C00",
                                                               "#PF w C000 error 6 why 2",
                                                               "vector E error 6",
                                                               "lookup r 2070 set 0 miss",
                                                               "PDE at 20000: 2207",
                                                               "PTE at 22004: 207",
                                                               "fill 0/0 2000>2000 D U W new",
                                                               "IDT 4 at 2070: 860E0",
                                                               "lookup r 2074 0/0 hit",
                                                               "IDT 4 at 2074: 8E00",
                                                               "lookup r 1008 set 0 miss",
                                                               "PDE at 20000: 2207",
                                                               "PTE at 22000: 7",
                                                               "fill 0/1 0>0 D U W new",
                                                               "GDT 4 at 1008: FFFF",
                                                               "lookup r 100C 0/1 hit",
                                                               "GDT 4 at 100C: CF9A00",
                                                               "lookup r 3004 0/0 hit",
                                                               "TSS 4 at 3004: 9800",
                                                               "lookup r 3008 0/0 hit",
                                                               "TSS 2 at 3008: 10",
                                                               "lookup r 1010 0/1 hit",
                                                               "GDT 4 at 1010: FFFF",
                                                               "lookup r 1014 0/1 hit",
                                                               "GDT 4 at 1014: CF9200",
                                                               "stack 10:9800, was B000",
                                                               "check SS w4 97FC",
                                                               "lookup w 97FC set 0 miss",
                                                               "PDE at 20000: 2207",
                                                               "PTE at 22010: 807",
                                                               "fill 0/2 8000>8000 D U W new",
                                                               "push 4 at 97FC: 23, was 0",
                                                               "check SS w4 97F8",
                                                               "lookup w 97F8 0/2 hit",
                                                               "push 4 at 97F8: B000, was 0",
                                                               "check SS w4 97F4",
                                                               "lookup w 97F4 0/2 hit",
                                                               "push 4 at 97F4: 10002, was 0",
                                                               "check SS w4 97F0",
                                                               "lookup w 97F0 0/2 hit",
                                                               "push 4 at 97F0: 1B, was 0",
                                                               "check SS w4 97EC",
                                                               "lookup w 97EC 0/2 hit",
                                                               "push 4 at 97EC: 10000, was 0",
                                                               "check SS w4 97E8",
                                                               "lookup w 97E8 0/2 hit",
                                                               "push 4 at 97E8: 6, was 0",
                                                               "lookup w 1015 0/1 hit",
                                                               "mark 1 at 1015: 93, was 92",
                                                               "lookup w 100D 0/1 hit",
                                                               "mark 1 at 100D: 9B, was 9A",
                                                               "at handler 60E0 of E"})));
}

TEST_F(MicroStepsOfRing3, AStoreIntoAReadOnlyPage) {
  m.page_bits(data, 5);
  steps_of({0xA3, 0x00, 0xC0, 0x00, 0x00});
  const Lines told_of_fault(told.lines.begin(),
                            std::find(told.lines.begin(), told.lines.end(), "vector E error 7"));
  EXPECT_EQ(told_of_fault,
            (either({"check CS x1 10000", "lookup x u 10000 set 0 miss", "PDE at 20000: 22007",
                     "PTE at 22040: 10007", "A in PDE at 20000: 22007 > 22027",
                     "A in PTE at 22040: 10007 > 10027", "fill 0/0 10000>10000 U W new",
                     "check DS w4 C000", "lookup w u C000 set 4 miss", "PDE at 20000: 22027",
                     "PTE at 22030: C005", "#PF w C000 error 7 why 3"},
                    {"check CS x1 10000", "lookup I x u 10000 set 0 miss", "PDE at 20000: 2207",
                     "PTE at 22020: 1007", "fill I 0/0 10000>10000 D U W new", "check DS w4 C000",
                     "lookup w u C000 set 0 miss", "PDE at 20000: 2207", "PTE at 22018: C03",
                     "fault on write, PTE at 22018: C03", "#PF w C000 error 7 why 3"})));
}

/// JMP to a TSS, without the translations.
TEST_F(MicroSteps, ATaskSwitch) {
  m.descriptor(free0, 0x50000067, 0x00008900);
  for (u32 i = 0; i < 26; ++i) m.set_dword(0x5000 + 4 * i, 0);
  m.set_dword(0x501C, directory);
  m.set_dword(0x5020, 0x15000);
  m.set_dword(0x5024, 0x202);
  for (u32 i = 0; i < 8; ++i) m.set_dword(0x5028 + 4 * i, 0xA0 + i);
  for (u32 i = 0; i < 6; ++i) m.set_dword(0x5048 + 4 * i, i == 1 ? code0 : data0);
  steps_of({0x90});
  steps_of({0xEA, 0x00, 0x00, 0x00, 0x00, free0, 0x00});
  Lines seen;
  for (std::size_t i = 0; i < told.steps.size(); ++i) {
    const MicroEvent what = told.steps[i].what;
    if (what >= MicroEvent::DataRead || what == MicroEvent::SegmentCheck)
      seen.push_back(told.lines[i]);
  }
  EXPECT_EQ(seen, (Lines{"check CS x1 10000",
                         "GDT 4 at 1040: 50000067",
                         "GDT 4 at 1044: 8900",
                         "GDT 4 at 1040: 50000067",
                         "GDT 4 at 1044: 8900",
                         "TSS 4 at 5020: 15000",
                         "TSS 4 at 5024: 202",
                         "TSS 4 at 5028: A0",
                         "TSS 4 at 502C: A1",
                         "TSS 4 at 5030: A2",
                         "TSS 4 at 5034: A3",
                         "TSS 4 at 5038: A4",
                         "TSS 4 at 503C: A5",
                         "TSS 4 at 5040: A6",
                         "TSS 4 at 5044: A7",
                         "TSS 2 at 5048: 10",
                         "TSS 2 at 504C: 8",
                         "TSS 2 at 5050: 10",
                         "TSS 2 at 5054: 10",
                         "TSS 2 at 5058: 10",
                         "TSS 2 at 505C: 10",
                         "TSS 2 at 5060: 0",
                         "TSS 4 at 501C: 20000",
                         "TSS 2 at 5064: 0",
                         "TSS store 4 at 3020: 10007, was 0",
                         "TSS store 4 at 3024: 2, was 0",
                         "TSS store 4 at 3028: 0, was 0",
                         "TSS store 4 at 302C: 0, was 0",
                         "TSS store 4 at 3030: 421, was 0",
                         "TSS store 4 at 3034: 0, was 0",
                         "TSS store 4 at 3038: 9000, was 0",
                         "TSS store 4 at 303C: 0, was 0",
                         "TSS store 4 at 3040: 0, was 0",
                         "TSS store 4 at 3044: 0, was 0",
                         "TSS store 2 at 3048: 10, was 0",
                         "TSS store 2 at 304C: 8, was 0",
                         "TSS store 2 at 3050: 10, was 0",
                         "TSS store 2 at 3054: 10, was 0",
                         "TSS store 2 at 3058: 10, was 0",
                         "TSS store 2 at 305C: 10, was 0",
                         "mark 1 at 102D: 89, was 8B",
                         "mark 1 at 1045: 8B, was 89",
                         "task 40 at 5000, was 28",
                         "GDT 4 at 1010: FFFF",
                         "GDT 4 at 1014: CF9200",
                         "mark 1 at 1015: 93, was 92",
                         "GDT 4 at 1008: FFFF",
                         "GDT 4 at 100C: CF9A00",
                         "mark 1 at 100D: 9B, was 9A",
                         "GDT 4 at 1010: FFFF",
                         "GDT 4 at 1014: CF9300",
                         "GDT 4 at 1010: FFFF",
                         "GDT 4 at 1014: CF9300",
                         "GDT 4 at 1010: FFFF",
                         "GDT 4 at 1014: CF9300",
                         "GDT 4 at 1010: FFFF",
                         "GDT 4 at 1014: CF9300"}));
}

}  // namespace
}  // namespace faultline::test
