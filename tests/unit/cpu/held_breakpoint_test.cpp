// Breakpoints that MOV SS and POP SS hold back until the next instruction has run. [386 §9.2.4,
// §12.3]
#include "tests/unit/cpu/protected_machine.hpp"

namespace faultline::test {
namespace {

class HeldBreakpoints : public ::testing::Test, public ProtectedMachine {
 protected:
  static constexpr u32 reads_and_writes = 3, execution = 0;
  /// Breakpoint 0, locally enabled, of one byte.
  void watch(u32 linear, u32 kind) {
    s.debug[0] = linear;
    s.debug[7] = 0x401 | kind << 16;
    engine->state_changed();
    engine->load_debug(7, s.debug[7]);
  }
};

TEST_F(HeldBreakpoints, MovSsHoldsADataBreakpoint) {
  set_dword(data, data0);
  watch(data, reads_and_writes);
  const Entered e = run_program({0x8E, 0x15, 0, 0xC0, 0, 0,    // mov ss,[c000]
                                 0xBC, 0, 0x80, 0, 0, 0x40});  // mov esp,8000; inc eax
  EXPECT_EQ(e.vector, DB);
  EXPECT_EQ(e.eip, program + 11);
  EXPECT_EQ(e.esp, 0x8000u);
  EXPECT_EQ(s.debug[6] & 0xF, 1u);
}

TEST_F(HeldBreakpoints, PopSsHoldsADataBreakpoint) {
  set_dword(stack_top, data0);
  watch(stack_top, reads_and_writes);
  const Entered e = run_program({0x17, 0xBC, 0, 0x80, 0, 0, 0x40});  // pop ss; mov esp,8000
  EXPECT_EQ(e.vector, DB);
  EXPECT_EQ(e.eip, program + 6);
  EXPECT_EQ(e.esp, 0x8000u);
}

TEST_F(HeldBreakpoints, StiHoldsNone) {
  set_dword(data, data0);
  watch(data, reads_and_writes);
  const Entered e = run_program({0x8E, 0x15, 0, 0xC0, 0, 0,  // mov ss,[c000]
                                 0xFB, 0x40, 0x40});         // sti; inc eax
  EXPECT_EQ(e.vector, DB);
  EXPECT_EQ(e.eip, program + 7);
}

TEST_F(HeldBreakpoints, TheHeldOneComesWithTheStepTrap) {
  set_dword(data, data0);
  watch(data, reads_and_writes);
  s.flags.set(0x102);  // TF
  const Entered e = run_program({0x8E, 0x15, 0, 0xC0, 0, 0, 0x40, 0x40});
  EXPECT_EQ(e.eip, program + 7);
  EXPECT_EQ(s.debug[6] & 0xE00F, 0x4001u);  // BS and B0
}

TEST_F(HeldBreakpoints, AHeldOneMeetsTheHandlerOfTheNextInstruction) {
  set_dword(data, data0);
  watch(data, reads_and_writes);
  const Entered e = run_program({0x8E, 0x15, 0, 0xC0, 0, 0, 0xCD, 0x41});  // int 41
  EXPECT_EQ(e.vector, DB);
  EXPECT_EQ(e.eip, handler(0x41));
}

TEST_F(HeldBreakpoints, MovSsHoldsAnInstructionBreakpoint) {
  reg(EAX) = data0;
  watch(program + 2, execution);
  place(program, {0x8E, 0xD0, 0x40, 0xF4});  // mov ss,ax; inc eax; hlt
  EXPECT_EQ(run(), Stop::Halted);
  EXPECT_EQ(s.eip, program + 4);
  EXPECT_EQ(reg(EAX), data0 + 1u);
  s.halted = false;
  s.eip = program + 2;  // reached otherwise it is met
  EXPECT_EQ(run_on().eip, program + 2);
}

}  // namespace
}  // namespace faultline::test
