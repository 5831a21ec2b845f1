// Registers by gdb's numbers, and the description that goes with them.
#include <gtest/gtest.h>

#include <cstring>
#include <regex>

#include "debugger/gdb/registers.hpp"

namespace faultline::tests {
namespace {

class NoBus final : public Bus {
 public:
  u32 port_read(u16, unsigned) override { return ~0u; }
  void port_write(u16, unsigned, u32) override {}
  u8 acknowledge_interrupt() override { return 0; }
};

class GdbRegisters : public ::testing::Test {
 protected:
  explicit GdbRegisters(const char* model = "i486dx") : context{*find_model(model), memory, bus} {
    engine = make_engine(Timing::Table, context);
    engine->reset();
  }
  static const gdb::Register& named(const std::string& name) {
    for (const gdb::Register& reg : gdb::registers())
      if (reg.name == name) return reg;
    throw std::out_of_range(name);
  }
  u64 read(const std::string& name) const {
    const gdb::Register& reg = named(name);
    std::vector<u8> raw(reg.bytes());
    gdb::read_register(context, reg, raw);
    u64 value = 0;
    std::memcpy(&value, raw.data(), std::min<std::size_t>(8, raw.size()));
    return value;
  }
  bool write(const std::string& name, u64 value) {
    const gdb::Register& reg = named(name);
    std::vector<u8> raw(reg.bytes());
    std::memcpy(raw.data(), &value, std::min<std::size_t>(8, raw.size()));
    return gdb::write_register(context, *engine, reg, raw);
  }

  PhysicalMemory memory{1u << 20};
  NoBus bus;
  CpuContext context;
  std::unique_ptr<Engine> engine;
};

class GdbRegistersWithoutFpu : public GdbRegisters {
 protected:
  GdbRegistersWithoutFpu() : GdbRegisters("i386dx") {}
};

TEST_F(GdbRegisters, TheFirst32AreGdbsOwn) {
  const char* const names[] = {
      "eax", "ecx", "edx",   "ebx",   "esp",  "ebp",   "esi",   "edi",   "eip",   "eflags", "cs",
      "ss",  "ds",  "es",    "fs",    "gs",   "st0",   "st1",   "st2",   "st3",   "st4",    "st5",
      "st6", "st7", "fctrl", "fstat", "ftag", "fiseg", "fioff", "foseg", "fooff", "fop"};
  ASSERT_EQ(std::size(names), gdb::core_registers);
  for (unsigned i = 0; i < gdb::core_registers; ++i) {
    EXPECT_EQ(gdb::registers()[i].name, names[i]);
    EXPECT_EQ(gdb::registers()[i].bits, i >= 16 && i < 24 ? 80u : 32u);
  }
}

TEST_F(GdbRegisters, AfterReset) {
  EXPECT_EQ(read("eip"), 0xFFF0u);
  EXPECT_EQ(read("eflags"), 2u);
  EXPECT_EQ(read("cs"), 0xF000u);
  EXPECT_EQ(read("cs_base"), 0xFFFF0000u);
  EXPECT_EQ(read("ds_limit"), 0xFFFFu);
  EXPECT_EQ(read("idtr") & 0xFFFF, 0x3FFu);
  EXPECT_EQ(read("cpl"), 0u);
}

TEST_F(GdbRegisters, TheSameValueChangesNothing) {
  context.mmu.registers.cr3 = 0x1000;
  context.mmu.tlb.data().fill({.page = {0x400000}, .frame = {0x2000}, .valid = true});
  const auto flushes = context.mmu.counters().flushes;
  EXPECT_TRUE(write("cr3", 0x1000));
  EXPECT_EQ(context.mmu.counters().flushes, flushes);
  EXPECT_NE(context.mmu.tlb.data().probe({0x400000}), nullptr);
  EXPECT_TRUE(write("cr3", 0x2000));
  EXPECT_GT(context.mmu.counters().flushes, flushes);
  EXPECT_EQ(context.mmu.tlb.data().probe({0x400000}), nullptr);
  EXPECT_TRUE(write("cpl", 0));   // what it is
  EXPECT_FALSE(write("cpl", 3));  // it follows from SS
  EXPECT_TRUE(write("clock", read("clock")));
  EXPECT_FALSE(write("clock", read("clock") + 1));
}

TEST_F(GdbRegisters, EveryRegisterTakesItsOwnValueBack) {
  for (const gdb::Register& reg : gdb::registers()) {
    std::vector<u8> raw(reg.bytes());
    gdb::read_register(context, reg, raw);
    EXPECT_TRUE(gdb::write_register(context, *engine, reg, raw)) << reg.name;
  }
}

TEST_F(GdbRegisters, Writing) {
  EXPECT_TRUE(write("ebx", 0x12345678));
  EXPECT_EQ(context.state.general[EBX], 0x12345678u);
  EXPECT_TRUE(write("eflags", 0xFFFFFFFF));
  EXPECT_EQ(read("eflags") & 0xFFF88028, 0u) << "bits that are not there stay clear";
  EXPECT_TRUE(write("eflags", 2));
  EXPECT_TRUE(write("ds", 0x1234));
  EXPECT_EQ(read("ds_base"), 0x12340u);  // real mode
  EXPECT_FALSE(write("ds", 0x12345));
  EXPECT_TRUE(write("gs_base", 0x80000000));
  EXPECT_EQ(context.state.segment[GS].base, 0x80000000u);
  EXPECT_TRUE(write("gdtr", 0x80036000'03FF));
  EXPECT_EQ(context.state.gdtr.base, 0x80036000u);
  EXPECT_EQ(context.state.gdtr.limit, 0x3FFu);
  EXPECT_TRUE(write("dr7", 0x00000401));
  EXPECT_EQ(read("dr7") & 1, 1u);
  EXPECT_FALSE(write("cr0", 0x80000000)) << "PG without PE";
}

TEST_F(GdbRegisters, SelectorsInProtectedMode) {
  const Descriptor code = make_segment(0, 0xFFFFF, segment_access::kernel_code, 0xC),
                   data = make_segment(0x1000, 0xFFFFF, segment_access::kernel_data, 0xC);
  for (const auto& [at, d] : {std::pair(0x508u, code), std::pair(0x510u, data)}) {
    memory.write<u32>({at}, d.low);
    memory.write<u32>({at + 4}, d.high);
  }
  context.state.gdtr = {0x500, 0x17};
  ASSERT_TRUE(write("cr0", read("cr0") | 1));
  EXPECT_TRUE(write("ds", 0x10));
  EXPECT_EQ(read("ds_base"), 0x1000u);
  EXPECT_EQ(read("ds_limit"), 0xFFFFFFFFu);
  EXPECT_EQ(read("ds_attributes"), 0x00C09200u);
  EXPECT_TRUE(write("cs", 0x08));
  EXPECT_FALSE(write("cs", 0x10)) << "data";
  EXPECT_FALSE(write("ss", 0x08)) << "code";
  EXPECT_TRUE(write("ss", 0x10));
  EXPECT_FALSE(write("ss", 0)) << "null";
  EXPECT_FALSE(write("ds", 0x18)) << "beyond the table";
  EXPECT_FALSE(write("tr", 0x10)) << "not a TSS";
  EXPECT_TRUE(write("es", 0));
  EXPECT_EQ(read("cs"), 0x08u);
}

TEST_F(GdbRegisters, TheNumericUnit) {
  context.state.x87.top = 3;
  context.state.x87.registers[3] = {0x8000000000000000, 0x3FFF};
  context.state.x87.occupied = 1 << 3;
  const gdb::Register& st0 = named("st0");
  std::vector<u8> raw(10);
  gdb::read_register(context, st0, raw);
  EXPECT_EQ(raw, (std::vector<u8>{0, 0, 0, 0, 0, 0, 0, 0x80, 0xFF, 0x3F}));
  EXPECT_EQ(read("fctrl"), 0x37Fu);
  EXPECT_EQ(read("fstat"), 3u << 11);
  EXPECT_EQ(read("ftag"), 0xFF3Fu);
  raw[9] = 0xBF;
  EXPECT_TRUE(gdb::write_register(context, *engine, st0, raw));
  EXPECT_EQ(context.state.x87.registers[3].sign_exponent, 0xBFFF);
  EXPECT_TRUE(write("fctrl", 0x027F));
  EXPECT_EQ(read("fctrl"), 0x27Fu);
  EXPECT_EQ(read("ftag"), 0xFF3Fu);
  EXPECT_EQ(read("fstat"), 3u << 11);
}

TEST_F(GdbRegistersWithoutFpu, ItsRegistersReadZero) {
  for (const char* name : {"st0", "st7", "fctrl", "fstat", "ftag", "fop"}) {
    EXPECT_EQ(read(name), 0u) << name;
    EXPECT_TRUE(write(name, 0)) << name;
    EXPECT_FALSE(write(name, 1)) << name;
  }
}

TEST_F(GdbRegisters, TheDescriptionNamesThemAll) {
  const std::string text = gdb::describe_registers();
  EXPECT_NE(text.find("<feature name=\"org.gnu.gdb.i386.core\">"), std::string::npos);
  const std::regex row("<reg name=\"(\\w+)\" bitsize=\"(\\d+)\" type=\"(\\w+)\" regnum=\"(\\d+)\"");
  unsigned number = 0;
  for (std::sregex_iterator at(text.begin(), text.end(), row), end; at != end; ++at, ++number) {
    const gdb::Register& reg = gdb::registers()[number];
    EXPECT_EQ((*at)[1], reg.name);
    EXPECT_EQ((*at)[2], std::to_string(reg.bits));
    EXPECT_EQ((*at)[4], std::to_string(number));
    const std::string type = (*at)[3];
    const bool known = type == "int" || type == "data_ptr" || type == "code_ptr" ||
                       type == "i387_ext" || type.find("int") != std::string::npos;
    EXPECT_TRUE(known || text.find("id=\"" + type + "\"") != std::string::npos) << type;
  }
  EXPECT_EQ(number, gdb::registers().size());
}

}  // namespace
}  // namespace faultline::tests
