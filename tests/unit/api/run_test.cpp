// Starting, the ends of a run, stepping, interrupts, contexts.
#include "tests/unit/api/embedded.hpp"

namespace faultline::test {
namespace {

TEST_F(Embedded, RefusesASenselessStart) {
  EXPECT_EQ(faultline_start(nullptr, 0, 0, 0, 0), FAULTLINE_ERROR_ARGUMENT);
  EXPECT_EQ(faultline_start(engine, 0, uint64_t{1} << 32, 0, 0), FAULTLINE_ERROR_ARGUMENT);
  EXPECT_EQ(faultline_step(nullptr), FAULTLINE_ERROR_ARGUMENT);
  EXPECT_EQ(faultline_stop(nullptr), FAULTLINE_ERROR_ARGUMENT);
  EXPECT_EQ(faultline_raise_interrupt(nullptr, 0), FAULTLINE_ERROR_ARGUMENT);
  EXPECT_EQ(faultline_raise_nmi(nullptr), FAULTLINE_ERROR_ARGUMENT);
  EXPECT_EQ(faultline_read_counters(nullptr, nullptr), FAULTLINE_ERROR_ARGUMENT);
}

TEST_F(Embedded, EndsBeforeUntil) {
  place({0x40, 0x40, 0x40, 0xF4});
  EXPECT_EQ(run(code_at + 2), FAULTLINE_STOP_UNTIL);
  EXPECT_EQ(get(FAULTLINE_EAX), 2u);
  EXPECT_EQ(get(FAULTLINE_EIP), code_at + 2);
  EXPECT_EQ(run(code_at), FAULTLINE_STOP_UNTIL);  // at once
  EXPECT_EQ(get(FAULTLINE_EAX), 2u);
}

TEST_F(Embedded, EndsAfterACount) {
  place({0x40, 0xEB, 0xFD});  // inc eax; jmp back
  EXPECT_EQ(run(FAULTLINE_NOWHERE, 0, 7), FAULTLINE_STOP_COUNT);
  EXPECT_EQ(get(FAULTLINE_EAX), 4u);
  EXPECT_EQ(counters().instructions, 7u);
}

TEST_F(Embedded, EndsWhenTheClocksAreUsed) {
  place({0x40, 0xEB, 0xFD});
  EXPECT_EQ(run(FAULTLINE_NOWHERE, 1000), FAULTLINE_STOP_CLOCKS);
  EXPECT_EQ(counters().clocks, 1000u);
}

TEST_F(Embedded, ARepeatedInstructionCountsOnce) {
  place({0xF3, 0xAA, 0x40, 0xF4});  // rep stosb; inc eax; hlt
  set(FAULTLINE_ECX, 100);
  set(FAULTLINE_EDI, 0x4000);
  EXPECT_EQ(run(FAULTLINE_NOWHERE, 0, 1), FAULTLINE_STOP_COUNT);
  EXPECT_EQ(get(FAULTLINE_ECX), 0u);
  EXPECT_EQ(get(FAULTLINE_EIP), code_at + 2);
}

TEST_F(Embedded, ARepeatedInstructionIsStoppedByTheClock) {
  place({0xF3, 0xAA, 0xF4});
  set(FAULTLINE_ECX, 100);
  set(FAULTLINE_EDI, 0x4000);
  EXPECT_EQ(run(FAULTLINE_NOWHERE, 40), FAULTLINE_STOP_CLOCKS);
  EXPECT_EQ(get(FAULTLINE_EIP), code_at);
  EXPECT_EQ(get(FAULTLINE_ECX), 60u);
  EXPECT_EQ(run(), FAULTLINE_STOP_HALTED);
  EXPECT_EQ(get(FAULTLINE_EDI), 0x4064u);
}

TEST_F(Embedded, StepsGoInstructionByInstruction) {
  place({0x40, 0x41, 0xF4});
  set(FAULTLINE_EIP, code_at);
  EXPECT_EQ(faultline_step(engine), FAULTLINE_OK);
  EXPECT_EQ(get(FAULTLINE_EAX), 1u);
  EXPECT_EQ(get(FAULTLINE_ECX), 0u);
  EXPECT_EQ(faultline_step(engine), FAULTLINE_OK);
  EXPECT_EQ(get(FAULTLINE_ECX), 1u);
  EXPECT_EQ(faultline_stop_reason(engine), FAULTLINE_STOP_COUNT);
  EXPECT_EQ(faultline_step(engine), FAULTLINE_OK);
  EXPECT_EQ(faultline_stop_reason(engine), FAULTLINE_STOP_HALTED);
  EXPECT_EQ(faultline_step(engine), FAULTLINE_OK);  // still halted
  EXPECT_EQ(get(FAULTLINE_EIP), code_at + 3);
}

/// An IDT whose gate for `vector` leads to 5000h, where a HLT is, and a GDT for it.
class Handled : public Embedded {
 protected:
  static constexpr uint32_t handler = 0x5000, gdt = 0x2000, idt = 0x6000;
  void handle(uint8_t vector) {
    set_dword(gdt + 8, 0x0000FFFF);
    set_dword(gdt + 12, 0x00CF9A00);
    EXPECT_EQ(faultline_write_table(engine, FAULTLINE_GDTR, gdt, 0x1F), FAULTLINE_OK);
    EXPECT_EQ(faultline_write_table(engine, FAULTLINE_IDTR, idt, 0x7FF), FAULTLINE_OK);
    set_dword(idt + vector * 8u, 0x00080000 | handler);
    set_dword(idt + vector * 8u + 4, 0x8E00);
    place({0xF4}, handler);
  }
};

TEST_F(Handled, AFaultIsOneStep) {
  handle(0);
  place({0x31, 0xC9, 0xF7, 0xF1});  // xor ecx, ecx; div ecx
  EXPECT_EQ(run(FAULTLINE_NOWHERE, 0, 2), FAULTLINE_STOP_COUNT);
  EXPECT_EQ(get(FAULTLINE_EIP), handler);
  EXPECT_EQ(dword(get(FAULTLINE_ESP)), code_at + 2);
}

TEST_F(Handled, AnInterruptIsTakenWhenFlagsAllowIt) {
  handle(0x40);
  place({0x40, 0xFB, 0x40, 0x40, 0xF4});  // inc; sti; inc; inc; hlt
  EXPECT_EQ(faultline_raise_interrupt(engine, 0x40), FAULTLINE_OK);
  EXPECT_EQ(run(), FAULTLINE_STOP_HALTED);
  EXPECT_EQ(get(FAULTLINE_EIP), handler + 1);
  EXPECT_EQ(get(FAULTLINE_EAX), 2u);                  // one instruction behind STI
  EXPECT_EQ(run(code_at + 4), FAULTLINE_STOP_UNTIL);  // taken once
}

TEST_F(Handled, AnNmiIsTakenWhateverFlagsSay) {
  handle(2);
  place({0x40, 0xF4});
  EXPECT_EQ(faultline_raise_nmi(engine), FAULTLINE_OK);
  EXPECT_EQ(run(), FAULTLINE_STOP_HALTED);
  EXPECT_EQ(get(FAULTLINE_EIP), handler + 1);
  EXPECT_EQ(get(FAULTLINE_EAX), 0u);
}

TEST_F(Handled, AHaltedProcessorWakesForAnInterrupt) {
  handle(0x40);
  place({0xFB, 0xF4, 0x41, 0xF4});  // sti; hlt; inc ecx; hlt
  EXPECT_EQ(run(), FAULTLINE_STOP_HALTED);
  EXPECT_EQ(faultline_raise_interrupt(engine, 0x40), FAULTLINE_OK);
  EXPECT_EQ(faultline_step(engine), FAULTLINE_OK);
  EXPECT_EQ(dword(get(FAULTLINE_ESP)), code_at + 2);
}

TEST_F(Embedded, WithoutHandlersAnExceptionShutsDown) {
  place({0x0F, 0x0B});  // #UD
  EXPECT_EQ(run(), FAULTLINE_STOP_SHUTDOWN);
  EXPECT_EQ(get(FAULTLINE_EIP), code_at);
}

TEST_F(Embedded, AContextIsPutBackWhole) {
  place({0x40, 0x51, 0xF4});  // inc eax; push ecx; hlt
  faultline_context* context = nullptr;
  ASSERT_EQ(faultline_context_alloc(engine, &context), FAULTLINE_OK);
  run();
  const auto after = counters();
  const uint32_t esp = get(FAULTLINE_ESP);
  faultline_context* later = nullptr;
  ASSERT_EQ(faultline_context_alloc(engine, &later), FAULTLINE_OK);
  EXPECT_EQ(faultline_context_restore(engine, context), FAULTLINE_OK);
  EXPECT_EQ(get(FAULTLINE_EAX), 0u);
  EXPECT_EQ(get(FAULTLINE_ESP), esp + 4);
  EXPECT_EQ(counters().clocks, 0u);
  run();
  EXPECT_EQ(counters().clocks, after.clocks);
  EXPECT_EQ(get(FAULTLINE_EAX), 1u);
  EXPECT_EQ(faultline_context_save(engine, context), FAULTLINE_OK);
  set(FAULTLINE_EAX, 77);
  EXPECT_EQ(faultline_context_restore(engine, context), FAULTLINE_OK);
  EXPECT_EQ(get(FAULTLINE_EAX), 1u);
  EXPECT_EQ(faultline_context_free(context), FAULTLINE_OK);
  EXPECT_EQ(faultline_context_free(later), FAULTLINE_OK);
}

TEST_F(Embedded, AContextKnowsItsModel) {
  faultline_context* context = nullptr;
  ASSERT_EQ(faultline_context_alloc(engine, &context), FAULTLINE_OK);
  use("i386dx");
  EXPECT_EQ(faultline_context_restore(engine, context), FAULTLINE_ERROR_MODEL);
  EXPECT_EQ(faultline_context_restore(nullptr, context), FAULTLINE_ERROR_ARGUMENT);
  EXPECT_EQ(faultline_context_restore(engine, nullptr), FAULTLINE_ERROR_ARGUMENT);
  EXPECT_EQ(faultline_context_save(engine, nullptr), FAULTLINE_ERROR_ARGUMENT);
  EXPECT_EQ(faultline_context_alloc(nullptr, &context), FAULTLINE_ERROR_ARGUMENT);
  EXPECT_EQ(faultline_context_alloc(engine, nullptr), FAULTLINE_ERROR_ARGUMENT);
  EXPECT_EQ(faultline_context_free(context), FAULTLINE_OK);
  EXPECT_EQ(faultline_context_free(nullptr), FAULTLINE_OK);
}

}  // namespace
}  // namespace faultline::test
