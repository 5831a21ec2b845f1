// Registers, their hidden parts, descriptor tables, the x87.
#include <concepts>

#include "arch/paging_i386.hpp"
#include "arch/paging_selected.hpp"
#include "tests/unit/api/embedded.hpp"

namespace faultline::test {
namespace {

TEST_F(Embedded, GeneralRegistersKeepWhatIsWritten) {
  for (int reg = FAULTLINE_EAX; reg <= FAULTLINE_EDI; ++reg) set(reg, 0x1000u + reg);
  for (int reg = FAULTLINE_EAX; reg <= FAULTLINE_EDI; ++reg) EXPECT_EQ(get(reg), 0x1000u + reg);
  set(FAULTLINE_EIP, 0xDEADBEEF);
  EXPECT_EQ(get(FAULTLINE_EIP), 0xDEADBEEFu);
}

TEST_F(Embedded, RefusesWhatIsNoRegister) {
  uint32_t value = 0;
  for (int reg : {-1, int{FAULTLINE_REGISTER_COUNT}, 1000, INT32_MIN, INT32_MAX}) {
    EXPECT_EQ(faultline_read_register(engine, reg, &value), FAULTLINE_ERROR_REGISTER);
    EXPECT_EQ(faultline_write_register(engine, reg, 0), FAULTLINE_ERROR_REGISTER);
    faultline_segment segment{};
    EXPECT_EQ(faultline_read_segment(engine, reg, &segment), FAULTLINE_ERROR_REGISTER);
    EXPECT_EQ(faultline_write_segment(engine, reg, &segment), FAULTLINE_ERROR_REGISTER);
  }
  EXPECT_EQ(faultline_write_register(engine, FAULTLINE_CPL, 3), FAULTLINE_ERROR_REGISTER);
  EXPECT_EQ(faultline_read_register(nullptr, FAULTLINE_EAX, &value), FAULTLINE_ERROR_ARGUMENT);
  EXPECT_EQ(faultline_read_register(engine, FAULTLINE_EAX, nullptr), FAULTLINE_ERROR_ARGUMENT);
  EXPECT_EQ(faultline_write_register(nullptr, FAULTLINE_EAX, 0), FAULTLINE_ERROR_ARGUMENT);
  EXPECT_EQ(faultline_read_segment(engine, FAULTLINE_CS, nullptr), FAULTLINE_ERROR_ARGUMENT);
  EXPECT_EQ(faultline_write_segment(engine, FAULTLINE_CS, nullptr), FAULTLINE_ERROR_ARGUMENT);
}

TEST_F(Embedded, FlagsHaveTheModelsBitsAlone) {
  set(FAULTLINE_EFLAGS, UINT32_MAX);
  EXPECT_EQ(get(FAULTLINE_EFLAGS), 0x00077FD7u);  // [486 §2.3.4]
  use("i386dx");
  set(FAULTLINE_EFLAGS, UINT32_MAX);
  EXPECT_EQ(get(FAULTLINE_EFLAGS), 0x00037FD7u);  // no AC [386 §2.3.4]
  set(FAULTLINE_EFLAGS, 0);
  EXPECT_EQ(get(FAULTLINE_EFLAGS), 2u);
}

TEST_F(Embedded, ControlRegistersLoadAsMovLoadsThem) {
  EXPECT_EQ(faultline_write_register(engine, FAULTLINE_CR0, 0x80000000), FAULTLINE_ERROR_VALUE);
  EXPECT_EQ(faultline_write_register(engine, FAULTLINE_CR0, 0x20000001), FAULTLINE_ERROR_VALUE);
  set(FAULTLINE_CR0, 0x00010001);
  EXPECT_EQ(get(FAULTLINE_CR0), 0x00010011u);  // WP, and ET hard-wired
  set(FAULTLINE_CR2, 0x12345678);
  EXPECT_EQ(get(FAULTLINE_CR2), 0x12345678u);
  const auto flushes = counters().tlb_flushes;
  set(FAULTLINE_CR3, 0x00123FFF);
  EXPECT_EQ(get(FAULTLINE_CR3), 0x00123018u);
  EXPECT_GT(counters().tlb_flushes, flushes);
}

TEST_F(Embedded, TestRegistersReachTheTlbAndTheCache) {
  uint32_t value;
  use("i386dx");
  EXPECT_EQ(faultline_read_register(engine, FAULTLINE_TR3, &value), FAULTLINE_ERROR_REGISTER);
  EXPECT_EQ(faultline_write_register(engine, FAULTLINE_TR5, 0), FAULTLINE_ERROR_REGISTER);
  use("i486dx");
  if constexpr (!std::same_as<arch::Paging, arch::PagingI386>) {
    EXPECT_EQ(faultline_write_register(engine, FAULTLINE_TR6, 0), FAULTLINE_ERROR_REGISTER);
    return;
  }
  set(FAULTLINE_TR4, 0x00012C00);
  set(FAULTLINE_TR5, 0x011);  // into the cache: set 1, way 0
  set(FAULTLINE_TR4, 0);
  set(FAULTLINE_TR5, 0x012);  // and out of it
  EXPECT_EQ(get(FAULTLINE_TR4) & 0xFFFFFC00, 0x00012C00u);
  set(FAULTLINE_TR7, 0x00345000 | 1 << 4 | 2 << 2);
  set(FAULTLINE_TR6, 0x00123000 | 1 << 11 | 2 << 9 | 2 << 7 | 2 << 5);  // way 2: V, D, U, W
  set(FAULTLINE_TR7, 0);
  set(FAULTLINE_TR6, 0x00123000 | 1 << 11 | 2 << 9 | 2 << 7 | 2 << 5 | 1);  // look it up
  EXPECT_EQ(get(FAULTLINE_TR7) & 0xFFFFF01C, 0x00345000u | 1 << 4 | 2 << 2);
}

TEST_F(Embedded, ABreakpointInDebugRegistersWorksAtOnce) {
  place({0x90, 0x90, 0xF4});
  set(FAULTLINE_DR0, code_at + 1);
  set(FAULTLINE_DR7, 1);
  EXPECT_EQ(get(FAULTLINE_DR7), 0x401u);
  EXPECT_EQ(run(), FAULTLINE_STOP_SHUTDOWN);  // #DB without an IDT
  EXPECT_EQ(get(FAULTLINE_EIP), code_at + 1);
  EXPECT_EQ(get(FAULTLINE_DR6) & 15, 1u);
  set(FAULTLINE_DR7, 0);
  EXPECT_EQ(run(), FAULTLINE_STOP_HALTED);
}

TEST_F(Embedded, HiddenPartsCanBeSetAlone) {
  const faultline_segment odd{0x00010000, 0x0FFF, 0x0023, 0xF3, 0};
  EXPECT_EQ(faultline_write_segment(engine, FAULTLINE_FS, &odd), FAULTLINE_OK);
  faultline_segment read{};
  EXPECT_EQ(faultline_read_segment(engine, FAULTLINE_FS, &read), FAULTLINE_OK);
  EXPECT_EQ(read.base, odd.base);
  EXPECT_EQ(read.limit, odd.limit);
  EXPECT_EQ(read.selector, odd.selector);
  EXPECT_EQ(read.access, odd.access);
  EXPECT_EQ(read.default_big, odd.default_big);
  EXPECT_EQ(get(FAULTLINE_FS), 0x23u);
  set_dword(0x10FF0, 0x0BADF00D);
  place({0x64, 0xA1, 0xF0, 0x0F, 0, 0, 0xF4});  // mov eax, fs:[0FF0h]; hlt
  EXPECT_EQ(run(), FAULTLINE_STOP_HALTED);
  EXPECT_EQ(get(FAULTLINE_EAX), 0x0BADF00Du);
  place({0x64, 0xA1, 0xFD, 0x0F, 0, 0, 0xF4});  // past the limit
  EXPECT_EQ(run(), FAULTLINE_STOP_SHUTDOWN);
}

TEST_F(Embedded, CplIsThatOfTheStack) {
  faultline_segment ss{};
  EXPECT_EQ(faultline_read_segment(engine, FAULTLINE_SS, &ss), FAULTLINE_OK);
  ss.access |= 3 << 5;
  EXPECT_EQ(faultline_write_segment(engine, FAULTLINE_SS, &ss), FAULTLINE_OK);
  EXPECT_EQ(get(FAULTLINE_CPL), 3u);
  place({0xF4});
  EXPECT_EQ(run(), FAULTLINE_STOP_SHUTDOWN);  // HLT is privileged
}

class Tables : public Embedded {
 protected:
  static constexpr uint32_t gdt = 0x2000, ldt = 0x3000;
  void SetUp() override {
    Embedded::SetUp();
    EXPECT_EQ(faultline_write_table(engine, FAULTLINE_GDTR, gdt, 0x3F), FAULTLINE_OK);
    descriptor(0x08, 0x0000FFFF, 0x00CF9A00);  // code, 4 GB
    descriptor(0x10, 0x1000FFFF, 0x00CF9200);  // data, 4 GB from 1000h
    descriptor(0x18, 0x30000017, 0x00008200);  // LDT of three
    descriptor(0x20, 0x40000067, 0x00008900);  // TSS
    descriptor(0x28, 0x0000FFFF, 0x00CF1200);  // data, not present
    descriptor(0x30, 0x00080000, 0x00008E00);  // a gate
    set_dword(ldt + 8, 0x2000FFFF);            // data from 2000h
    set_dword(ldt + 12, 0x00CFF200);
  }
  void descriptor(uint32_t selector, uint32_t low, uint32_t high) {
    set_dword(gdt + selector, low);
    set_dword(gdt + selector + 4, high);
  }
  int load(int reg, uint32_t selector) { return faultline_write_register(engine, reg, selector); }
  faultline_segment segment(int reg) {
    faultline_segment s{};
    EXPECT_EQ(faultline_read_segment(engine, reg, &s), FAULTLINE_OK);
    return s;
  }
};

TEST_F(Tables, AreReadBack) {
  uint32_t base = 0;
  uint16_t limit = 0;
  EXPECT_EQ(faultline_write_table(engine, FAULTLINE_IDTR, 0x12345678, 0x7FF), FAULTLINE_OK);
  EXPECT_EQ(faultline_read_table(engine, FAULTLINE_IDTR, &base, &limit), FAULTLINE_OK);
  EXPECT_EQ(base, 0x12345678u);
  EXPECT_EQ(limit, 0x7FF);
  EXPECT_EQ(faultline_read_table(engine, 2, &base, &limit), FAULTLINE_ERROR_REGISTER);
  EXPECT_EQ(faultline_write_table(engine, -1, 0, 0), FAULTLINE_ERROR_REGISTER);
  EXPECT_EQ(faultline_read_table(engine, FAULTLINE_GDTR, nullptr, &limit),
            FAULTLINE_ERROR_ARGUMENT);
  EXPECT_EQ(faultline_write_table(nullptr, FAULTLINE_GDTR, 0, 0), FAULTLINE_ERROR_ARGUMENT);
}

TEST_F(Tables, ASelectorBringsItsDescriptor) {
  EXPECT_EQ(load(FAULTLINE_CS, 0x08), FAULTLINE_OK);
  EXPECT_EQ(load(FAULTLINE_DS, 0x10), FAULTLINE_OK);
  EXPECT_EQ(segment(FAULTLINE_DS).base, 0x1000u);
  EXPECT_EQ(segment(FAULTLINE_DS).limit, UINT32_MAX);
  EXPECT_EQ(load(FAULTLINE_LDTR, 0x18), FAULTLINE_OK);
  EXPECT_EQ(segment(FAULTLINE_LDTR).base, ldt);
  EXPECT_EQ(load(FAULTLINE_ES, 0x0F), FAULTLINE_OK);
  EXPECT_EQ(segment(FAULTLINE_ES).base, 0x2000u);
  EXPECT_EQ(load(FAULTLINE_TR, 0x20), FAULTLINE_OK);
  EXPECT_EQ(segment(FAULTLINE_TR).access, 0x8B);
  EXPECT_EQ(load(FAULTLINE_FS, 0), FAULTLINE_OK);
  EXPECT_EQ(segment(FAULTLINE_FS).access, 0);
  EXPECT_EQ(dword(gdt + 0x14) & 0x100, 0u);  // the accessed bit: no side effects
}

TEST_F(Tables, AnUnfitSelectorChangesNothing) {
  const auto before = segment(FAULTLINE_SS);
  for (uint32_t selector : {0x00u, 0x08u, 0x18u, 0x28u, 0x30u, 0x40u, 0xFFF8u, 0x0Cu})
    EXPECT_EQ(load(FAULTLINE_SS, selector), FAULTLINE_ERROR_DESCRIPTOR) << selector;
  EXPECT_EQ(segment(FAULTLINE_SS).selector, before.selector);
  EXPECT_EQ(load(FAULTLINE_CS, 0x10), FAULTLINE_ERROR_DESCRIPTOR);
  EXPECT_EQ(load(FAULTLINE_CS, 0), FAULTLINE_ERROR_DESCRIPTOR);
  EXPECT_EQ(load(FAULTLINE_TR, 0x18), FAULTLINE_ERROR_DESCRIPTOR);
  EXPECT_EQ(load(FAULTLINE_TR, 0), FAULTLINE_ERROR_DESCRIPTOR);
  EXPECT_EQ(load(FAULTLINE_LDTR, 0x20), FAULTLINE_ERROR_DESCRIPTOR);
  EXPECT_EQ(load(FAULTLINE_LDTR, 0x1C), FAULTLINE_ERROR_DESCRIPTOR);
  EXPECT_EQ(load(FAULTLINE_DS, 0x10000), FAULTLINE_ERROR_VALUE);
}

TEST_F(Tables, InRealModeASelectorIsAParagraph) {
  set(FAULTLINE_CR0, 0x60000010);
  EXPECT_EQ(load(FAULTLINE_DS, 0x1234), FAULTLINE_OK);
  EXPECT_EQ(segment(FAULTLINE_DS).base, 0x12340u);
  EXPECT_EQ(segment(FAULTLINE_DS).limit, UINT32_MAX);  // what was there stays [386 §14.1]
}

TEST_F(Embedded, AModelWithoutX87SaysSo) {
  faultline_x87 x87{};
  EXPECT_EQ(faultline_read_x87(engine, &x87), FAULTLINE_ERROR_REGISTER);
  EXPECT_EQ(faultline_write_x87(engine, &x87), FAULTLINE_ERROR_REGISTER);
}

TEST_F(Embedded, TheX87IsReadAndWritten) {
  use("i486dx");
  faultline_x87 x87{};
  place({0xD9, 0xE8, 0xD9, 0xEE, 0xF4});  // fld1; fldz; hlt
  set(FAULTLINE_CR0, 0x21);
  EXPECT_EQ(run(), FAULTLINE_STOP_HALTED);
  EXPECT_EQ(faultline_read_x87(engine, &x87), FAULTLINE_OK);
  EXPECT_EQ(x87.st[0].significand, 0u);
  EXPECT_EQ(x87.st[1].significand, 0x8000000000000000u);
  EXPECT_EQ(x87.st[1].sign_exponent, 0x3FFF);
  EXPECT_EQ(x87.status >> 11 & 7, 6);
  EXPECT_EQ(x87.control, 0x037F);
  EXPECT_EQ(x87.tags, 0x1FFF);  // R7 valid, R6 zero
  x87.st[0] = x87.st[1];
  EXPECT_EQ(faultline_write_x87(engine, &x87), FAULTLINE_OK);
  place({0xD8, 0xC1, 0xF4});  // fadd st, st(1)
  run();
  EXPECT_EQ(faultline_read_x87(engine, &x87), FAULTLINE_OK);
  EXPECT_EQ(x87.st[0].sign_exponent, 0x4000);  // two
  EXPECT_EQ(faultline_read_x87(engine, nullptr), FAULTLINE_ERROR_ARGUMENT);
  EXPECT_EQ(faultline_write_x87(nullptr, &x87), FAULTLINE_ERROR_ARGUMENT);
}

}  // namespace
}  // namespace faultline::test
