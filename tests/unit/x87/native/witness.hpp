// One numeric instruction here, with all the x87 ever had, and on the host, from the same random
// state.
// FAULTLINE_X87_CASES sets the number of cases a row.
#pragma once

#include <array>
#include <cstdlib>
#include <sstream>

#include "cpu/decode/decoder.hpp"
#include "cpu/x87/mpfr_arithmetic.hpp"
#include "cpu/x87/operand.hpp"
#include "tests/unit/cpu/protected_machine.hpp"
#include "tests/unit/x87/native/native_x87.hpp"
#include "tests/unit/x87/operands.hpp"
#include "tests/unit/x87/print.hpp"

namespace faultline::x87::test {

inline unsigned cases_a_row() {
  const char* given = std::getenv("FAULTLINE_X87_CASES");
  return given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 10)) : 20'000;
}

inline bool transcendental(Mnemonic m) {
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

/// Every encoding of a row, memory named by [ECX].
inline std::vector<std::vector<u8>> encodings(const Form& form) {
  const u8 opcode = static_cast<u8>(form.opcode);
  const auto reg = static_cast<unsigned>(form.extension);
  if (memory_only(form.rm())) return {{opcode, static_cast<u8>(reg << 3 | 1)}};
  std::vector<std::vector<u8>> all;
  for (unsigned rm = 0; rm < 8; ++rm)
    if (form.claims(reg, false, rm)) all.push_back({opcode, static_cast<u8>(0xC0 | reg << 3 | rm)});
  return all;
}

inline std::string text_of(const X87State& s) {
  std::ostringstream out;
  out << std::hex << "control " << s.control.value << " status " << s.status_word() << " occupied "
      << unsigned{s.occupied} << " stack";
  for (unsigned i = 0; i < 8; ++i) out << ' ' << s.registers[(s.top + i) & 7];
  return out.str();
}

inline std::string name_of(const std::vector<u8>& bytes) {
  Instruction insn;
  decode(bytes, {true, true}, *find_model("compat"), insn);
  return disassemble(insn, 0);
}

class Witness : public testing::Test {
 protected:
  using Memory = std::array<u8, 16>;
  static constexpr u32 memory_at = faultline::test::data;

  X87State random_state(bool masked) {
    X87State state;
    state.control.value = operands.control(masked);
    state.top = static_cast<u8>(operands.below(8));
    // Mostly all but one in use, so that operands exist and a push fits.
    const unsigned seven = 0x7Fu << state.top | 0x7Fu >> (8 - state.top);
    state.occupied = static_cast<u8>(operands.below(4) == 0 ? operands.bits() : seven);
    for (Extended& x : state.registers) x = operands.any();
    // Near relatives: cancellation, equality, NaNs of one significand.
    if (operands.below(4) == 0)
      state.registers[(state.top + 1) & 7] =
          state.registers[state.top].with_sign(operands.below(2) != 0);
    // Flags from before, but none that is unmasked: it would be pending.
    state.status = static_cast<u16>(operands.bits() & (status::conditions | exception::all));
    state.status &= static_cast<u16>(~exception::all | state.control.value);
    return state;
  }

  /// Half of the reals are numbers the format holds without going to its edges.
  Memory random_memory(faultline::Operand operand) {
    const Extended x = operands.any();
    const Extended finite = is_finite(class_of(x)) ? x : positive_one;
    u64 low = x.significand;
    u16 high = x.sign_exponent;
    const bool plain = operands.below(2) == 0;
    if (plain && operand == faultline::Operand::M32real)
      low = MpfrArithmetic::to_single(finite, {0x037F}).value;
    if (plain && operand == faultline::Operand::M64real)
      low = MpfrArithmetic::to_double(finite, {0x037F}).value;
    if (operand == faultline::Operand::M80dec) {  // other digits than 0-9 are undefined
      const PackedDecimal d = to_decimal(low % 1'000'000'000'000'000'000, x.negative());
      low = d.low;
      high = d.high;
    }
    Memory memory{};
    std::memcpy(memory.data(), &low, 8);
    std::memcpy(memory.data() + 8, &high, 2);
    return memory;
  }

  void set_instruction(const std::vector<u8>& bytes) {
    native.set_instruction(bytes);
    machine.place(faultline::test::program, bytes);
  }
  void run_both(const X87State& before, const Memory& memory) {
    for (unsigned i = 0; i < memory.size(); ++i) machine.set_byte(memory_at + i, memory[i]);
    machine.s.x87 = before;
    machine.s.eip = faultline::test::program;
    machine.reg(ECX) = memory_at;
    machine.reg(EAX) = 0;
    machine.step();
    ours = machine.s.x87;
    // The pointers have a test of their own.
    ours.instruction_offset = ours.operand_offset = 0;
    ours.instruction_selector = ours.operand_selector = ours.opcode = 0;
    for (unsigned i = 0; i < memory.size(); ++i) our_memory[i] = machine.byte(memory_at + i);
    theirs = before;
    their_memory = memory;
    ax = native.run(theirs, their_memory.data());
  }
  std::string described(const X87State& before, const Memory& memory) const {
    std::ostringstream out;
    out << " memory" << std::hex;
    for (u8 byte : memory) out << ' ' << unsigned{byte};
    out << "\n before " << text_of(before) << "\n ours   " << text_of(ours) << "\n theirs "
        << text_of(theirs);
    if (our_memory != their_memory) out << "\n memory differs";
    return out.str();
  }

  Operands operands{80387};
  NativeX87 native;
  faultline::test::ProtectedMachine machine{"compat"};
  X87State ours, theirs;
  Memory our_memory{}, their_memory{};
  u16 ax = 0;
};

}  // namespace faultline::x87::test
