// What each model has: instructions, EFLAGS bits, CPUID's answers, pins, reset values.
#include <set>

#include "cpu/decode/decoder.hpp"
#include "tests/unit/cpu/encodings.hpp"
#include "tests/unit/cpu/protected_machine.hpp"

namespace faultline::test {
namespace {

constexpr u32 CF = 0x0001, PF_ = 0x0004, AF = 0x0010, ZF = 0x0040, SF = 0x0080, OF = 0x0800,
              AC = 0x40000, ID = 0x200000;

std::set<std::string> only_on(const char* model, const char* other) {
  std::set<std::string> names;
  for (const Encoding& e : all_encodings()) {
    Instruction has, has_not;
    const bool here = decode(e.bytes, {true, true}, *find_model(model), has) == DecodeStatus::Ok;
    if (!here || has.row != e.row) continue;
    const DecodeStatus there = decode(e.bytes, {true, true}, *find_model(other), has_not);
    if (there != DecodeStatus::Ok || has_not.row != e.row)
      names.emplace(name_of(forms[e.row].mnemonic));
  }
  return names;
}

TEST(Models, CompatIsAnI486dxWithUserInstructionsOfLaterParts) {
  const std::set<std::string> more = only_on("compat", "i486dx");
  for (const char* name : {"CPUID", "RDTSC", "CMPXCHG8B", "CMOVO", "CMOVG", "FCMOVB", "FCMOVNU",
                           "FCOMI", "FCOMIP", "FUCOMI", "FUCOMIP"})
    EXPECT_TRUE(more.contains(name)) << name;
  EXPECT_EQ(more.size(), 3u + 16 + 8 + 4);
  EXPECT_TRUE(only_on("i486dx", "compat").empty());
}

TEST(Models, OfThe486OnlyTheLateOneHasCpuid) {  // [AP-485 §2]
  EXPECT_EQ(only_on("i486dx2", "i486dx"), std::set<std::string>{"CPUID"});
  EXPECT_TRUE(only_on("i486dx", "i486dx2").empty());
  EXPECT_TRUE(only_on("i486sx", "i486dx").empty());
}

TEST(Models, The386HasLoadallAndNothingElseOfItsOwn) {
  EXPECT_EQ(only_on("i386dx", "i486dx"), std::set<std::string>{"LOADALL"});
  EXPECT_TRUE(only_on("i386sx", "i386dx").empty());
  EXPECT_TRUE(only_on("i386dx", "i386sx").empty());
  EXPECT_TRUE(only_on("i386dx", "i386dx-b1").empty());
  EXPECT_TRUE(only_on("i386dx-b1", "i386dx").empty());
}

TEST(Models, DxHoldsTheComponentAfterReset) {
  const std::map<std::string_view, u32> expected = {
      {"i386dx", 0x0308},    {"i386dx+387", 0x0308}, {"i386dx-b1", 0x0303}, {"i386dx-c0", 0x0304},
      {"i386dx-d0", 0x0305}, {"i386sx", 0x2308},     {"i486sx", 0x0421},    {"i486dx", 0x0404},
      {"i486dx2", 0x0435},   {"compat", 0x0404}};
  for (const Model& model : models()) {
    TestMachine m(model.name);
    ASSERT_TRUE(expected.contains(model.name)) << model.name;
    EXPECT_EQ(m.s.general[EDX], expected.at(model.name)) << model.name;
  }
}

TEST(Models, OnlyThe386HasErrataAndB1TheMost) {
  for (const Model& model : models()) {
    EXPECT_EQ(model.errata != 0, model.family == 3) << model.name;
    EXPECT_EQ(model.errata & ~find_model("i386dx-b1")->errata, 0u) << model.name;
  }
}

TEST(Models, ABitOfEflagsTogglesWhereThereIsSomethingBehindIt) {  // [AP-485 §3]
  for (const Model& model : models()) {
    ProtectedMachine m(model.name);
    m.s.general[EAX] = AC | ID;
    m.run_program({0x50, 0x9D, 0x9C, 0x5B, 0xF4});  // push eax; popfd; pushfd; pop ebx
    const u32 expected = (model.family == 4 ? AC : 0) | (model.has(Identification) ? ID : 0);
    EXPECT_EQ(m.s.general[EBX] & (AC | ID), expected) << model.name;
  }
}

TEST(Models, TheSxReachesSixteenMegabytes) {
  EXPECT_EQ(find_model("i386sx")->address_limit_mb(), 16u);
  EXPECT_EQ(find_model("i386dx")->address_limit_mb(), 256u);
}

std::vector<u32> cpuid(const char* model, u32 leaf) {
  ProtectedMachine m(model);
  m.enter(3);
  m.s.general[EAX] = leaf;
  for (unsigned r : {EBX, ECX, EDX}) m.s.general[r] = 0xCCCCCCCC;
  EXPECT_EQ(m.run_program({0x0F, 0xA2, 0xCD, 0x40}).vector, 0x40u);
  return {m.s.general[EAX], m.s.general[EBX], m.s.general[ECX], m.s.general[EDX]};
}

TEST(Cpuid, NamesTheMakerAndTheSignature) {  // [AP-485 §3]
  EXPECT_EQ(cpuid("i486dx2", 0), (std::vector<u32>{1, 0x756E6547, 0x6C65746E, 0x49656E69}));
  EXPECT_EQ(cpuid("i486dx2", 1), (std::vector<u32>{0x0435, 0, 0, 0x0001}));  // FPU
  EXPECT_EQ(cpuid("compat", 1), (std::vector<u32>{0x0404, 0, 0, 0x8111}));   // FPU TSC CX8 CMOV
}

TEST(Cpuid, IsAnInvalidOpcodeOnEarlierParts) {
  for (const char* model : {"i386dx", "i486sx", "i486dx"})
    EXPECT_EQ(ProtectedMachine(model).run_program({0x0F, 0xA2}).vector, UD) << model;
}

TEST(Compat, RdtscReadsTheClock) {
  ProtectedMachine m("compat");
  m.enter(3);
  m.run_program({0x0F, 0x31, 0x89, 0xC3, 0x0F, 0x31, 0xCD, 0x40});  // rdtsc; mov ebx,eax; rdtsc
  EXPECT_EQ(m.s.general[EAX] - m.s.general[EBX], 2u);  // two instructions, one clock each
  EXPECT_EQ(m.s.general[EDX], 0u);
}

TEST(Compat, CmovMovesByConditionAndAlwaysReads) {
  ProtectedMachine m("compat");
  m.set_dword(data, 0x12345678);
  m.s.flags.set(ZF);
  m.s.general[EBX] = 1, m.s.general[ECX] = 2;
  // cmove ebx,[data]; cmovne ecx,[data]; cmovb cx,bx
  m.run_program({0x0F, 0x44, 0x1D, 0x00, 0xC0, 0x00, 0x00, 0x0F, 0x45, 0x0D, 0x00, 0xC0, 0x00, 0x00,
                 0x66, 0x0F, 0x42, 0xCB, 0xF4});
  EXPECT_EQ(m.s.general[EBX], 0x12345678u);
  EXPECT_EQ(m.s.general[ECX], 2u);
  m.load(DS, 0);
  m.s.segment[DS] = {};
  EXPECT_EQ(m.run_program({0x0F, 0x45, 0x0D, 0x00, 0xC0, 0x00, 0x00}).vector, GP);
}

TEST(Compat, Cmpxchg8bExchangesEightBytesOrReadsThem) {
  ProtectedMachine m("compat");
  m.set_dword(data, 0x11111111), m.set_dword(data + 4, 0x22222222);
  m.s.general[EAX] = 0x11111111, m.s.general[EDX] = 0x22222222;
  m.s.general[EBX] = 0x33333333, m.s.general[ECX] = 0x44444444;
  const std::vector<u8> code = {0xF0, 0x0F, 0xC7, 0x0D, 0x00, 0xC0, 0x00, 0x00, 0xF4};
  m.run_program(code);
  EXPECT_TRUE(m.s.flags.zf());
  EXPECT_EQ(m.dword(data), 0x33333333u);
  EXPECT_EQ(m.dword(data + 4), 0x44444444u);
  m.s.halted = false;
  m.run_program(code);  // EDX:EAX is the old value: it does not match now
  EXPECT_FALSE(m.s.flags.zf());
  EXPECT_EQ(m.s.general[EAX], 0x33333333u);
  EXPECT_EQ(m.s.general[EDX], 0x44444444u);
  EXPECT_EQ(ProtectedMachine("compat").run_program({0x0F, 0xC7, 0xC8}).vector, UD);
}

/// fld1; fldz; then the comparison of ST(0) with ST(1) and its flags.
u32 flags_after(const std::vector<u8>& loads, u8 escape, u8 modrm) {
  ProtectedMachine m("compat");
  m.s.flags.set(OF | SF | AF);
  std::vector<u8> code = {0xDB, 0xE3};
  code.insert(code.end(), loads.begin(), loads.end());
  code.insert(code.end(), {escape, modrm, 0xF4});
  m.run_program(code);
  return m.s.flags.value() & 0x8D5;
}

TEST(Compat, FcomiComparesIntoEflags) {  // [SDM FCOMI]
  const std::vector<u8> zero_over_one = {0xD9, 0xE8, 0xD9, 0xEE},
                        one_over_zero = {0xD9, 0xEE, 0xD9, 0xE8};
  const std::vector<u8> zeros = {0xD9, 0xEE, 0xD9, 0xEE},
                        nan = {0xD9, 0xEE, 0xD9, 0xEE, 0xDE, 0xF9, 0xD9, 0xE8};  // 1, 0/0
  for (const auto& [escape, modrm] :
       {std::pair<u8, u8>{0xDB, 0xF1}, {0xDB, 0xE9}, {0xDF, 0xF1}, {0xDF, 0xE9}}) {
    EXPECT_EQ(flags_after(zero_over_one, escape, modrm), CF);
    EXPECT_EQ(flags_after(one_over_zero, escape, modrm), 0u);
    EXPECT_EQ(flags_after(zeros, escape, modrm), ZF);
    EXPECT_EQ(flags_after(nan, escape, modrm), ZF | PF_ | CF);
  }
}

TEST(Compat, FcmovMovesByCondition) {
  ProtectedMachine m("compat");
  m.s.flags.set(CF);
  // fninit; fld1; fldz; fcmovnb st,st(1); fst [data]; fcmovb st,st(1); fst [data+4]
  m.run_program({0xDB, 0xE3, 0xD9, 0xE8, 0xD9, 0xEE, 0xDB, 0xC1, 0xD9, 0x15, 0x00, 0xC0,
                 0x00, 0x00, 0xDA, 0xC1, 0xD9, 0x15, 0x04, 0xC0, 0x00, 0x00, 0xF4});
  EXPECT_EQ(m.dword(data), 0u);
  EXPECT_EQ(m.dword(data + 4), 0x3F800000u);
}

TEST(Compat, ItsEscapesAreReservedOnThe486) {
  EXPECT_EQ(ProtectedMachine("i486dx").run_program({0xDB, 0xF1}).vector, UD);
  ProtectedMachine emulated("i486dx");
  emulated.cr0() |= 4;  // EM
  EXPECT_EQ(emulated.run_program({0xDA, 0xC1}).vector, NM);
}

}  // namespace
}  // namespace faultline::test
