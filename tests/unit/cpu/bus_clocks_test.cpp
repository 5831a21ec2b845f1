// What data costs beyond its first bus cycle: misaligned operands, the i386sx's narrow bus; and
// that it depends on neither blocks, the shadow nor the runs of REP. [486 §26] [386SX]
#include "tests/unit/cpu/clocks_machine.hpp"

namespace faultline::test {
namespace {

struct Access {
  const char* what;
  std::vector<u8> code;  // with EBX at `data` and a displacement of one byte behind it
  u32 offset;
  u32 more486, more386, more386sx;  // than the same at offset 0 of a 386DX or 486
};

std::vector<Access> accesses() {
  std::vector<Access> all;
  const std::vector<u8> load32 = {0x8B, 0x43}, store32 = {0x89, 0x43}, add32 = {0x01, 0x43},
                        load16 = {0x66, 0x8B, 0x43}, load8 = {0x8A, 0x43};
  for (u32 offset = 0; offset < 4; ++offset) {
    const u32 dword486 = offset == 0 ? 0 : 3, dword386 = offset == 0 ? 0 : 2;
    const u32 dword_sx = offset % 2 == 0 ? 2 : 4;
    all.push_back({"mov eax, [m32]", load32, offset, dword486, dword386, dword_sx});
    all.push_back({"mov [m32], eax", store32, offset, dword486, dword386, dword_sx});
    all.push_back({"add [m32], eax", add32, offset, 2 * dword486, 2 * dword386, 2 * dword_sx});
    const u32 odd = offset % 2;
    all.push_back({"mov ax, [m16]", load16, offset, 3 * odd, offset == 3 ? 2u : 0u, 2 * odd});
    all.push_back({"mov al, [m8]", load8, offset, 0, 0, 0});
  }
  return all;
}

u64 clocks(std::string_view model, std::vector<u8> code, u32 offset, bool shadow_off) {
  ClocksMachine m(model);
  m.context.mmu.shadow_off = shadow_off;
  m.reg(EBX) = data;
  code.push_back(static_cast<u8>(offset));
  return m.clocks_of(code);
}

TEST(BusClocks, OfAMisalignedOperand) {
  for (const Access& a : accesses()) {
    const u64 base486 = clocks("i486sx", a.code, 0, false);
    const u64 base386 = clocks("i386dx", a.code, 0, false);
    for (const bool shadow_off : {false, true}) {
      EXPECT_EQ(clocks("i486sx", a.code, a.offset, shadow_off), base486 + a.more486)
          << a.what << " at +" << a.offset;
      EXPECT_EQ(clocks("i386dx", a.code, a.offset, shadow_off), base386 + a.more386)
          << a.what << " at +" << a.offset;
      EXPECT_EQ(clocks("i386sx", a.code, a.offset, shadow_off), base386 + a.more386sx)
          << a.what << " at +" << a.offset;
    }
  }
}

/// Clocks of MOV ESI and EDI, MOV ECX, REP MOVSD.
u64 copy(std::string_view model, u32 from, u32 to, u32 count, u64 slice, bool shadow_off = false) {
  ClocksMachine m(model);
  m.context.mmu.shadow_off = shadow_off;
  m.reg(ESI) = from;
  m.reg(EDI) = to;
  m.reg(ECX) = count;
  return m.clocks_of({0xF3, 0xA5}, slice);
}

TEST(BusClocks, EachAccessOfARepeatedMovePays) {
  constexpr u32 count = 100;
  const u64 aligned = copy("i486sx", data, data + 0x400, count, 1'000'000);
  for (const u64 slice : {u64{1'000'000}, u64{40}}) {
    for (const bool off : {false, true}) {
      EXPECT_EQ(copy("i486sx", data, data + 0x400, count, slice, off), aligned);
      EXPECT_EQ(copy("i486sx", data + 1, data + 0x400, count, slice, off), aligned + 3 * count);
      EXPECT_EQ(copy("i486sx", data + 1, data + 0x402, count, slice, off), aligned + 6 * count);
    }
  }
  const u64 wide = copy("i386dx", data, data + 0x400, count, 1'000'000);
  EXPECT_EQ(copy("i386dx", data, data + 0x401, count, 1'000'000), wide + 2 * count);
  for (const u64 slice : {u64{1'000'000}, u64{40}})
    for (const bool off : {false, true})
      EXPECT_EQ(copy("i386sx", data, data + 0x400, count, slice, off), wide + 4 * count);
}

TEST(BusClocks, NothingWithoutTheTable) {
  TestMachine m("i486sx", Timing::None);
  EXPECT_TRUE(m.context.mmu.timing.flat());
}

/// Frames and PUSHA are read and written in runs where they can be; they pay as single accesses do.
TEST(BusClocks, AMisalignedStackPaysForEachPush) {
  const auto pusha = [](u32 esp, bool shadow_off, std::string_view model = "i486sx") {
    ClocksMachine m(model);
    m.context.mmu.shadow_off = shadow_off;
    m.reg(ESP) = esp;
    return m.clocks_of({0x60, 0x61});
  };
  const u64 aligned = pusha(data + 0x100, false);
  EXPECT_EQ(pusha(data + 0x100, true), aligned);
  EXPECT_EQ(pusha(data + 0x102, false), aligned + 16 * 3);
  EXPECT_EQ(pusha(data + 0x102, true), aligned + 16 * 3);
  const u64 wide = pusha(data + 0x100, false, "i386dx");
  for (const bool off : {false, true}) EXPECT_EQ(pusha(data + 0x100, off, "i386sx"), wide + 16 * 2);
}

}  // namespace
}  // namespace faultline::test
