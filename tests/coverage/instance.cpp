// Encodings by operand code, letter for letter as in the manual's opcode map. [386 §17.2.1, App. A]
#include "tests/coverage/instance.hpp"

#include <fmt/format.h>

namespace faultline::coverage {
namespace {

constexpr u8 rm_register = EBX;

void append(std::vector<u8>& bytes, u32 value, unsigned count) {
  for (unsigned i = 0; i < count; ++i) bytes.push_back(static_cast<u8>(value >> 8 * i));
}

/// Some ModRM byte of the row with the fields of the instance; -1 when there is none.
int modrm_of(const Instance& i) {
  const Form& f = i.form();
  const unsigned plane = f.opcode >> 8 == 0x0F ? 1 : 0;
  const unsigned first = i.memory ? 5 : f.has(Numeric) || f.has(Reserved) ? 1 : rm_register;
  for (unsigned digit = 0; digit < 8; ++digit)
    for (unsigned step = 0; step < 8; ++step) {
      const unsigned r_m = (first + step) & 7;
      if (i.memory && step != 0) continue;
      const bool digit_free = f.extension == no_extension && !f.has(Reserved);
      if (digit_free && digit != i.reg) continue;
      if (opcode_map.row[plane][f.opcode & 0xFF][digit][i.memory ? 0 : 1 + r_m] != i.row) continue;
      return static_cast<int>((i.memory ? 0 : 0xC0) | digit << 3 | r_m);
    }
  return -1;
}

void append_immediates(std::vector<u8>& bytes, const Instance& i, const Encoding& how) {
  const unsigned size = i.wide ? 4 : 2;
  bool second = false;
  for (Operand o : i.form().operands) {
    const u32 value = second ? 0 : how.immediate;
    switch (o) {
      case Operand::Ib:
      case Operand::Ibs:
        append(bytes, value, 1);
        break;
      case Operand::Iw:
        append(bytes, value, 2);
        break;
      case Operand::Iv:
        append(bytes, value, size);
        break;
      case Operand::Jb:
        append(bytes, how.distance, 1);
        break;
      case Operand::Jv:
        append(bytes, how.distance, size);
        break;
      case Operand::Ob:
      case Operand::Ov:
        append(bytes, how.operand, 4);
        break;
      case Operand::Ap:
        append(bytes, how.far_offset, size);
        append(bytes, how.far_selector, 2);
        break;
      default:
        continue;
    }
    second = true;
  }
}

bool has_address(const Instance& i) {
  const Form& f = i.form();
  return i.memory || at_offset(f.operands[0]) || at_offset(f.operands[1]) || is_string(f) ||
         f.mnemonic == Mnemonic::XLAT || f.mnemonic == Mnemonic::LOADALL;
}

bool has_size(const Form& f) {
  return !f.has(Reserved) && !f.sizeless() && (!f.byte_form() || f.has(StackWide));
}

/// Values of ModRM's reg field that are different things: segment, control and test registers.
std::vector<u8> registers_of(const Form& f) {
  if (has_operand(f, Operand::Sw))
    return f.operands[0] == Operand::Sw ? std::vector<u8>{ES, SS, DS, FS, GS}
                                        : std::vector<u8>{ES, CS, SS, DS, FS, GS};
  if (has_operand(f, Operand::Cd)) return {0, 2, 3};
  if (has_operand(f, Operand::Dd)) return {0, 1, 2, 3, 6, 7};
  if (has_operand(f, Operand::Td)) return {3, 4, 5, 6, 7};
  return {EDX};
}

}  // namespace

std::vector<u8> encode(const Instance& i, const Encoding& how) {
  const Form& f = i.form();
  std::vector<u8> bytes = how.prefixes;
  if (has_size(f) && i.wide != how.big) bytes.push_back(0x66);
  if (has_address(i) && !how.big) bytes.push_back(0x67);
  if (f.opcode >> 8 == 0x0F) bytes.push_back(0x0F);
  bytes.push_back(static_cast<u8>(f.opcode));
  if (f.modrm() || f.has(Reserved)) {
    bytes.push_back(static_cast<u8>(how.modrm >= 0 ? how.modrm : modrm_of(i)));
    if (i.memory && how.modrm < 0) append(bytes, how.operand, 4);
  }
  append_immediates(bytes, i, how);
  return bytes;
}

std::vector<Instance> instances_of(unsigned row) {
  const Form& f = forms[row];
  std::vector<Instance> all;
  for (bool memory : {false, true}) {
    const bool place = is_rm(f.rm()) && !register_only(f.rm());
    if (memory ? !place : memory_only(f.rm())) continue;
    for (bool wide : {false, true}) {
      if (!wide && !has_size(f)) continue;
      for (u8 reg : registers_of(f)) {
        const Instance i{row, wide, memory, reg};
        if (f.has(Reserved) && modrm_of(i) < 0) continue;
        all.push_back(i);
      }
    }
  }
  return all;
}

int loaded_segment(const Instance& i) {
  switch (i.form().mnemonic) {
    case Mnemonic::MOVSREG:
      return i.form().operands[0] == Operand::Sw ? i.reg : -1;
    case Mnemonic::POPSREG:
      return static_cast<int>(i.form().operands[0]) - static_cast<int>(Operand::ES_);
    case Mnemonic::LES:
      return ES;
    case Mnemonic::LDS:
      return DS;
    case Mnemonic::LSS:
      return SS;
    case Mnemonic::LFS:
      return FS;
    case Mnemonic::LGS:
      return GS;
    default:
      return -1;
  }
}

bool exists(const Instance& i, const Model& model) {
  if (!i.form().exists(model.features)) return false;
  return !has_operand(i.form(), Operand::Td) || i.reg >= (model.has(CacheTest) ? 3 : 6);
}

std::string describe(const Instance& i) {
  const Form& f = i.form();
  std::string text = fmt::format("{} {:02X}", faultline::name_of(f.mnemonic), f.opcode);
  if (f.extension != no_extension) text += fmt::format(" /{}", f.extension);
  if (f.second_extension != no_extension) text += fmt::format(" r/m {}", f.second_extension);
  if (has_size(f)) text += i.wide ? ", 32-bit" : ", 16-bit";
  if (i.memory) text += ", memory";
  if (registers_of(f).size() > 1) text += fmt::format(", reg {}", i.reg);
  return text;
}

}  // namespace faultline::coverage
