// Every numeric row of the table on a 486DX, and natively on the host's x87: registers, tags,
// status word, memory and AX agree. FAULTLINE_X87_CASES sets the number of cases a row.
#include <cstdlib>

#include "cpu/decode/decoder.hpp"
#include "cpu/x87/instructions.hpp"
#include "cpu/x87/mpfr_arithmetic.hpp"
#include "tests/unit/cpu/protected_machine.hpp"
#include "tests/unit/x87/native_x87.hpp"
#include "tests/unit/x87/operands.hpp"
#include "tests/unit/x87/print.hpp"

namespace faultline::x87 {
namespace {

unsigned cases_a_row() {
  const char* given = std::getenv("FAULTLINE_X87_CASES");
  return given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 10)) : 20'000;
}

constexpr u32 memory_at = faultline::test::data;
constexpr unsigned memory_bytes = 16;

bool transcendental(Mnemonic m) {
  switch (m) {
    case Mnemonic::FSIN:
    case Mnemonic::FCOS:
    case Mnemonic::FSINCOS:
    case Mnemonic::FPTAN:
    case Mnemonic::FPATAN:
    case Mnemonic::F2XM1:
    case Mnemonic::FYL2X:
    case Mnemonic::FYL2XP1:
      return true;
    default:
      return false;
  }
}
/// Images with pointers in them have tests of their own: environment_test.cpp.
bool whole_environment(const Form& form) {
  return form.operands[0] == faultline::Operand::Menv ||
         form.operands[0] == faultline::Operand::Mstate;
}

/// D9 D8: on later parts it does not object to an empty register.
bool other_alias(const Form& form) { return form.opcode == 0xD9 && form.has(Undocumented); }

std::vector<std::vector<u8>> encodings(const Form& form) {
  const u8 opcode = static_cast<u8>(form.opcode);
  const auto digit = static_cast<unsigned>(form.extension) << 3;
  if (memory_only(form.rm())) return {{opcode, static_cast<u8>(digit | 1)}};  // [ECX]
  std::vector<std::vector<u8>> all;
  for (unsigned rm = 0; rm < 8; ++rm)
    if (form.claims(static_cast<unsigned>(form.extension), false, rm))
      all.push_back({opcode, static_cast<u8>(0xC0 | digit | rm)});
  return all;
}

std::string text_of(const X87State& s) {
  std::ostringstream out;
  out << std::hex << "cw " << s.control.value << " sw " << s.status_word() << " used "
      << unsigned{s.occupied} << " st";
  for (unsigned i = 0; i < 8; ++i) out << ' ' << s.registers[(s.top + i) & 7];
  return out.str();
}

class Witness : public testing::Test {
 protected:
  X87State random_state(bool masked) {
    X87State state;
    state.control.value = operands.control(masked);
    state.top = static_cast<u8>(operands.below(8));
    // Mostly full or nearly so below the top, so that operands exist and pushes fit.
    state.occupied = operands.below(4) == 0
                         ? static_cast<u8>(operands.bits())
                         : static_cast<u8>(0x7F << state.top | 0x7F >> (8 - state.top));
    for (Extended& x : state.registers) x = operands.any();
    if (operands.below(4) == 0)  // near relatives: cancellation, equality, NaNs of one significand
      state.registers[(state.top + 1) & 7] =
          state.registers[state.top].with_sign(operands.below(2) != 0);
    // Flags from before, but none that is unmasked: FRSTOR would leave it pending.
    state.status = static_cast<u16>(operands.bits() & (status::conditions | exception::all));
    state.status &= static_cast<u16>(~exception::all | state.control.value);
    return state;
  }
  void random_memory(faultline::Operand operand) {
    Extended x = operands.any();
    u64 low = x.significand;
    if (operands.below(2) == 0 && operand == faultline::Operand::M32real)
      low = MpfrArithmetic::to_single(finite(x), {0x037F}).value;
    if (operands.below(2) == 0 && operand == faultline::Operand::M64real)
      low = MpfrArithmetic::to_double(finite(x), {0x037F}).value;
    u16 high = x.sign_exponent;
    if (operand == faultline::Operand::M80dec) {
      const PackedDecimal d = to_decimal(low % 1'000'000'000'000'000'000, (high & 0x8000) != 0);
      low = d.low;
      high = d.high;
    }
    std::memcpy(native_memory, &low, 8);
    std::memcpy(native_memory + 8, &high, 2);
  }
  static Extended finite(Extended x) { return is_finite(class_of(x)) ? x : positive_one; }

  /// Runs both from `before` and the bytes of native_memory.
  void run_both(const X87State& before) {
    theirs = ours = before;
    for (unsigned i = 0; i < memory_bytes; ++i) machine.set_byte(memory_at + i, native_memory[i]);
    machine.s.x87 = before;
    machine.s.eip = faultline::test::program;
    machine.reg(ECX) = memory_at;
    machine.reg(EAX) = 0;
    machine.step();
    ours = machine.s.x87;
    ours.instruction_offset = ours.operand_offset = 0;
    ours.instruction_selector = ours.operand_selector = ours.opcode = 0;
    ax = native.run(theirs, native_memory);
  }
  bool same_memory() {
    for (unsigned i = 0; i < memory_bytes; ++i)
      if (machine.byte(memory_at + i) != native_memory[i]) return false;
    return true;
  }
  void set_instruction(const std::vector<u8>& bytes) {
    native.set_instruction(bytes);
    machine.place(faultline::test::program, bytes);
  }
  static std::string name(const std::vector<u8>& bytes) {
    Instruction insn;
    decode(bytes, {true, true}, *find_model("i486dx"), insn);
    return disassemble(insn, 0);
  }

  test::Operands operands{80387};
  test::NativeX87 native;
  faultline::test::ProtectedMachine machine{"i486dx"};
  u8 native_memory[memory_bytes] = {};
  X87State ours, theirs;
  u16 ax = 0;
};

TEST_F(Witness, EveryExactRowAgreesWithTheHost) {
  unsigned rows = 0;
  for (const Form& form : forms) {
    if (!form.has(Numeric) || transcendental(form.mnemonic) || whole_environment(form) ||
        other_alias(form))
      continue;
    ++rows;
    const auto all = encodings(form);
    unsigned differences = 0;
    for (const auto& bytes : all) {
      set_instruction(bytes);
      for (unsigned i = 0; i < cases_a_row() / all.size(); ++i) {
        const X87State before = random_state(i % 2 == 0);
        random_memory(form.operands[0]);
        const u64 input = machine.dword(memory_at);
        (void)input;
        u8 memory_before[memory_bytes];
        std::memcpy(memory_before, native_memory, memory_bytes);
        run_both(before);
        const bool same_ax = form.operands[0] != faultline::Operand::AX || machine.reg(EAX) == ax;
        if (ours == theirs && same_memory() && same_ax) continue;
        if (++differences > 1) continue;
        std::ostringstream bytes_text;
        for (unsigned k = 0; k < 10; ++k)
          bytes_text << std::hex << unsigned{memory_before[9 - k]} << ' ';
        ADD_FAILURE() << name(bytes) << " memory " << bytes_text.str() << "\n before "
                      << text_of(before) << "\n ours   " << text_of(ours) << "\n theirs "
                      << text_of(theirs) << (same_memory() ? "" : "\n memory differs");
      }
    }
    EXPECT_EQ(differences, 0u) << name(all[0]);
  }
  EXPECT_GT(rows, 110u);
}

}  // namespace
}  // namespace faultline::x87
