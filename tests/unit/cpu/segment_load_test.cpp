// Loading segment registers in protected mode, and what the loaded segment then allows.
// [386 §5.1, §6.3.1, §6.3.2] [386 §17.2.2 MOV]
#include "tests/unit/cpu/protected_machine.hpp"

namespace faultline::test {
namespace {

struct SegmentLoad : testing::Test, ProtectedMachine {
  /// MOV DS, AX (or another register by its number in ModRM) of `selector`, then HLT or a fault.
  Entered load_by_mov(u16 selector, unsigned number = DS) {
    reg(EAX) = selector;
    return run_program({0x8E, static_cast<u8>(0xC0 | number << 3), 0xCD, 0x40});
  }
  static constexpr unsigned loaded = 0x40;  // the INT 40 behind it was reached
  void expect_fault(const Entered& e, unsigned vector, u32 error) {
    EXPECT_EQ(e.vector, vector);
    EXPECT_EQ(e.error, error);
    EXPECT_EQ(e.eip, program);
  }
};

TEST_F(SegmentLoad, FillsTheHiddenPart) {
  descriptor(free0, 0x56780123, 0x1240F234);  // base 12345678, limit 00123, 32-bit, DPL 3 data
  EXPECT_EQ(load_by_mov(free0 | 3).vector, loaded);
  EXPECT_EQ(s.segment[DS].selector, free0 | 3);
  EXPECT_EQ(s.segment[DS].base, 0x12345678u);
  EXPECT_EQ(s.segment[DS].limit, 0x123u);
  EXPECT_TRUE(s.segment[DS].big);
}

TEST_F(SegmentLoad, GranularityCountsPages) {  // [386 §5.1.1]
  descriptor(free0, 0x00000001, 0x00809200);
  load_by_mov(free0);
  EXPECT_EQ(s.segment[DS].limit, 0x1FFFu);
}

TEST_F(SegmentLoad, NullIsAllowedAndItsUseIsNot) {  // [386 §5.1.3]
  for (u16 null : {0, 1, 2, 3}) {
    enter(0);
    EXPECT_EQ(load_by_mov(null).vector, loaded);
    EXPECT_EQ(s.segment[DS].selector, null);
  }
}

TEST_F(SegmentLoad, UseOfANullSegmentFaults) {
  reg(EAX) = 0;
  const Entered e = run_program({0x8E, 0xD8, 0xA1, 0, 0xC0, 0, 0});  // mov eax, [c000]
  EXPECT_EQ(e.vector, GP);
  EXPECT_EQ(e.error, 0u);
  EXPECT_EQ(e.eip, program + 2);
}

TEST_F(SegmentLoad, NullInSsFaults) { expect_fault(load_by_mov(0, SS), GP, 0); }

TEST_F(SegmentLoad, OutsideTheTableFaults) {
  s.gdtr.limit = free0 + 6;  // one byte short of the descriptor
  expect_fault(load_by_mov(free0 | 2), GP, free0);
}

TEST_F(SegmentLoad, LocalSelectorWithoutLdtFaults) {
  s.ldtr.access = 0;
  expect_fault(load_by_mov(0x0C), GP, 0x0C);
}

TEST_F(SegmentLoad, LocalSelectorReadsTheLdt) {
  descriptor(free0, 0xA000000F, 0x00008200);  // LDT at A000, two descriptors
  s.ldtr = cached(free0);
  set_dword(0xA008, 0x4321FFFF);
  set_dword(0xA00C, 0x00009300);
  EXPECT_EQ(load_by_mov(0x0C).vector, loaded);
  EXPECT_EQ(s.segment[DS].base, 0x4321u);
}

TEST_F(SegmentLoad, ExecuteOnlyCodeIsNotReadable) {
  descriptor(free0, 0x0000FFFF, 0x00CF9800);
  expect_fault(load_by_mov(free0), GP, free0);
}

TEST_F(SegmentLoad, ReadableCodeIsReadableAndNotWritable) {
  EXPECT_EQ(load_by_mov(code0).vector, loaded);
  reg(EAX) = code0;
  const Entered e = run_program({0x8E, 0xD8, 0xA3, 0, 0xC0, 0, 0});  // mov [c000], eax
  EXPECT_EQ(e.vector, GP);
  EXPECT_EQ(e.error, 0u);
}

TEST_F(SegmentLoad, SystemDescriptorsAreNoSegments) { expect_fault(load_by_mov(tss), GP, tss); }

TEST_F(SegmentLoad, NotPresentIsNpAndForSsIsSs) {
  descriptor(free0, 0x0000FFFF, 0x00CF1200);
  expect_fault(load_by_mov(free0), NP, free0);
  enter(0);
  expect_fault(load_by_mov(free0, SS), SSF, free0);
}

TEST_F(SegmentLoad, DplMustCoverCplAndRpl) {        // [386 §6.3.2]
  expect_fault(load_by_mov(data0 | 3), GP, data0);  // RPL 3, DPL 0
  enter(3);
  expect_fault(load_by_mov(data0), GP, data0);  // CPL 3
  enter(1);
  EXPECT_EQ(load_by_mov(data3).vector, loaded);
}

TEST_F(SegmentLoad, ConformingCodeIsOpenToAll) {
  descriptor(free0, 0x0000FFFF, 0x00CF9E00);
  enter(3);
  EXPECT_EQ(load_by_mov(free0 | 3).vector, loaded);
}

TEST_F(SegmentLoad, SsMustBeWritableAndOfCplExactly) {  // [386 §17.2.2 MOV]
  descriptor(free0, 0x0000FFFF, 0x00CF9000);            // read-only
  expect_fault(load_by_mov(free0, SS), GP, free0);
  enter(0);
  expect_fault(load_by_mov(data3, SS), GP, data3 & 0xFFFC);
  enter(0);
  expect_fault(load_by_mov(data0 | 1, SS), GP, data0);
  enter(0);
  expect_fault(load_by_mov(code0, SS), GP, code0);
}

TEST_F(SegmentLoad, SetsTheAccessedBitOnce) {  // [386 §5.1.1]
  EXPECT_EQ(byte(gdt + data0 + 5), 0x92);
  load_by_mov(data0);
  EXPECT_EQ(byte(gdt + data0 + 5), 0x93);
  // No second write: on the i486 it would fault in a read-only page with CR0.WP.
  enable_paging();
  cr0() |= 1u << 16;
  page_bits(gdt, 5);
  enter(0);
  EXPECT_EQ(load_by_mov(data0).vector, loaded);
  EXPECT_TRUE(!i386_paging || (page_of(gdt) & 0x40) == 0);  // D stays clear
}

TEST_F(SegmentLoad, MovToCsAndUnknownRegistersAreUndefined) {
  EXPECT_EQ(run_program({0x8E, 0xC8}).vector, UD);
  EXPECT_EQ(run_program({0x8E, 0xF0}).vector, UD);
  EXPECT_EQ(run_program({0x8C, 0xF8}).vector, UD);
}

TEST_F(SegmentLoad, AFaultLeavesBothRegistersOfLds) {
  reg(EBX) = 0x11111111;
  set_dword(data, 0x22222222);
  set_word(data + 4, free0);
  descriptor(free0, 0, 0);
  const Entered e = run_program({0xC5, 0x1D, 0, 0xC0, 0, 0});  // lds ebx, [c000]
  EXPECT_EQ(e.vector, GP);
  EXPECT_EQ(reg(EBX), 0x11111111u);
  EXPECT_EQ(s.segment[DS].selector, data0);
}

// Limits. [386 §6.3.1.2]

struct SegmentLimit : SegmentLoad {
  /// Reads a dword at `offset` through DS of a descriptor; the vector, or 40 when it went well.
  unsigned read_dword(u32 low, u32 high, u32 offset) {
    enter(0);
    descriptor(free0, low, high);
    load(DS, free0);
    reg(EBX) = offset;
    return run_program({0x8B, 0x03, 0xCD, 0x40}).vector;  // mov eax, [ebx]
  }
};

TEST_F(SegmentLimit, OfBytesCountsTheLastByte) {
  EXPECT_EQ(read_dword(0x00000FFF, 0x00409300, 0xFFC), loaded);
  EXPECT_EQ(read_dword(0x00000FFF, 0x00409300, 0xFFD), GP);
  EXPECT_EQ(read_dword(0x00000FFF, 0x00409300, 0xFFFFFFFF), GP);
}

TEST_F(SegmentLimit, OfPagesIsFilledWithOnes) {
  EXPECT_EQ(read_dword(0x00000000, 0x00C09300, 0xFFC), loaded);
  EXPECT_EQ(read_dword(0x00000000, 0x00C09300, 0xFFD), GP);
}

TEST_F(SegmentLimit, ExpandDownHoldsWhatIsAboveTheLimit) {
  EXPECT_EQ(read_dword(0x00000FFF, 0x00409700, 0x1000), loaded);
  EXPECT_EQ(read_dword(0x00000FFF, 0x00409700, 0xFFF), GP);
  EXPECT_EQ(read_dword(0x00000FFF, 0x00409700, 0x10000), loaded);  // B = 1: up to FFFFFFFF
  EXPECT_EQ(read_dword(0x00000FFF, 0x00409700, 0xFFFFFFFD), GP);
}

TEST_F(SegmentLimit, SmallExpandDownEndsAtFFFF) {
  EXPECT_EQ(read_dword(0x00000FFF, 0x00009700, 0xFFFC), loaded);
  EXPECT_EQ(read_dword(0x00000FFF, 0x00009700, 0xFFFD), GP);
  EXPECT_EQ(read_dword(0x00000FFF, 0x00009700, 0x10000), GP);
}

TEST_F(SegmentLimit, ReadOnlyDataTakesNoWrite) {
  descriptor(free0, 0x0000FFFF, 0x00CF9100);
  load(DS, free0);
  const Entered e = run_program({0xA3, 0, 0xC0, 0, 0});
  EXPECT_EQ(e.vector, GP);
  EXPECT_EQ(e.error, 0u);
}

TEST_F(SegmentLimit, OfTheStackIsAStackFault) {
  descriptor(free0, 0x00000FFF, 0x00409300);
  load(SS, free0);
  gate(SSF, code0, handler(SSF), 0x8E00);
  reg(ESP) = 0x800;
  reg(EBP) = 0x2000;
  const Entered e = run_program({0x8B, 0x45, 0x00});  // mov eax, [ebp]: SS by default
  EXPECT_EQ(e.vector, SSF);
  EXPECT_EQ(e.error, 0u);
}

TEST_F(SegmentLimit, OfCodeFaultsAtTheJump) {  // [386 §17.2.2 JMP]
  descriptor(free0, 0x00000FFF, 0x00419B00);   // limit 10FFF
  load(CS, free0);
  const Entered e = run_program({0xE9, 0xFB, 0x0F, 0, 0});  // jmp 11000
  EXPECT_EQ(e.vector, GP);
  EXPECT_EQ(e.error, 0u);
  EXPECT_EQ(e.eip, program);
}

TEST_F(SegmentLimit, CodeRunsUpToItsLimit) {
  descriptor(free0, program & 0xFFFF, 0x00419B00);  // limit 10000: one byte of program
  load(CS, free0);
  const Entered e = run_program({0x40, 0x40});
  EXPECT_EQ(e.vector, GP);
  EXPECT_EQ(e.eip, program + 1);
  EXPECT_EQ(reg(EAX), 1u);
}

TEST_F(SegmentLimit, IsCheckedBeforeThePage) {  // [386 §6.5]
  enable_paging();
  page_bits(data, 0);
  descriptor(free0, 0x00000FFF, 0x00409300);
  load(DS, free0);
  EXPECT_EQ(run_program({0xA1, 0, 0xC0, 0, 0}).vector, GP);
}

// Asking about descriptors. [386 §17.2.2 LAR, LSL, VERR, VERW, ARPL]

struct Examine : SegmentLoad {
  bool zero_flag_after(const std::vector<u8>& bytes) {
    std::vector<u8> code = bytes;
    code.insert(code.end(), {0xCD, 0x40});
    const Entered e = run_program(code);
    EXPECT_EQ(e.vector, 0x40u);
    return (e.eflags & 0x40) != 0;
  }
};

TEST_F(Examine, LarGivesTheAccessRights) {
  reg(EAX) = data3;
  EXPECT_TRUE(zero_flag_after({0x0F, 0x02, 0xD8}));  // lar ebx, eax
  EXPECT_EQ(reg(EBX) & 0xFFF0FFFF, 0x00C0F200u);     // bits 19:16 are undefined
}

TEST_F(Examine, LslGivesTheLimitInBytes) {
  reg(EAX) = data3;
  EXPECT_TRUE(zero_flag_after({0x0F, 0x03, 0xD8}));
  EXPECT_EQ(reg(EBX), 0xFFFFFFFFu);
}

TEST_F(Examine, InvisibleDescriptorsClearZfAndLeaveTheRegister) {
  enter(3);
  reg(EAX) = data0;
  reg(EBX) = 0x12345678;
  EXPECT_FALSE(zero_flag_after({0x0F, 0x02, 0xD8}));
  enter(3);
  EXPECT_FALSE(zero_flag_after({0x0F, 0x03, 0xD8}));
  EXPECT_EQ(reg(EBX), 0x12345678u);
}

TEST_F(Examine, LslKnowsNoGates) {
  call_gate(free0, code0, program, 0xEC00);
  reg(EAX) = free0;
  EXPECT_FALSE(zero_flag_after({0x0F, 0x03, 0xD8}));
  EXPECT_TRUE(zero_flag_after({0x0F, 0x02, 0xD8}));  // LAR does
}

TEST_F(Examine, VerrAndVerwAskForReadingAndWriting) {
  descriptor(free0, 0x0000FFFF, 0x00CFF000);  // read-only data, DPL 3
  reg(EAX) = free0 | 3;
  enter(3);
  EXPECT_TRUE(zero_flag_after({0x0F, 0x00, 0xE0}));  // verr ax
  enter(3);
  EXPECT_FALSE(zero_flag_after({0x0F, 0x00, 0xE8}));  // verw ax
}

TEST_F(Examine, ArplRaisesRplToTheCallers) {
  reg(EAX) = 0x10;
  reg(EBX) = 0x23;
  EXPECT_TRUE(zero_flag_after({0x63, 0xD8}));  // arpl ax, bx
  EXPECT_EQ(reg(EAX), 0x13u);
  EXPECT_FALSE(zero_flag_after({0x63, 0xD8}));
}

}  // namespace
}  // namespace faultline::test
