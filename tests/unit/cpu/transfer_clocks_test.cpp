// Clocks of leaving the straight path: gates, rings, tasks, ports. [386 §17.2.2] [486 §26]
#include "tests/unit/cpu/clocks_machine.hpp"

namespace faultline::test {
namespace {

/// Clocks of one instruction at `program`, whose descriptors have been used before.
u64 clocks_of_one(ClocksMachine& m, const std::vector<u8>& bytes) {
  m.place(program, bytes);
  m.s.eip = program;
  const u64 start = m.s.clock.now;
  m.run(1);
  return m.s.clock.now - start;
}

struct Pair {
  u64 i386, i486;
  friend bool operator==(const Pair&, const Pair&) = default;
};
void PrintTo(const Pair& p, std::ostream* out) { *out << p.i386 << " and " << p.i486; }

template <class Prepare>
Pair on_both(const std::vector<u8>& bytes, Prepare prepare) {
  u64 clocks[2];
  for (unsigned i = 0; i < 2; ++i) {
    ClocksMachine m(i == 0 ? "i386dx" : "i486sx");
    for (u16 selector : {code0, data0, code1, data1, code3, data3}) {
      const u32 at = gdt + (selector & 0xFFF8u) + 5;
      m.set_byte(at, m.byte(at) | 1);  // accessed
    }
    prepare(m);
    clocks[i] = clocks_of_one(m, bytes);
  }
  return {clocks[0], clocks[1]};
}

const std::vector<u8> far_call = {0x9A, 0, 0, 0, 0, free0, 0};
const std::vector<u8> far_jump = {0xEA, 0, 0, 0, 0, free0, 0};
auto gate_to_ring0(u32 parameters) {
  return [parameters](ClocksMachine& m) {
    m.call_gate(free0, code0, 0x11000, 0xEC00 | parameters);
    m.enter(3);
  };
}

TEST(TransferClocks, OfCallGates) {
  auto same = [](ClocksMachine& m) { m.call_gate(free0, code0, 0x11000, 0x8C00); };
  EXPECT_EQ(on_both(far_call, same), (Pair{52, 35}));
  EXPECT_EQ(on_both(far_jump, same), (Pair{45, 32}));
  EXPECT_EQ(on_both(far_call, gate_to_ring0(0)), (Pair{86, 69}));
  EXPECT_EQ(on_both(far_call, gate_to_ring0(3)), (Pair{94 + 12, 77 + 12}));
}

TEST(TransferClocks, OfInterrupts) {
  auto at = [](unsigned cpl) { return [cpl](ClocksMachine& m) { m.enter(cpl); }; };
  EXPECT_EQ(on_both({0xCD, 0x40}, at(0)), (Pair{59, 44}));
  EXPECT_EQ(on_both({0xCD, 0x40}, at(3)), (Pair{99, 71}));
  // An exception in place of the instruction: UD2's bytes cost nothing themselves.
  EXPECT_EQ(on_both({0x0F, 0x0B}, at(0)), (Pair{59, 44}));
  EXPECT_EQ(on_both({0x0F, 0x0B}, at(3)), (Pair{99, 71}));
}

TEST(TransferClocks, OfReturns) {
  auto frame = [](u16 cs, u16 ss) {
    return [=](ClocksMachine& m) {
      const u32 words[5] = {0x11000, cs, 0x2, user_stack_top, ss};
      for (u32 i = 0; i < 5; ++i) m.set_dword(stack_top + 4 * i, words[i]);
    };
  };
  EXPECT_EQ(on_both({0xCF}, frame(code0, data0)), (Pair{38, 20}));
  EXPECT_EQ(on_both({0xCF}, frame(code3, data3)), (Pair{82, 36}));
}

TEST(TransferClocks, OfTaskSwitches) {
  auto task = [](ClocksMachine& m) {
    constexpr u32 other = 0x14000;
    m.descriptor(free0, 0x40000067, 0x00008901);  // base 14000
    m.call_gate(free1, free0, 0, 0x8500);         // a task gate
    m.set_dword(other + 0x20, 0x11000);
    m.set_dword(other + 0x24, 2);
    m.set_dword(other + 0x38, stack_top);
    m.set_dword(other + 0x4C, code0);
    for (u32 at : {0x48u, 0x50u, 0x54u, 0x58u, 0x5Cu}) m.set_dword(other + at, data0);
  };
  EXPECT_EQ(on_both(far_jump, task), (Pair{300, 42 + 162}));
  EXPECT_EQ(on_both(far_call, task), (Pair{300, 37 + 162}));
  EXPECT_EQ(on_both({0xEA, 0, 0, 0, 0, free1, 0}, task), (Pair{309, 43 + 162}));
  EXPECT_EQ(on_both({0x9A, 0, 0, 0, 0, free1, 0}, task), (Pair{309, 38 + 162}));
}

TEST(TransferClocks, OfPorts) {
  auto ring0 = [](ClocksMachine&) {};
  EXPECT_EQ(on_both({0xEC}, ring0), (Pair{7, 8}));
  EXPECT_EQ(on_both({0xE6, 0x80}, ring0), (Pair{4, 11}));
  auto real = [](ClocksMachine& m) { m.cr0() = 0; };
  EXPECT_EQ(on_both({0xEC}, real), (Pair{13, 14}));
  auto mapped = [](ClocksMachine& m) {
    m.set_word(task_state + 0x66, 0x68);
    m.enter(3);
  };
  EXPECT_EQ(on_both({0xEC}, mapped), (Pair{27, 28}));
}

TEST(TransferClocks, OfRepeatedStrings) {
  auto times = [](u32 count) {
    return [count](ClocksMachine& m) {
      m.reg(ECX) = count;
      m.reg(ESI) = m.reg(EDI) = data;
    };
  };
  EXPECT_EQ(on_both({0xF3, 0xA5}, times(0)), (Pair{5, 5}));
  ClocksMachine i386("i386dx"), i486("i486sx");
  for (ClocksMachine* m : {&i386, &i486}) times(10)(*m);
  EXPECT_EQ(i386.clocks_of({0xF3, 0xA5}), 5u + 4 * 10);
  EXPECT_EQ(i486.clocks_of({0xF3, 0xA5}), 12u + 3 * 10);
}

TEST(TransferClocks, OfEnter) {
  auto plain = [](ClocksMachine& m) { m.reg(EBP) = data; };
  EXPECT_EQ(on_both({0xC8, 0, 0, 0}, plain), (Pair{10, 14}));
  EXPECT_EQ(on_both({0xC8, 0, 0, 1}, plain), (Pair{12, 17}));
  EXPECT_EQ(on_both({0xC8, 0, 0, 3}, plain), (Pair{15 + 4 * 2, 17 + 3 * 3}));
}

TEST(TransferClocks, OfTheMicrocodeColumn) {
  ClocksMachine m("i386dx");
  m.context.column = ClockColumn::I386Microcode;
  m.reg(EBP) = m.reg(EBX) = data;
  EXPECT_EQ(m.clocks_of({0xC9}), 5u);              // leave: the manual's is 4
  EXPECT_EQ(m.clocks_of({0x8B, 0x03}), 4u);        // mov eax, [ebx]: the same
  EXPECT_EQ(m.clocks_of({0xE8, 0, 0, 0, 0}), 9u);  // call: 8+m
}

}  // namespace
}  // namespace faultline::test
