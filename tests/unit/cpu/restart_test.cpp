// An instruction that faults leaves the processor as it was before it, so that it can be restarted.
// [386 §9.1, §9.8.14]
#include <algorithm>

#include "tests/unit/cpu/protected_machine.hpp"

namespace faultline::test {
namespace {

constexpr u32 absent = 0x3E000;  // this page is not there; the ones around it are

struct Restart : testing::Test, ProtectedMachine {
  Restart() {
    enable_paging();
    page_bits(absent, 0);
    for (unsigned i = 0; i < 8; ++i) reg(i) = 0x01010101 * (i + 1);
    reg(ESP) = stack_top;
    s.flags.set(0x8D7);  // OF SF ZF AF PF CF
  }
  /// Runs at CPL 3, whose stack may be anywhere; expects #PF with nothing changed but `allowed`
  /// registers.
  Entered expect_fault(const std::vector<u8>& bytes, u32 address, u32 error,
                       std::initializer_list<unsigned> allowed = {}) {
    load(CS, code3);
    for (unsigned number : {ES, SS, DS, FS, GS}) load(number, data3);
    s.flags.set(0x8D7);
    u32 before[8];
    std::copy_n(s.general, 8, before);
    const Entered e = run_program(bytes);
    EXPECT_EQ(e.vector, PF);
    EXPECT_EQ(e.error, error);
    EXPECT_EQ(cr2(), address);
    EXPECT_EQ(e.eip, program);
    EXPECT_EQ(e.eflags, 0x108D7u);
    EXPECT_EQ(e.esp, before[ESP]);
    for (unsigned i : allowed) before[i] = s.general[i];
    before[ESP] = s.general[ESP];  // the handler's
    EXPECT_TRUE(std::equal(before, before + 8, s.general));
    return e;
  }
};

constexpr u32 user_read = 4, user_write = 6;

TEST_F(Restart, Push) {
  reg(ESP) = absent + page_size;
  expect_fault({0x50}, absent + page_size - 4, user_write);
}
TEST_F(Restart, PushOfAnAbsentOperand) {
  reg(EBX) = absent;
  reg(ESP) = user_stack_top;
  expect_fault({0xFF, 0x33}, absent, user_read);
}
TEST_F(Restart, PopFromAnAbsentStack) {
  reg(ESP) = absent;
  expect_fault({0x58}, absent, user_read);
}
TEST_F(Restart, PopToAbsentMemory) {
  reg(ESP) = user_stack_top - 8;
  reg(EBX) = absent + 8;
  expect_fault({0x8F, 0x03}, absent + 8, user_write);
}
TEST_F(Restart, PopAddressesByTheEspBehindThePop) {  // [386 §17.2.2 POP]
  reg(ESP) = absent - 4;
  expect_fault({0x8F, 0x04, 0x24}, absent, user_write);  // pop [esp]
}
TEST_F(Restart, PushaThatCrossesIntoAnAbsentPage) {
  reg(ESP) = absent + page_size + 0x10;  // four of the eight fit
  expect_fault({0x60}, absent + page_size - 4, user_write);
}
TEST_F(Restart, PopaThatCrossesIntoAnAbsentPage) {
  reg(ESP) = absent - 16;
  expect_fault({0x61}, absent, user_read);
}
TEST_F(Restart, Call) {
  reg(ESP) = absent + page_size;
  expect_fault({0xE8, 0, 1, 0, 0}, absent + page_size - 4, user_write);
}
TEST_F(Restart, Ret) {
  reg(ESP) = absent;
  expect_fault({0xC3}, absent, user_read);
}
TEST_F(Restart, FarCallWhoseSecondPushFaults) {
  reg(ESP) = absent + page_size + 4;
  expect_fault({0x9A, 0, 0x20, 1, 0, code3, 0}, absent + page_size - 4, user_write);
}
TEST_F(Restart, FarReturnWhoseSelectorIsAbsent) {
  reg(ESP) = absent - 4;
  expect_fault({0xCB}, absent, user_read);
}
TEST_F(Restart, EnterWithLevels) {
  reg(ESP) = absent + page_size + 8;
  reg(EBP) = user_stack_top;
  expect_fault({0xC8, 0, 0, 4}, absent + page_size - 4, user_write);
}
TEST_F(Restart, EnterWhoseLocalsEndInAnAbsentPage) {
  reg(ESP) = absent + page_size + 0x100;
  expect_fault({0xC8, 0x00, 0x02, 0}, absent + page_size - 0x104, user_write);
}
TEST_F(Restart, Leave) {
  reg(EBP) = absent + 4;
  reg(ESP) = user_stack_top;
  expect_fault({0xC9}, absent + 4, user_read);
}

// A read-modify-write faults as a write, before it has changed anything.
TEST_F(Restart, ReadModifyWrite) {
  reg(EBX) = absent + 4;
  reg(ESP) = user_stack_top;
  expect_fault({0x01, 0x03}, absent + 4, user_write);              // add [ebx], eax
  expect_fault({0xFF, 0x03}, absent + 4, user_write);              // inc dword [ebx]
  expect_fault({0xF7, 0x1B}, absent + 4, user_write);              // neg dword [ebx]
  expect_fault({0x87, 0x03}, absent + 4, user_write);              // xchg [ebx], eax
  expect_fault({0xC1, 0x23, 0x04}, absent + 4, user_write);        // shl dword [ebx], 4
  expect_fault({0x0F, 0xBA, 0x2B, 0x01}, absent + 4, user_write);  // bts dword [ebx], 1
  expect_fault({0x0F, 0xC1, 0x03}, absent + 4, user_write);        // xadd [ebx], eax
  expect_fault({0x0F, 0xB1, 0x03}, absent + 4, user_write);        // cmpxchg [ebx], eax
}
TEST_F(Restart, ReadModifyWriteOfAReadOnlyPage) {
  page_bits(absent, 5);
  set_dword(absent, 0x12345678);
  reg(EBX) = absent;
  reg(ESP) = user_stack_top;
  expect_fault({0x01, 0x03}, absent, 7);
  EXPECT_EQ(dword(absent), 0x12345678u);
  expect_fault({0x87, 0x03}, absent, 7);
}
TEST_F(Restart, BitStringFaultsWhereTheBitIs) {  // [386 §17.2.2 BT]
  reg(EBX) = absent - 0x100;
  reg(EAX) = 0x100 * 8 + 33;
  reg(ESP) = user_stack_top;
  expect_fault({0x0F, 0xA3, 0x03}, absent + 4, user_read);   // bt [ebx], eax
  expect_fault({0x0F, 0xAB, 0x03}, absent + 4, user_write);  // bts [ebx], eax
}

// An operand over two pages: both are there, or nothing moves.
TEST_F(Restart, StoreThatCrossesIntoAnAbsentPage) {
  set_dword(absent - 4, 0x11223344);
  reg(EBX) = absent - 2;
  reg(ESP) = user_stack_top;
  expect_fault({0x89, 0x03}, absent, user_write);
  EXPECT_EQ(dword(absent - 4), 0x11223344u);
}
TEST_F(Restart, StoreThatCrossesOutOfAnAbsentPage) {
  reg(EBX) = absent + page_size - 2;
  reg(ESP) = user_stack_top;
  expect_fault({0x89, 0x03}, absent + page_size - 2, user_write);
}
TEST_F(Restart, LoadThatCrossesIntoAnAbsentPage) {
  reg(EBX) = absent - 1;
  reg(ESP) = user_stack_top;
  expect_fault({0x8B, 0x03}, absent, user_read);
}

// Repeated string instructions keep what the finished iterations did.
TEST_F(Restart, RepeatedStosFaultsInTheMiddle) {
  reg(EDI) = absent - 12;
  reg(ECX) = 10;
  reg(ESP) = user_stack_top;
  expect_fault({0xF3, 0xAB}, absent, user_write, {ECX, EDI});
  EXPECT_EQ(reg(ECX), 7u);
  EXPECT_EQ(reg(EDI), absent);
  EXPECT_EQ(dword(absent - 4), reg(EAX));
}
TEST_F(Restart, RepeatedMovsFaultsOnItsSourceOrDestination) {
  reg(ESP) = user_stack_top;
  reg(ESI) = absent - 8;
  reg(EDI) = data;
  reg(ECX) = 5;
  expect_fault({0xF3, 0xA5}, absent, user_read, {ECX, ESI, EDI});
  EXPECT_EQ(reg(ECX), 3u);
  EXPECT_EQ(reg(ESI), absent);
  EXPECT_EQ(reg(EDI), data + 8);
  reg(ESP) = user_stack_top;
  reg(ESI) = data;
  reg(EDI) = absent - 4;
  reg(ECX) = 5;
  expect_fault({0xF3, 0xA5}, absent, user_write, {ECX, ESI, EDI});
  EXPECT_EQ(reg(ECX), 4u);
  EXPECT_EQ(reg(ESI), data + 4);
}
TEST_F(Restart, RepeatedMovsGoesOnWhereItFaulted) {
  page_bits(absent, 7);
  for (u32 i = 0; i < 16; ++i) set_byte(data + i, static_cast<u8>(i + 1));
  page_bits(absent, 0);
  reg(ESP) = user_stack_top;
  reg(ESI) = data;
  reg(EDI) = absent - 5;
  reg(ECX) = 16;
  expect_fault({0xF3, 0xA4}, absent, user_write, {ECX, ESI, EDI});
  page_bits(absent, 7);
  enter(3);
  run_program({0xF3, 0xA4, 0xCD, 0x40});
  for (u32 i = 0; i < 16; ++i) EXPECT_EQ(byte(absent - 5 + i), i + 1);
  EXPECT_EQ(reg(ECX), 0u);
}
TEST_F(Restart, DescendingStringsFaultGoingDown) {
  enter(3);
  reg(EDI) = absent + page_size + 4;
  reg(ECX) = 4;
  place(program, {0xFD, 0xF3, 0xAB});  // std; rep stosd
  const Entered e = run_on();
  EXPECT_EQ(e.vector, PF);
  EXPECT_EQ(cr2(), absent + page_size - 4);
  EXPECT_EQ(reg(ECX), 2u);
  EXPECT_EQ(reg(EDI), absent + page_size - 4);
  EXPECT_EQ(e.eip, program + 1);
}
TEST_F(Restart, CmpsKeepsTheFlagsOfTheLastComparison) {
  page_bits(absent - page_size, 7);
  set_dword(absent - 4, 5);
  set_dword(data, 5);
  enter(3);
  reg(ESI) = data;
  reg(EDI) = absent - 4;
  reg(ECX) = 3;
  s.flags.set(2);
  const Entered e = run_program({0xF3, 0xA7});  // repe cmpsd
  EXPECT_EQ(e.vector, PF);
  EXPECT_EQ(e.error, user_read);
  EXPECT_EQ(reg(ECX), 2u);
  EXPECT_EQ(reg(ESI), data + 4);
  EXPECT_EQ(e.eflags, 0x10046u);  // RF; equal: ZF and PF
}
TEST_F(Restart, InsFaultsBeforeThePortIsRead) {
  s.flags.set(0x3002);
  enter(3);
  reg(EDI) = absent - 2;
  reg(ECX) = 4;
  reg(EDX) = 0x1F0;
  const Entered e = run_program({0xF3, 0x66, 0x6D});  // rep insw
  EXPECT_EQ(e.vector, PF);
  EXPECT_EQ(e.error, user_write);
  EXPECT_EQ(bus.reads, 1u);
  EXPECT_EQ(reg(ECX), 3u);
  EXPECT_EQ(reg(EDI), absent);
  EXPECT_EQ(e.eip, program);
}
TEST_F(Restart, OutsKeepsItsProgressAndSendsEachElementOnce) {
  s.flags.set(0x3002);
  enter(3);
  reg(ESI) = absent - 4;
  reg(ECX) = 4;
  reg(EDX) = 0x1F0;
  for (u32 i = 0; i < 8; i += 2) set_word(absent - 4 + i, static_cast<u16>(0x1111 * (i / 2 + 1)));
  const Entered e = run_program({0xF3, 0x66, 0x6F, 0xCD, 0x40});  // rep outsw
  EXPECT_EQ(e.vector, PF);
  EXPECT_EQ(e.error, user_read);
  EXPECT_EQ(e.eip, program);
  EXPECT_EQ(reg(ESI), absent);
  EXPECT_EQ(reg(ECX), 2u);
  page_bits(absent, 7);  // the pager brings it in; the instruction goes on
  enter(3);
  EXPECT_EQ(run_on().vector, 0x40u);
  EXPECT_EQ(reg(ECX), 0u);
  const std::vector<TestBus::Write> sent = {
      {0x1F0, 2, 0x1111}, {0x1F0, 2, 0x2222}, {0x1F0, 2, 0x3333}, {0x1F0, 2, 0x4444}};
  EXPECT_EQ(bus.writes, sent);
}
TEST_F(Restart, RepeatOfNothingTouchesNothing) {
  reg(ESP) = user_stack_top;
  reg(ESI) = reg(EDI) = absent;
  reg(ECX) = 0;
  enter(3);
  for (u8 opcode : {0xA4, 0xA5, 0xA6, 0xA7, 0xAA, 0xAB, 0xAC, 0xAD, 0xAE, 0xAF})
    EXPECT_EQ(run_program({0xF3, opcode, 0xCD, 0x40}).vector, 0x40u);
}

TEST_F(Restart, OperandFaultsComeBeforeDivideErrors) {
  reg(EBX) = absent;
  reg(ESP) = user_stack_top;
  expect_fault({0xF7, 0x33}, absent, user_read);  // div dword [ebx]
}
TEST_F(Restart, LoopThatJumpsOutOfTheSegmentKeepsItsCount) {
  descriptor(free0, 0x000000FF, 0x0041FA00);  // code, limit 100FF
  enter(3);
  load(CS, free0 | 3);
  reg(ECX) = 5;
  place(program + 0xF0, {0xE2, 0x7F});
  s.eip = program + 0xF0;
  const Entered e = run_on();
  EXPECT_EQ(e.vector, GP);
  EXPECT_EQ(e.eip, program + 0xF0);
  EXPECT_EQ(reg(ECX), 5u);
}
TEST_F(Restart, InterruptWhoseFrameDoesNotFit) {  // at the same level, over an absent page
  reg(ESP) = absent + page_size + 4;
  enter(0);
  reg(ESP) = absent + page_size + 4;
  set_dword(task_state + 4, inner_stack_top);
  // The #PF cannot be delivered on that stack either.
  place(program, {0xCD, 0x41});
  EXPECT_EQ(run(), Stop::Shutdown);
  EXPECT_EQ(s.eip, program);
  EXPECT_EQ(reg(ESP), absent + page_size + 4);
}

}  // namespace
}  // namespace faultline::test
