// The bus operations of instruction forms against the counts that were published of them, and
// against what the processor does; the table of docs/timing.md is made anew. [UC] [386 §17.2.2]
#include "cpu/timing/bus_operations.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <string>

#include "cpu/decode/decoder.hpp"
#include "cpu/timing/clocks.hpp"
#include "tests/unit/cpu/clocks_machine.hpp"

namespace faultline::test {
namespace {

/// What of the accesses is compared: of Real, those of real mode; of Otherwise none, for the
/// machine asks for the destination before it reads the port.
enum Compared { Whole, Beginning, Real, Otherwise };

struct Shown {
  const char* name;
  std::vector<u8> bytes;  // at `program`, with EBX, ESI at `data`, EDI further on, ECX 2
  const char* counted;    // kind, clock; ~ before a clock that no source gives
  Compared compared = Whole;
};

const std::vector<Shown>& shown() {
  static const std::vector<Shown> all = {
      {"MOV r,m", {0x8B, 0x03}, "R@0"},
      {"MOV m,r", {0x89, 0x03}, "W@0"},
      {"MOV m,i", {0xC7, 0x03, 1, 0, 0, 0}, "W@0"},
      {"MOV r,moffs", {0xA1, 0, 0xC0, 0, 0}, "R@0"},
      {"MOV sreg,m", {0x8E, 0x1B}, "R@0 ..", Beginning},
      {"MOV m,sreg", {0x8C, 0x1B}, "W@0"},
      {"MOVZX r,m8", {0x0F, 0xB6, 0x03}, "R@0"},
      {"LEA", {0x8D, 0x03}, ""},
      {"ADD r,m", {0x03, 0x03}, "R@0"},
      {"ADD m,r", {0x01, 0x03}, "R@0 W@5"},
      {"LOCK ADD m,r", {0xF0, 0x01, 0x03}, "LOCK R@0 W@5"},
      {"CMP m,r", {0x39, 0x03}, "R@0"},
      {"TEST m,i", {0xF7, 0x03, 1, 0, 0, 0}, "R@0"},
      {"INC m", {0xFF, 0x03}, "R@0 W@4"},
      {"XCHG m,r", {0x87, 0x03}, "LOCK R@0 W@3"},
      {"SHL m,1", {0xD1, 0x23}, "R@0 W@5"},
      {"RCL m,1", {0xD1, 0x13}, "R@0 W@5"},
      {"RCL m,CL", {0xD3, 0x13}, "R@0 W@7"},
      {"BTS m,r", {0x0F, 0xAB, 0x03}, "R@0 W@~11"},
      {"SETE m", {0x0F, 0x94, 0x03}, "W@~3"},
      {"MUL m", {0xF7, 0x23}, "R@0"},
      {"PUSH r", {0x50}, "W@0"},
      {"PUSH i", {0x6A, 1}, "W@0"},
      {"PUSH m", {0xFF, 0x33}, "R@0 W@3"},
      {"PUSH sreg", {0x1E}, "W@0"},
      {"POP r", {0x58}, "R@0"},
      {"POP m", {0x8F, 0x03}, "R@0 W@3"},
      {"PUSHA", {0x60}, "W@~2 W@~4 W@~6 W@~8 W@~10 W@~12 W@~14 W@~16"},
      {"POPA", {0x61}, "R@~0 R@~2 R@~4 R@~6 R@~8 R@~10 R@~12 R@~14"},
      {"PUSHF", {0x9C}, "W@1"},
      {"ENTER 0,2", {0xC8, 0, 0, 2}, "W@~2 R@~4 W@~6 W@~8"},
      {"LEAVE", {0xC9}, "R@~0"},
      {"CALL rel", {0xE8, 0, 0, 0, 0}, "W@1"},
      {"JMP m", {0xFF, 0x23}, "R@0", Beginning},
      {"RET", {0xC3}, "R@0", Beginning},
      {"CALL far", {0x9A, 0, 0, 1, 0, 0x08, 0}, "W@~4 W@~8 ..", Real},
      {"RETF", {0xCB}, "R@0 R@3 ..", Real},
      {"IRET", {0xCF}, "R@~0 R@~3 R@~6 ..", Real},
      {"INT n", {0xCD, 0x21}, "R@~0 R@~3 W@~5 W@~7 W@~9 ..", Real},
      {"LES", {0xC4, 0x03}, "R@~0 R@~3 ..", Beginning},
      {"BOUND", {0x62, 0x03}, "R@~0 R@~3", Beginning},
      {"LGDT", {0x0F, 0x01, 0x13}, "R@0 R@4", Beginning},
      {"XLAT", {0xD7}, "R@0"},
      {"MOVS", {0xA5}, "R@0 W@3"},
      {"CMPS", {0xA7}, "R@0 R@3"},
      {"LODS", {0xAD}, "R@0"},
      {"STOS", {0xAB}, "W@0"},
      {"SCAS", {0xAF}, "R@0"},
      {"REP MOVS", {0xF3, 0xA5}, "each R@0 W@2"},
      {"REP STOS", {0xF3, 0xAB}, "each W@0"},
      {"REPE CMPS", {0xF3, 0xA7}, "each R@0 R@3"},
      {"IN", {0xEC}, "PR@~0 .."},
      {"OUT", {0xEE}, "PW@~0 .."},
      {"OUTS", {0x6E}, "R@~0 PW@~3 .."},
      {"INS", {0x6C}, "PR@~0 W@~3 ..", Otherwise},
  };
  return all;
}

Instruction decoded(const Shown& s) {
  Instruction insn;
  EXPECT_EQ(decode(s.bytes, {true, true}, *find_model("i386dx"), insn), DecodeStatus::Ok) << s.name;
  return insn;
}

std::string text_of(const BusOperations& operations) {
  std::string text = operations.each_iteration ? "each" : "";
  const auto word = [&](const std::string& each) { text += (text.empty() ? "" : " ") + each; };
  if (!operations.list.empty() && operations.list[0].locked) word("LOCK");
  for (const BusOperation& o : operations.list) {
    static constexpr const char* kinds[] = {"R", "W", "PR", "PW"};
    word(fmt::format("{}@{}{}", kinds[static_cast<unsigned>(o.kind)], o.estimated ? "~" : "",
                     o.offset));
  }
  if (operations.open_ended) word("..");
  return text;
}

TEST(BusOperations, AreWhereTheCountsHaveThem) {
  std::string table = "| form | clocks | bus operations |\n|---|---|---|\n";
  for (const Shown& s : shown()) {
    Instruction insn = decoded(s);
    charge(insn, nullptr, ClockColumn::I386, Timing::Table);
    const BusOperations operations = bus_operations(insn);
    EXPECT_EQ(text_of(operations), s.counted) << s.name;
    table += fmt::format("| {} | {} | {} |\n", s.name,
                         operations.each_iteration ? insn.alternative : insn.first_clocks,
                         *s.counted == 0 ? "none" : s.counted);
  }
  std::ifstream in(FAULTLINE_SOURCE_DIR "/docs/timing.md");
  const std::string document{std::istreambuf_iterator<char>(in), {}};
  EXPECT_NE(document.find(table), std::string::npos)
      << "docs/timing.md, \"Bus operations\", should hold:\n"
      << table;
}

struct Accesses : Observation {
  std::vector<std::pair<bool, u32>> seen;  // write, bytes
  void data(AccessKind kind, LinearAddress, u32 bytes, u32) override {
    seen.emplace_back(kind == AccessKind::Write, bytes);
  }
};

/// Kinds, widths and order are those of the accesses that the processor makes.
TEST(BusOperations, AreWhatTheProcessorDoes) {
  for (const Shown& s : shown()) {
    const BusOperations operations = bus_operations(decoded(s));
    if (s.compared == Otherwise) continue;
    Accesses accesses;
    ClocksMachine m("i386dx", &accesses);
    for (const auto& [number, value] : {std::pair<unsigned, u32>{EAX, 0},
                                        {ECX, 2},
                                        {EDX, 0x80},
                                        {EBX, data},
                                        {EBP, data + 0x800},
                                        {ESI, data},
                                        {EDI, data + 0x400}})
      m.reg(number) = value;
    if (s.compared == Real) m.cr0() = 0;
    m.place(program, s.bytes);
    m.s.eip = program;
    m.step(operations.each_iteration ? 40 : 1);
    std::vector<std::pair<bool, u32>> expected;
    for (unsigned times = operations.each_iteration ? 2 : 1; times != 0; --times)
      for (const BusOperation& o : operations.list)
        if (o.kind == BusOperationKind::Read || o.kind == BusOperationKind::Write)
          expected.emplace_back(o.kind == BusOperationKind::Write, o.bytes);
    auto seen = accesses.seen;
    if (s.compared == Beginning || operations.each_iteration) {
      ASSERT_GE(seen.size(), expected.size()) << s.name;
      seen.resize(expected.size());
    }
    EXPECT_EQ(seen, expected) << s.name;
  }
}

/// Operations of one instruction follow each other, at least two clocks apart. [UC]
TEST(BusOperations, OfEveryRowAreInOrder) {
  unsigned rows = 0;
  for (unsigned row = 0; row < form_count; ++row) {
    for (const bool memory : {false, true}) {
      Instruction insn;
      insn.row = static_cast<u16>(row);
      insn.memory = memory;
      insn.wide = true;
      if (memory && !is_rm(insn.form().rm())) continue;
      const BusOperations operations = bus_operations(insn);
      for (std::size_t i = 1; i < operations.list.size(); ++i)
        EXPECT_GE(operations.list[i].offset, operations.list[i - 1].offset + 2)
            << "row " << row << (memory ? ", memory" : "");
      rows += operations.list.empty() ? 0 : 1;
    }
  }
  EXPECT_GT(rows, 200u);
}

}  // namespace
}  // namespace faultline::test
