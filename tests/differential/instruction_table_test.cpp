// Every comparable row of the instruction table against Unicorn: operand sizes 16 and 32, operands
// in registers and in memory. FAULTLINE_DIFFERENTIAL_CASES sets the number of cases a row.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <sstream>

#include "cpu/decode/decoder.hpp"
#include "tests/differential/case_generator.hpp"
#include "tests/differential/reference.hpp"
#include "tests/differential/subject.hpp"
#include "tests/differential/undefined.hpp"

namespace faultline::differential {
namespace {

unsigned cases_a_row() {
  const char* given = std::getenv("FAULTLINE_DIFFERENTIAL_CASES");
  return given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 10)) : 2000;
}

constexpr unsigned states_an_encoding = 25;

class InstructionTable : public testing::TestWithParam<std::tuple<Mode, bool, bool>> {
 protected:
  void fill_data() {
    for (u32 i = 0; i < data_size; ++i) {
      const u8 byte = static_cast<u8>(generator.below(256));
      reference.memory()[data_first + i] = subject.memory()[data_first + i] = byte;
    }
  }
  void copy_data_to_subject() {
    std::memcpy(subject.memory() + data_first, reference.memory() + data_first, data_size);
  }
  bool same_data() {
    return std::memcmp(subject.memory() + data_first, reference.memory() + data_first, data_size) ==
           0;
  }

  /// A 32-bit PUSH of a segment register stores the selector in two bytes and leaves the other two
  /// [386 §17.2.2 PUSH]; Unicorn, as later processors, clears them. Ours must have left them.
  void accept_segment_push(const Encoding& e, const Registers& before, const u8* data_before) {
    if (e.form().mnemonic != Mnemonic::PUSHSREG || !e.wide) return;
    const u32 at = (before.general[ESP] - 2) & 0xFFFF;
    std::memcpy(reference.memory() + at, data_before + (at - data_first), 2);
  }

  /// Runs one case on both; describes the difference, or returns an empty string.
  std::string compare(const Encoding& e, const Registers& before) {
    std::memcpy(data_before.data(), reference.memory() + data_first, data_size);
    const Outcome theirs = reference.run(before);
    const Outcome ours = subject.run(before);
    accept_segment_push(e, before, data_before.data());
    if (undefined_result(e, before)) return "";
    const u32 flags = defined_flags(e, before);
    const bool registers_agree = ours.registers.general == theirs.registers.general &&
                                 ours.registers.eip == theirs.registers.eip &&
                                 ((ours.registers.eflags ^ theirs.registers.eflags) & flags) == 0;
    if (ours.exception == theirs.exception && registers_agree && same_data()) return "";
    return describe(e, before, ours, theirs, flags);
  }

  std::string describe(const Encoding& e, const Registers& before, const Outcome& ours,
                       const Outcome& theirs, u32 flags) {
    Instruction insn;
    decode(e.bytes, {mode_under_test == Mode::Flat32, mode_under_test == Mode::Flat32},
           *find_model("compat"), insn);
    std::ostringstream text;
    text << std::hex << disassemble(insn, code_start) << "  [";
    for (u8 byte : e.bytes) text << ' ' << unsigned{byte};
    text << " ]\n";
    auto line = [&](const char* name, const Registers& r, int exception) {
      text << "  " << name;
      for (u32 g : r.general) text << ' ' << g;
      text << " eip " << r.eip << " flags " << r.eflags << " (" << (r.eflags & flags)
           << ") exception " << std::dec << exception << std::hex << '\n';
    };
    line("before", before, no_exception);
    line("ours  ", ours.registers, ours.exception);
    line("theirs", theirs.registers, theirs.exception);
    for (u32 i = data_first; i < data_first + data_size; ++i)
      if (subject.memory()[i] != reference.memory()[i])
        text << "  [" << i << "] ours " << unsigned{subject.memory()[i]} << " theirs "
             << unsigned{reference.memory()[i]} << '\n';
    return text.str();
  }

  Mode mode_under_test = std::get<0>(GetParam());
  CaseGenerator generator{mode_under_test, 0x386};
  Reference reference{mode_under_test};
  Subject subject{mode_under_test};
  std::vector<u8> data_before = std::vector<u8>(data_size);
};

TEST_P(InstructionTable, AgreesWithUnicorn) {
  const auto [mode, wide, memory] = GetParam();
  unsigned rows = 0, fewest = ~0u;
  u64 cases = 0;
  for (unsigned row = 0; row < form_count; ++row) {
    const Form& form = forms[row];
    if (!comparable(form) || !exists(form, wide, memory)) continue;
    if (form.mnemonic == Mnemonic::BSWAP && !wide) continue;  // never a defined result
    ++rows;
    fill_data();
    unsigned differences = 0, compared = 0;
    std::string first;
    // A result may be undefined in most cases of a row (SHLD of 16 bits), never in all.
    for (unsigned done = 0; compared < cases_a_row() && done < 10 * cases_a_row();
         done += states_an_encoding) {
      const Encoding e = generator.encode(row, wide, memory);
      reference.set_code(code_start, e.bytes);
      subject.set_code(code_start, e.bytes);
      for (unsigned i = 0; i < states_an_encoding; ++i) {
        const Registers before = generator.registers(e, reference.memory());
        copy_data_to_subject();
        compared += !undefined_result(e, before);
        const std::string difference = compare(e, before);
        if (difference.empty()) continue;
        if (differences++ == 0) first = difference;
      }
      // Back to HLTs, where jumps land.
      const std::vector<u8> halts(e.bytes.size(), hlt);
      subject.set_code(code_start, halts);
      for (u32 at = 0; at < halts.size(); ++at)
        reference.set_code(code_start + at, std::span(halts).first(1));
    }
    cases += compared;
    fewest = std::min(fewest, compared);
    EXPECT_EQ(differences, 0u) << "row " << row << ", opcode " << std::hex << form.opcode << ": "
                               << first;
  }
  RecordProperty("cases", std::to_string(cases));
  std::printf("%u rows, %llu cases, at least %u a row\n", rows,
              static_cast<unsigned long long>(cases), fewest);
  EXPECT_GE(fewest, cases_a_row());
  EXPECT_GT(rows, memory ? 150u : 200u);
}

std::string name_of_case(const testing::TestParamInfo<std::tuple<Mode, bool, bool>>& info) {
  const auto [mode, wide, memory] = info.param;
  return std::string(mode == Mode::Real ? "Real" : "Flat") + (wide ? "Operand32" : "Operand16") +
         (memory ? "InMemory" : "InRegisters");
}

INSTANTIATE_TEST_SUITE_P(All, InstructionTable,
                         testing::Combine(testing::Values(Mode::Flat32, Mode::Real),
                                          testing::Bool(), testing::Bool()),
                         name_of_case);

}  // namespace
}  // namespace faultline::differential
