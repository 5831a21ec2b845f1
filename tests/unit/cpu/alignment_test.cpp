// The alignment check: CR0.AM, EFLAGS.AC and CPL 3 make a misaligned operand #AC(0). [486 §9.9.16]
#include "tests/unit/cpu/protected_machine.hpp"

namespace faultline::test {
namespace {

constexpr u32 AM = 1u << 18, AC_flag = 1u << 18;
constexpr unsigned AC = 17;

class Aligned : public ProtectedMachine {
 public:
  explicit Aligned(unsigned cpl = 3, std::string_view model = "i486dx") : ProtectedMachine(model) {
    cr0() |= AM;
    enter(cpl);
    s.flags.set(AC_flag);
  }
  /// The vector that stops `code` followed by INT 40h.
  unsigned vector(std::vector<u8> code) {
    code.insert(code.end(), {0xCD, 0x40});
    return run_program(code).vector;
  }
};

/// An instruction with a memory operand at [ECX], the alignment it needs, and what it is.
struct Operation {
  const char* name;
  std::vector<u8> code;
  u32 alignment;
};
const std::vector<Operation>& operations() {
  static const std::vector<Operation> all = {
      {"mov al", {0x8A, 0x01}, 1},
      {"mov ax", {0x66, 0x8B, 0x01}, 2},
      {"mov eax", {0x8B, 0x01}, 4},
      {"mov store", {0x89, 0x01}, 4},
      {"add to memory", {0x01, 0x01}, 4},
      {"movzx word", {0x0F, 0xB7, 0x01}, 2},
      {"push memory", {0xFF, 0x31}, 4},
      {"bound", {0x62, 0x01}, 4},
      {"lds 16:32", {0x0F, 0xB4, 0x01}, 4},  // lfs: a 48-bit pointer
      {"lfs 16:16", {0x66, 0x0F, 0xB4, 0x01}, 2},
      {"fld single", {0xD9, 0x01}, 4},
      {"fld double", {0xDD, 0x01}, 8},
      {"fld extended", {0xDB, 0x29}, 8},
      {"fst single", {0xD9, 0x11}, 4},
      {"fst double", {0xDD, 0x11}, 8},
      {"fild word", {0xDF, 0x01}, 2},
      {"fild quadword", {0xDF, 0x29}, 8},
      {"fbstp", {0xDF, 0x31}, 8},
      {"fstcw", {0xD9, 0x39}, 2},
      {"fstenv", {0xD9, 0x31}, 4},
      {"fstenv 16", {0x66, 0xD9, 0x31}, 2},
      {"fsave", {0xDD, 0x31}, 4},
      {"fsave 16", {0x66, 0xDD, 0x31}, 2},
      {"frstor", {0xDD, 0x21}, 4},
  };
  return all;
}

TEST(Alignment, EveryKindOfOperandHasItsOwn) {
  for (const Operation& operation : operations()) {
    for (u32 offset = 0; offset < 16; ++offset) {
      Aligned m;
      for (u32 i = 0; i < 128; i += 4) m.set_dword(data + i, 0);
      m.set_dword(data + offset + 4, 0x7FFF0000 | data3);  // bounds, selectors
      m.set_word(data + offset + 2, data3);
      m.s.general[ECX] = data + offset;
      m.s.general[EAX] = 0;
      if (operation.name == std::string("bound")) m.set_dword(data + offset, 0);
      if (operation.name == std::string("lds 16:32")) m.set_dword(data + offset, 0);
      const unsigned expected = offset % operation.alignment != 0 ? AC : 0x40u;
      EXPECT_EQ(m.vector(operation.code), expected) << operation.name << " at +" << offset;
    }
  }
}

TEST(Alignment, TheFaultHasErrorCodeZeroAndChangesNothing) {
  Aligned m;
  m.s.general[ECX] = data + 1;
  m.s.general[EAX] = 0x12345678;
  const Entered e = m.run_program({0x87, 0x01});  // xchg eax,[ecx]
  EXPECT_EQ(e.vector, AC);
  EXPECT_EQ(e.error, 0u);
  EXPECT_EQ(e.eip, program);
  EXPECT_NE(e.eflags & AC_flag, 0u);
  EXPECT_EQ(m.s.general[EAX], 0x12345678u);
}

TEST(Alignment, AllThreeConditionsAreNeeded) {
  const std::vector<u8> misaligned = {0xA1, 0x01, 0xC0, 0x00, 0x00};
  EXPECT_EQ(Aligned().vector(misaligned), AC);
  Aligned no_mask;
  no_mask.cr0() &= ~AM;
  EXPECT_EQ(no_mask.vector(misaligned), 0x40u);
  Aligned no_flag;
  no_flag.s.flags.set(0);
  EXPECT_EQ(no_flag.vector(misaligned), 0x40u);
  for (unsigned cpl : {0u, 1u}) EXPECT_EQ(Aligned(cpl).vector(misaligned), 0x40u) << cpl;
  Aligned old(3, "i386dx");                                           // AM and AC are not there
  old.s.flags.set(0);
  old.run_program({0x68, 0x00, 0x00, 0x04, 0x00, 0x9D, 0xCD, 0x40});  // push 40000h; popfd
  EXPECT_EQ(old.s.flags.value() & AC_flag, 0u);
}

TEST(Alignment, PopfTurnsItOnAndOffAtOnce) {
  Aligned m;
  m.s.flags.set(0);
  // mov eax,[data+1]; push 40000h; popfd; mov eax,[data+1]
  const Entered e =
      m.run_program({0xA1, 0x01, 0xC0, 0, 0, 0x68, 0, 0, 4, 0, 0x9D, 0xA1, 0x01, 0xC0});
  EXPECT_EQ(e.vector, AC);
  EXPECT_EQ(e.eip, program + 11);
  Aligned off;
  // push 2; popfd; mov eax,[data+1]
  EXPECT_EQ(off.vector({0x6A, 0x02, 0x9D, 0xA1, 0x01, 0xC0, 0x00, 0x00}), 0x40u);
}

TEST(Alignment, StaysOnInASegmentThatIsLoadedMeanwhile) {
  Aligned m;
  m.s.general[EAX] = data3;
  // mov es,ax; mov eax,es:[data+2]
  EXPECT_EQ(m.vector({0x8E, 0xC0, 0x26, 0xA1, 0x02, 0xC0, 0x00, 0x00}), AC);
}

TEST(Alignment, StacksAndStringsAreOperands) {
  Aligned stack;
  stack.s.general[ESP] = user_stack_top - 2;
  EXPECT_EQ(stack.vector({0x50}), AC);  // push eax
  EXPECT_EQ(stack.s.general[ESP] != 0, true);
  Aligned call;
  call.s.general[ESP] = user_stack_top - 1;
  EXPECT_EQ(call.vector({0xE8, 0, 0, 0, 0}), AC);
  Aligned string;
  string.s.general[ESI] = data;
  string.s.general[EDI] = data + 0x101;
  string.s.general[ECX] = 4;
  EXPECT_EQ(string.vector({0xF3, 0xA4}), 0x40u);  // bytes anywhere
  Aligned words;
  words.s.general[ESI] = data + 2;
  words.s.general[EDI] = data + 0x100;
  words.s.general[ECX] = 4;
  EXPECT_EQ(words.vector({0xF3, 0xA5}), AC);
  EXPECT_EQ(words.s.general[ECX], 4u);
}

TEST(Alignment, SystemAccessesAreThoseOfPrivilegeZero) {
  Aligned m;
  m.s.gdtr.base = gdt;
  const u32 moved = 0xD001;  // a misaligned copy of the GDT
  for (u32 i = 0; i < 0x100; ++i) m.set_byte(moved + i, m.byte(gdt + i));
  m.s.gdtr.base = moved;
  m.s.general[EAX] = data3;
  EXPECT_EQ(m.vector({0x8E, 0xC0}), 0x40u);  // mov es,ax
  Aligned inner;                             // and so is the inner stack of an interrupt
  inner.set_dword(task_state + 4, inner_stack_top - 1);
  EXPECT_EQ(inner.vector({}), 0x40u);
}

TEST(Alignment, ComesAfterTheSegmentAndBeforeThePage) {
  Aligned limit;
  limit.s.segment[DS].limit = data;
  limit.s.segment[DS].derive();
  EXPECT_EQ(limit.vector({0xA1, 0x01, 0xC0, 0x00, 0x00}), GP);
  Aligned page;
  page.enable_paging();
  page.page_bits(0x40000, 0);
  page.cr2() = 0;
  EXPECT_EQ(page.vector({0xA1, 0x02, 0x00, 0x04, 0x00}), AC);
  EXPECT_EQ(page.cr2(), 0u);
  Aligned x87;
  x87.enable_paging();
  x87.page_bits(0x40000, 0);
  EXPECT_EQ(x87.vector({0xDD, 0x15, 0x04, 0x00, 0x04, 0x00}), AC);  // fst qword [40004h]
}

TEST(Alignment, TheTlbSeesTheSameAccesses) {
  TlbCounters with, without;
  for (const bool on : {false, true}) {
    Aligned m;
    if (!on) m.s.flags.set(0);
    m.enable_paging();
    m.s.general[ECX] = 64;
    m.s.general[ESI] = data;
    m.s.general[EDI] = 0x80000;
    m.vector({0xF3, 0xA5, 0x50, 0x58, 0xFF, 0x05, 0x00, 0xC0, 0x08, 0x00});
    m.s.general[EAX] = 0;
    m.context.mmu.tlb.for_each([&](const auto& tlb) { (on ? with : without) += tlb.counters; });
    const auto& shadow = m.context.mmu.shadow.data();
    (on ? with : without).data_lookups += shadow.matches;
  }
  EXPECT_EQ(with, without);
}

TEST(Alignment, HoldsInVirtual8086Mode) {
  Aligned m;
  m.s.flags.set(AC_flag | 0x20000 | 0x3000);  // VM, IOPL 3
  for (unsigned n : {ES, CS, SS, DS, FS, GS}) {
    m.s.segment[n] = {};
    m.s.segment[n].access = 0xF3;
    m.s.segment[n].dpl = 3;
    m.s.segment[n].limit = 0xFFFF;
    m.s.segment[n].derive();
  }
  m.s.segment[CS].base = program;
  m.s.segment[CS].selector = program >> 4;
  m.place(program, {0xA1, 0x01, 0x70});  // mov ax,[7001h]
  m.s.eip = 0;
  EXPECT_EQ(m.run_on().vector, AC);
}

}  // namespace
}  // namespace faultline::test
