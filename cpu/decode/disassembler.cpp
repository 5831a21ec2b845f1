// Text of a decoded instruction, Intel syntax in lower case, made from its row of the table.
#include <array>
#include <cctype>
#include <cstdio>

#include "cpu/decode/decoder.hpp"

namespace faultline {
namespace {

std::string hex(u32 value) {
  char text[16];
  std::snprintf(text, sizeof text, value < 10 ? "%u" : "0x%x", value);
  return text;
}

/// A signed displacement as " + 0x10" or " - 4"; nothing for zero.
std::string signed_term(u32 value) {
  const auto s = static_cast<s32>(value);
  if (s == 0) return {};
  return s < 0 ? " - " + hex(0u - value) : " + " + hex(value);
}

constexpr std::array<const char*, 8> byte_registers = {"al", "cl", "dl", "bl",
                                                       "ah", "ch", "dh", "bh"};
constexpr std::array<const char*, 8> word_registers = {"ax", "cx", "dx", "bx",
                                                       "sp", "bp", "si", "di"};
constexpr std::array<const char*, 6> segment_registers = {"es", "cs", "ss", "ds", "fs", "gs"};

std::string register_name(unsigned number, unsigned bytes) {
  if (bytes == 1) return byte_registers[number];
  return (bytes == 4 ? "e" : "") + std::string(word_registers[number]);
}

/// Bytes of the operand an r/m or register code names.
unsigned size_of(Operand o, const Instruction& insn) {
  if (byte_wide(o)) return 1;
  if (o == Operand::Ew || o == Operand::Gw || o == Operand::Sw) return 2;
  if (o == Operand::Rd) return 4;
  return insn.wide ? 4 : 2;
}

const char* x87_pointer_size(Operand o) {
  switch (o) {
    case Operand::M2byte: case Operand::M16int: return "word ptr ";
    case Operand::M32int: case Operand::M32real: return "dword ptr ";
    case Operand::M64int: case Operand::M64real: return "qword ptr ";
    case Operand::M80real: return "xword ptr ";
    case Operand::M80dec: return "tbyte ptr ";
    default: return "";
  }
}

const char* pointer_size(Operand o, const Instruction& insn) {
  if (o == Operand::M) return "";
  if (o == Operand::Mq) return "qword ptr ";
  if (o == Operand::Ma) return insn.wide ? "qword ptr " : "dword ptr ";
  if (o == Operand::Mp) return insn.wide ? "fword ptr " : "dword ptr ";
  if (o == Operand::Ms) return "fword ptr ";
  if (x87_memory(o)) return x87_pointer_size(o);
  switch (insn.form().mnemonic) {  // a word in memory whatever the operand size
    case Mnemonic::MOVSREG: case Mnemonic::SLDT: case Mnemonic::STR: case Mnemonic::SMSW:
      return "word ptr ";
    default: break;
  }
  switch (size_of(o, insn)) {
    case 1: return "byte ptr ";
    case 2: return "word ptr ";
    default: return "dword ptr ";
  }
}

std::string memory_text(const Instruction& insn) {
  const unsigned bytes = insn.address32 ? 4 : 2;
  const bool stack_based = insn.base == EBP || insn.base == ESP;
  std::string text = "[";
  if (insn.segment != (stack_based ? SS : DS))
    text = std::string(segment_registers[insn.segment]) + ":[";
  std::string terms;
  if (insn.base != no_register) terms = register_name(insn.base, bytes);
  if (insn.index != no_register) {
    if (!terms.empty()) terms += " + ";
    terms += register_name(insn.index, bytes);
    if (insn.scale != 0) terms += "*" + std::to_string(1 << insn.scale);
  }
  if (terms.empty()) return text + hex(insn.displacement & insn.address_mask) + "]";
  return text + terms + signed_term(insn.displacement) + "]";
}

std::string string_operand(const Instruction& insn, bool source) {
  const char* size = insn.form().byte_form() ? "byte" : insn.wide ? "dword" : "word";
  const std::string pointer = register_name(source ? ESI : EDI, insn.address32 ? 4 : 2);
  std::string segment = source ? "" : "es:";
  if (source && insn.segment != DS) segment = std::string(segment_registers[insn.segment]) + ":";
  return std::string(size) + " ptr " + segment + "[" + pointer + "]";
}

std::string operand_text(Operand o, const Instruction& insn, u32 next, bool second) {
  const u32 mask = insn.wide ? ~u32{0} : 0xFFFF;
  if (is_rm(o)) {
    if (insn.memory) return pointer_size(o, insn) + memory_text(insn);
    return register_name(insn.rm, size_of(o, insn));
  }
  switch (o) {
    case Operand::Gb: case Operand::Gw: case Operand::Gv:
      return register_name(insn.reg, size_of(o, insn));
    case Operand::Zb: case Operand::Zv: return register_name(insn.rm, size_of(o, insn));
    case Operand::AL: case Operand::eAX: return register_name(EAX, size_of(o, insn));
    case Operand::CL: return "cl";
    case Operand::DX: return "dx";
    case Operand::One: return "1";
    case Operand::Ib: case Operand::Iw: return hex(second ? insn.immediate2 : insn.immediate);
    case Operand::Iv: return hex(insn.immediate);
    case Operand::Ibs: return hex(insn.immediate & mask);
    case Operand::Jb: case Operand::Jv: return hex((next + insn.displacement) & mask);
    case Operand::Ap: return hex(insn.immediate2) + ":" + hex(insn.immediate);
    case Operand::Ob: case Operand::Ov: {
      const char* size = insn.form().byte_form() ? "byte" : insn.wide ? "dword" : "word";
      return std::string(size) + " ptr " + memory_text(insn);
    }
    case Operand::AX: return "ax";
    case Operand::ST0: return "st(0)";
    case Operand::STi: return "st(" + std::to_string(insn.rm) + ")";
    case Operand::Sw: return segment_registers[insn.reg];
    case Operand::Cd: return "cr" + std::to_string(insn.reg);
    case Operand::Dd: return "dr" + std::to_string(insn.reg);
    case Operand::Td: return "tr" + std::to_string(insn.reg);
    case Operand::Xb: case Operand::Xv: return string_operand(insn, true);
    case Operand::Yb: case Operand::Yv: return string_operand(insn, false);
    case Operand::ES_: case Operand::CS_: case Operand::SS_: case Operand::DS_: case Operand::FS_:
    case Operand::GS_:
      return segment_registers[static_cast<unsigned>(o) - static_cast<unsigned>(Operand::ES_)];
    default: return {};
  }
}

/// The mnemonic as written, which may depend on the operand or address size.
std::string mnemonic_text(const Instruction& insn) {
  const char suffix = insn.form().byte_form() ? 'b' : insn.wide ? 'd' : 'w';
  switch (insn.form().mnemonic) {
    case Mnemonic::MOVSREG: case Mnemonic::MOVCR: case Mnemonic::MOVDR: case Mnemonic::MOVTR:
      return "mov";
    case Mnemonic::PUSHSREG: return "push";
    case Mnemonic::POPSREG: return "pop";
    case Mnemonic::IMUL3: return "imul";
    case Mnemonic::CALLF: return "lcall";
    case Mnemonic::JMPF: return "ljmp";
    case Mnemonic::CBW: return insn.wide ? "cwde" : "cbw";
    case Mnemonic::CWD: return insn.wide ? "cdq" : "cwd";
    case Mnemonic::JCXZ: return insn.address32 ? "jecxz" : "jcxz";
    case Mnemonic::PUSHA: return insn.wide ? "pushal" : "pushaw";
    case Mnemonic::POPA: return insn.wide ? "popal" : "popaw";
    case Mnemonic::PUSHF: return insn.wide ? "pushfd" : "pushf";
    case Mnemonic::POPF: return insn.wide ? "popfd" : "popf";
    case Mnemonic::IRET: return insn.wide ? "iretd" : "iret";
    case Mnemonic::XLAT: return "xlatb";
    case Mnemonic::MOVS: case Mnemonic::CMPS: case Mnemonic::STOS: case Mnemonic::LODS:
    case Mnemonic::SCAS: case Mnemonic::INS: case Mnemonic::OUTS:
      break;
    default: {
      std::string text(name_of(insn.form().mnemonic));
      for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      return text;
    }
  }
  std::string text(name_of(insn.form().mnemonic));
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text + suffix;
}

std::string prefix_text(const Instruction& insn) {
  std::string text = insn.locked ? "lock " : "";
  const Form& form = insn.form();
  if (insn.repeat == RepeatPrefix::None) return text;
  if (form.has(RepCondition))
    return text + (insn.repeat == RepeatPrefix::Repeat ? "repe " : "repne ");
  return form.has(Rep) ? text + "rep " : text;
}

}  // namespace

std::string disassemble(const Instruction& insn, u32 address) {
  if (insn.row == no_form) return "(bad)";
  std::string text = prefix_text(insn) + mnemonic_text(insn);
  bool second_immediate = false, first = true;
  for (Operand o : insn.form().operands) {
    if (o == Operand::None) continue;
    const std::string operand = operand_text(o, insn, address + insn.length, second_immediate);
    second_immediate = second_immediate || o == Operand::Iw;
    text += (first ? " " : ", ") + operand;
    first = false;
  }
  return text;
}

}  // namespace faultline
