// The table of docs/timing.md, "Measured": forms run on the machine, beside what the manuals print,
// the microcode counts and hardware took. Regenerated here and compared with the document.
#include <fmt/format.h>

#include <iterator>

#include "tests/unit/cpu/clock_facts.hpp"
#include "tests/unit/cpu/clocks_machine.hpp"

namespace faultline::test {
namespace {

struct Shown {
  const char* name;
  std::vector<u8> bytes;
  unsigned opcode;
  int digit;
  const char* form;      // as clock_facts.csv has it
  const char* place;     // of the figure there
  const char* hardware;  // a 386SX measured [IBM], or nothing
  const char* reason;    // why ours is not every other figure
};

constexpr const char* m_is_1 = "`m` = 1: HLT follows";
constexpr const char* escape = "486: the 0F escape, 1";
constexpr const char* slip = "386: the manual's slip";

const std::vector<Shown>& shown() {
  static const std::vector<Shown> all = {
      {"MOV r,r", {0x89, 0xD8}, 0x89, -1, "MOV r/m32,r32", "reg", "", ""},
      {"MOV m,r", {0x89, 0x03}, 0x89, -1, "MOV r/m32,r32", "mem", "", ""},
      {"MOV r,m", {0x8B, 0x03}, 0x8B, -1, "MOV r32,r/m32", "mem", "", ""},
      {"MOV r,m indexed",
       {0x8B, 0x04, 0x8B},
       0x8B,
       -1,
       "MOV r32,r/m32",
       "mem",
       "",
       "486: an index register, 1"},
      {"MOV r,i", {0xB8, 1, 0, 0, 0}, 0xB8, -1, "MOV reg32,imm32", "any", "", ""},
      {"MOV m,i", {0xC7, 0x03, 1, 0, 0, 0}, 0xC7, 0, "MOV r/m32,imm32", "mem", "2", ""},
      {"MOV m+d,i",
       {0xC7, 0x43, 4, 1, 0, 0, 0},
       0xC7,
       0,
       "MOV r/m32,imm32",
       "mem",
       "2",
       "486: displacement and immediate, 1"},
      {"MOV r,m behind MOV base,r",
       {0x89, 0xDB, 0x8B, 0x03},
       0x8B,
       -1,
       "MOV r32,r/m32",
       "mem",
       "",
       "MOV base,r itself is 2 and 1; 486: the base was just written, 1"},
      {"MOVZX r,r8", {0x0F, 0xB6, 0xC3}, 0x0FB6, -1, "MOVZX r32,r/m8", "reg", "", escape},
      {"MOVSX r,m8", {0x0F, 0xBE, 0x03}, 0x0FBE, -1, "MOVSX r32,r/m8", "mem", "", escape},
      {"MOV DS,r16",
       {0x8E, 0xD8},
       0x8E,
       -1,
       "MOV Sreg,r/m16",
       "pm",
       "",
       "the listing's count is of real mode; 486: descriptor not accessed yet, 11"},
      {"MOV r,CR0", {0x0F, 0x20, 0xC1}, 0x0F20, -1, "MOV r32,CR0/CR2/CR3", "cr0", "", escape},
      {"LEA", {0x8D, 0x43, 0x04}, 0x8D, -1, "LEA r32,m", "any", "", ""},
      {"LEA indexed",
       {0x8D, 0x04, 0x8B},
       0x8D,
       -1,
       "LEA r32,m",
       "any",
       "",
       "486: an index register, 1"},
      {"XCHG r,r", {0x87, 0xC8}, 0x87, -1, "XCHG r32,r/m32", "reg", "", ""},
      {"XCHG m,r", {0x87, 0x03}, 0x87, -1, "XCHG r32,r/m32", "mem", "", ""},
      {"PUSH r", {0x50}, 0x50, -1, "PUSH r32", "any", "", ""},
      {"POP r", {0x58}, 0x58, -1, "POP r32", "any", "", "486: measured 1 [ABR]"},
      {"PUSH m", {0xFF, 0x33}, 0xFF, 6, "PUSH m32", "mem", "", ""},
      {"POP m", {0x8F, 0x03}, 0x8F, 0, "POP m32", "mem", "", "486: measured 6 [ABR]"},
      {"PUSHA", {0x60}, 0x60, -1, "PUSHAD", "any", "", ""},
      {"PUSHF",
       {0x9C},
       0x9C,
       -1,
       "PUSHFD",
       "pm",
       "",
       "386: one figure in the manual, 4; the listing has 5 in protected mode"},
      {"ADD r,r", {0x01, 0xC8}, 0x01, -1, "ADD r/m32,r32", "reg", "", ""},
      {"ADD r,m", {0x03, 0x03}, 0x03, -1, "ADD r32,r/m32", "mem", "", ""},
      {"ADD m,r", {0x01, 0x03}, 0x01, -1, "ADD r/m32,r32", "mem", "", ""},
      {"ADD m,i", {0x83, 0x03, 1}, 0x83, 0, "ADD r/m32,imm8", "mem", "", ""},
      {"LOCK ADD m,r",
       {0xF0, 0x01, 0x03},
       0x01,
       -1,
       "ADD r/m32,r32",
       "mem",
       "",
       "486: a prefix, 1"},
      {"SUB r,m", {0x2B, 0x03}, 0x2B, -1, "SUB r32,r/m32", "mem", "", ""},
      {"CMP m,r", {0x39, 0x03}, 0x39, -1, "CMP r/m32,r32", "mem", "", ""},
      {"CMP m,i", {0x83, 0x3B, 1}, 0x83, 7, "CMP r/m32,imm8", "mem", "5", ""},
      {"TEST r,i", {0xF7, 0xC0, 1, 0, 0, 0}, 0xF7, 0, "TEST r/m32,imm32", "reg", "", ""},
      {"INC r", {0x40}, 0x40, -1, "INC r32", "any", "", ""},
      {"INC m", {0xFF, 0x03}, 0xFF, 0, "INC r/m32", "mem", "", ""},
      {"NOT m", {0xF7, 0x13}, 0xF7, 2, "NOT r/m32", "mem", "7", "386: as hardware"},
      {"NEG m", {0xF7, 0x1B}, 0xF7, 3, "NEG r/m32", "mem", "7", "386: as hardware"},
      {"MUL r8",
       {0xF6, 0xE1},
       0xF6,
       4,
       "MUL AL,r/m8",
       "reg_least",
       "12",
       "386: 9+n, n = 3; the manual's slip is 3 less"},
      {"MUL r32",
       {0xF7, 0xE1},
       0xF7,
       4,
       "MUL EAX,r/m32",
       "reg_least",
       "",
       "386: 9+n, n = 3; the manual's slip is 3 less"},
      {"IMUL r,r",
       {0x0F, 0xAF, 0xC1},
       0x0FAF,
       -1,
       "IMUL r32,r/m32",
       "reg_least",
       "",
       "386: 9+n, n = 3; 486: n = 5 of 16, and the 0F escape"},
      {"DIV r8", {0xF6, 0xF1}, 0xF6, 6, "DIV AL,r/m8", "reg", "", slip},
      {"DIV r16",
       {0x66, 0xF7, 0xF1},
       0xF7,
       6,
       "DIV AX,r/m16",
       "reg",
       "23",
       "386: the manual's slip; 486: a prefix, 1"},
      {"DIV r32", {0xF7, 0xF1}, 0xF7, 6, "DIV EAX,r/m32", "reg", "", slip},
      {"IDIV r16",
       {0x66, 0xF7, 0xF9},
       0xF7,
       7,
       "IDIV AX,r/m16",
       "reg",
       "28",
       "386: the manual's slip; 486: a prefix, 1"},
      {"AAM", {0xD4, 10}, 0xD4, -1, "AAM", "any", "17", ""},
      {"AAD", {0xD5, 10}, 0xD5, -1, "AAD", "any", "15", slip},
      {"DAA", {0x27}, 0x27, -1, "DAA", "any", "", ""},
      {"CDQ", {0x99}, 0x99, -1, "CDQ", "any", "2", ""},
      {"SHL r,1", {0xD1, 0xE0}, 0xD1, 4, "SHL r/m32,1", "reg", "", ""},
      {"SHL r,i", {0xC1, 0xE0, 4}, 0xC1, 4, "SHL r/m32,imm8", "reg", "", ""},
      {"SHL m,CL", {0xD3, 0x23}, 0xD3, 4, "SHL r/m32,CL", "mem", "", ""},
      {"RCL r,1", {0xD1, 0xD0}, 0xD1, 2, "RCL r/m32,1", "reg", "3", slip},
      {"RCL m,1", {0xD1, 0x13}, 0xD1, 2, "RCL r/m32,1", "mem", "7", slip},
      {"RCL r,CL", {0xD3, 0xD0}, 0xD3, 2, "RCL r/m32,CL", "reg", "8", slip},
      {"SHLD r,r,i", {0x0F, 0xA4, 0xC8, 4}, 0x0FA4, -1, "SHLD r/m32,r32,imm8", "reg", "", escape},
      {"BT r,i", {0x0F, 0xBA, 0xE0, 4}, 0x0FBA, 4, "BT r/m32,imm8", "reg", "", escape},
      {"BTS m,r", {0x0F, 0xAB, 0x03}, 0x0FAB, -1, "BTS r/m32,r32", "mem", "", escape},
      {"BSF r,r", {0x0F, 0xBC, 0xC1}, 0x0FBC, -1, "BSF r32,r/m32", "reg", "", escape},
      {"SETE r", {0x0F, 0x94, 0xC0}, 0x0F94, -1, "SETE r/m8", "reg", "", escape},
      {"CLC", {0xF8}, 0xF8, -1, "CLC", "any", "3", slip},
      {"CLD", {0xFC}, 0xFC, -1, "CLD", "any", "3", slip},
      {"NOP", {0x90}, 0x90, -1, "NOP", "any", "", ""},
      {"Jcc taken", {0x75, 0}, 0x75, -1, "JNE rel8", "taken", "", m_is_1},
      {"Jcc not taken", {0x74, 0}, 0x74, -1, "JE rel8", "nottaken", "", ""},
      {"JMP rel", {0xEB, 0}, 0xEB, -1, "JMP rel8", "any", "", m_is_1},
      {"CALL rel", {0xE8, 0, 0, 0, 0}, 0xE8, -1, "CALL rel32", "any", "", m_is_1},
      {"LOOP taken", {0xE2, 0}, 0xE2, -1, "LOOP rel8", "taken", "", m_is_1},
      {"JECXZ not taken", {0xE3, 0}, 0xE3, -1, "JECXZ rel8", "nottaken", "", ""},
      {"MOVSD", {0xA5}, 0xA5, -1, "MOVSD", "any", "", ""},
      {"CMPSD", {0xA7}, 0xA7, -1, "CMPSD", "any", "", ""},
      {"STOSD", {0xAB}, 0xAB, -1, "STOSD", "any", "", ""},
      {"XLAT", {0xD7}, 0xD7, -1, "XLAT src-table", "any", "", ""},
      {"IN AL,DX", {0xEC}, 0xEC, -1, "IN AL,DX", "pm", "", ""},
      {"LEAVE", {0xC9}, 0xC9, -1, "LEAVE", "any", "", ""},
  };
  return all;
}

u64 measured(const Shown& s, const char* model) {
  ClocksMachine m(model);
  for (const auto& [number, value] : {std::pair<unsigned, u32>{EAX, data0},
                                      {ECX, 7},
                                      {EDX, 0},
                                      {EBX, data},
                                      {EBP, data},
                                      {ESI, data},
                                      {EDI, data + 0x400}})
    m.reg(number) = value;
  return m.clocks_of(s.bytes);
}

/// The fact's figure, or a dash. IDIV, where the manual has one figure for both places.
std::string figure(const ClockFact& fact, ClockColumn column, std::string place) {
  const auto places = fact.figures.find(column);
  if (places == fact.figures.end()) return "-";
  const auto& all = places->second;
  for (const std::string& each :
       {place, split(place, '_')[0], std::string("any"), std::string("reg")})
    if (const auto found = all.find(each); found != all.end()) {
      // The listing's multiply is 9+n.
      const bool adds_n = column == ClockColumn::I386Microcode && place == "reg_least";
      return std::to_string(found->second + (adds_n ? 3 : 0));
    }
  return "-";
}

std::string table() {
  const std::vector<ClockFact> facts = read_clock_facts(FAULTLINE_SOURCE_DIR);
  std::string text =
      "| form | 386 | manual | microcode | hardware | 486 | manual | why they differ |\n"
      "|---|---|---|---|---|---|---|---|\n";
  for (const Shown& s : shown()) {
    const auto fact = std::find_if(facts.begin(), facts.end(), [&](const ClockFact& f) {
      return f.opcode == s.opcode && f.digit == s.digit && f.form == s.form;
    });
    if (fact == facts.end()) {
      ADD_FAILURE() << s.name << ": no such fact";
      continue;
    }
    const std::string ours386 = std::to_string(measured(s, "i386dx")),
                      ours486 = std::to_string(measured(s, "i486sx")),
                      manual386 = figure(*fact, ClockColumn::I386, s.place),
                      counted = figure(*fact, ClockColumn::I386Microcode, s.place),
                      manual486 = figure(*fact, ClockColumn::I486, s.place);
    const std::string hardware = *s.hardware == 0 ? "-" : s.hardware;
    bool same = ours386 == manual386 && ours486 == manual486;
    for (const std::string& other : {counted, hardware})
      same = same && (other == "-" || other == ours386);
    EXPECT_EQ(same, *s.reason == 0)
        << s.name << ": 386 " << ours386 << " of " << manual386 << ", " << counted << ", "
        << hardware << "; 486 " << ours486 << " of " << manual486;
    text += fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} |\n", s.name, ours386, manual386,
                        counted, hardware, ours486, manual486, s.reason);
  }
  return text;
}

TEST(ClockTable, OfTheDocumentIsWhatTheMachineDoes) {
  EXPECT_GE(shown().size(), 60u);
  std::ifstream in(FAULTLINE_SOURCE_DIR "/docs/timing.md");
  const std::string document{std::istreambuf_iterator<char>(in), {}};
  const std::string made = table();
  EXPECT_NE(document.find(made), std::string::npos)
      << "docs/timing.md, \"Measured\", should hold:\n"
      << made;
}

}  // namespace
}  // namespace faultline::test
