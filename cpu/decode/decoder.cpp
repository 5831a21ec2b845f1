// Prefixes, opcode, ModRM and SIB, displacement, immediates: in the manual's order. [386 §17.2]
#include "cpu/decode/decoder.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace faultline {
namespace {

/// Takes bytes one after the other and remembers when they ran out.
class ByteCursor {
 public:
  explicit ByteCursor(std::span<const u8> bytes) : bytes_(bytes) {}
  u8 next() {
    if (at_ < bytes_.size()) return bytes_[at_++];
    short_ = true;
    return 0;
  }
  /// A field of several bytes; it is one component of the instruction. [386 §17.2.2.3]
  u32 take(unsigned count) {
    folded_ += count - 1;
    u32 value = 0;
    if (at_ + count <= bytes_.size()) {
      std::memcpy(&value, &bytes_[at_], count);
      at_ += count;
      return value;
    }
    for (unsigned i = 0; i < count; ++i) value |= u32{next()} << 8 * i;
    return value;
  }
  u32 take_signed_byte() { return static_cast<u32>(static_cast<s8>(next())); }
  unsigned components() const { return count() - folded_; }
  bool ran_short() const { return short_; }
  unsigned count() const { return static_cast<unsigned>(at_); }

 private:
  std::span<const u8> bytes_;
  std::size_t at_ = 0;
  unsigned folded_ = 0;
  bool short_ = false;
};

struct Prefixes {
  bool operand_size = false, address_size = false, segment_given = false;
  u8 segment = DS;
};

/// Reads prefixes in any order and number; returns the opcode byte. [386 §17.2.1]
u8 read_prefixes(ByteCursor& cursor, Prefixes& p, Instruction& out) {
  for (;;) {
    const u8 byte = cursor.next();
    switch (byte) {
      case 0x26: case 0x2E: case 0x36: case 0x3E:
        p.segment = byte >> 3 & 3;
        p.segment_given = true;
        break;
      case 0x64: case 0x65:
        p.segment = byte == 0x64 ? FS : GS;
        p.segment_given = true;
        break;
      case 0x66: p.operand_size = true; break;
      case 0x67: p.address_size = true; break;
      case 0xF0: out.locked = true; break;
      case 0xF2: out.repeat = RepeatPrefix::RepeatNotEqual; break;
      case 0xF3: out.repeat = RepeatPrefix::Repeat; break;
      default: return byte;
    }
    ++out.prefixes;
    if (cursor.count() > max_instruction_length) return byte;
  }
}

/// 16-bit addressing. [386 §17.2.1 table 17-2]
void memory_operand16(ByteCursor& cursor, unsigned mod, unsigned rm, Instruction& out) {
  static constexpr u8 base[8] = {EBX, EBX, EBP, EBP, ESI, EDI, EBP, EBX};
  static constexpr u8 index[8] = {ESI, EDI, ESI, EDI, 8, 8, 8, 8};
  out.address_mask = 0xFFFF;
  if (mod == 0 && rm == 6) {
    out.displacement = cursor.take(2);
    return;
  }
  out.base = base[rm];
  out.index = index[rm];
  if (mod == 1) out.displacement = cursor.take_signed_byte();
  if (mod == 2) out.displacement = cursor.take(2);
}

/// 32-bit addressing with its SIB byte. [386 §17.2.1 tables 17-3, 17-4]
void memory_operand32(ByteCursor& cursor, unsigned mod, unsigned rm, Instruction& out) {
  out.base = static_cast<u8>(rm);
  if (rm == 4) {
    const u8 sib = cursor.next();
    out.base = sib & 7;
    if ((sib >> 3 & 7) != 4) {
      out.index = sib >> 3 & 7;
      out.scale = sib >> 6;
    }
  }
  if (mod == 0 && out.base == EBP) {
    out.base = no_register;
    out.displacement = cursor.take(4);
  }
  if (mod == 1) out.displacement = cursor.take_signed_byte();
  if (mod == 2) out.displacement = cursor.take(4);
}

void read_modrm(ByteCursor& cursor, u8 modrm, const Prefixes& p, bool register_form,
                Instruction& out) {
  const unsigned mod = modrm >> 6, rm = modrm & 7;
  out.modrm = modrm;
  out.reg = modrm >> 3 & 7;
  out.rm = static_cast<u8>(rm);
  if (mod == 3 || register_form) return;
  out.memory = true;
  if (out.address32)
    memory_operand32(cursor, mod, rm, out);
  else
    memory_operand16(cursor, mod, rm, out);
  out.has_displacement = mod == 1 || mod == 2 || out.base == no_register;
  const bool stack_based = out.base == EBP || out.base == ESP;
  out.segment = p.segment_given ? p.segment : static_cast<u8>(stack_based ? SS : DS);
}

void read_immediate(ByteCursor& cursor, Operand operand, bool second, Instruction& out) {
  const unsigned size = out.wide ? 4 : 2, address_size = out.address32 ? 4 : 2;
  u32 value = 0;
  switch (operand) {
    case Operand::Ib: value = cursor.take(1); break;
    case Operand::Ibs: value = cursor.take_signed_byte(); break;
    case Operand::Iw: value = cursor.take(2); break;
    case Operand::Iv: value = cursor.take(size); break;
    case Operand::Jb: out.displacement = cursor.take_signed_byte(); return;
    case Operand::Jv:
      out.displacement = cursor.take(size);
      if (!out.wide) out.displacement = static_cast<u32>(static_cast<s16>(out.displacement));
      return;
    case Operand::Ob: case Operand::Ov: out.displacement = cursor.take(address_size); return;
    case Operand::Ap:
      out.immediate = cursor.take(size);
      out.immediate2 = static_cast<u16>(cursor.take(2));
      return;
    default: return;
  }
  out.has_immediate = true;
  if (second)
    out.immediate2 = static_cast<u16>(value);
  else
    out.immediate = value;
}

/// What decoding asks of a row, asked once.
struct RowFacts {
  bool modrm = false, register_only = false, memory_only = false;
  bool special = false;  // names a segment, control or test register by ModRM
  u8 immediates = 0;     // bit n: the nth operand has bytes behind ModRM
};
constexpr bool has_bytes(Operand o) {
  switch (o) {
    case Operand::Ib: case Operand::Ibs: case Operand::Iw: case Operand::Iv: case Operand::Jb:
    case Operand::Jv: case Operand::Ob: case Operand::Ov: case Operand::Ap:
      return true;
    default:
      return false;
  }
}
constexpr RowFacts facts_of(const Form& form) {
  RowFacts facts{form.modrm(), register_only(form.rm()), memory_only(form.rm()), false, 0};
  for (unsigned i = 0; i < 3; ++i) {
    const Operand o = form.operands[i];
    if (o == Operand::Sw || o == Operand::Cd || o == Operand::Td) facts.special = true;
    if (has_bytes(o)) facts.immediates |= static_cast<u8>(1u << i);
  }
  return facts;
}
constexpr std::array<RowFacts, form_count> row_facts = [] {
  std::array<RowFacts, form_count> all{};
  for (unsigned row = 0; row < form_count; ++row) all[row] = facts_of(forms[row]);
  return all;
}();

bool legal(const Form& form, DecodeMode mode, const Model& model, const Instruction& insn,
           bool mod3) {
  if (!form.exists(model.features)) return false;
  if (form.has(ProtectedOnly) && !mode.protected_mode) return false;
  const RowFacts& facts = row_facts[insn.row];
  if (facts.memory_only && mod3) return false;
  if (insn.locked && !(form.has(Lockable) && insn.memory)) return false;
  if (!facts.special) return true;
  // CS is no destination; 6 and 7 name no segment register. [386 §17.2.2 MOV]
  const bool to_sreg = form.operands[0] == Operand::Sw, from_sreg = form.operands[1] == Operand::Sw;
  if ((to_sreg && insn.reg == CS) || ((to_sreg || from_sreg) && insn.reg > GS)) return false;
  const bool test = form.operands[0] == Operand::Td || form.operands[1] == Operand::Td;
  if (test && insn.reg < (model.has(CacheTest) ? 3 : 6)) return false;
  const bool control = form.operands[0] == Operand::Cd || form.operands[1] == Operand::Cd;
  return !(control && insn.reg != 0 && insn.reg != 2 && insn.reg != 3);
}

}  // namespace

DecodeStatus decode(std::span<const u8> bytes, DecodeMode mode, const Model& model,
                    Instruction& out) {
  out = Instruction{};
  ByteCursor cursor(bytes.first(std::min<std::size_t>(bytes.size(), max_instruction_length)));
  const bool capped = bytes.size() >= max_instruction_length;
  auto finish = [&](DecodeStatus status) {
    out.length = static_cast<u8>(cursor.count());
    out.components = static_cast<u8>(cursor.components());
    if (cursor.ran_short()) return capped ? DecodeStatus::TooLong : DecodeStatus::NeedMore;
    return status;
  };

  Prefixes prefixes;
  u8 opcode = read_prefixes(cursor, prefixes, out);
  const bool escaped = opcode == 0x0F;
  if (escaped) {
    opcode = cursor.next();
    ++out.prefixes;
  }
  if (cursor.ran_short()) return finish(DecodeStatus::NeedMore);

  out.wide = mode.big != prefixes.operand_size;
  out.address32 = mode.big != prefixes.address_size;
  out.address_mask = out.address32 ? ~u32{0} : 0xFFFF;
  out.segment = prefixes.segment;

  // A row for some digit means a ModRM byte follows; which row, that byte says.
  out.row = opcode_map.any[escaped][opcode];
  if (out.row == no_form) return finish(DecodeStatus::Invalid);
  bool mod3 = false;
  if (row_facts[out.row].modrm) {
    const u8 modrm = cursor.next();
    mod3 = modrm >> 6 == 3;
    out.row = opcode_map.row[escaped][opcode][modrm >> 3 & 7][mod3 ? 1 + (modrm & 7) : 0];
    if (out.row == no_form) return finish(DecodeStatus::Invalid);
    // An escape of a later x87 is one of the reserved here.
    if (forms[out.row].has(Numeric) && !forms[out.row].exists(model.features))
      out.row = opcode_map.any[escaped][opcode];
    read_modrm(cursor, modrm, prefixes, row_facts[out.row].register_only, out);
  } else {
    out.rm = opcode & 7;
  }
  const Form& form = forms[out.row];
  bool second = false;
  for (unsigned set = row_facts[out.row].immediates; set != 0; set &= set - 1) {
    const Operand operand = form.operands[std::countr_zero(set)];
    read_immediate(cursor, operand, second, out);
    second = operand == Operand::Iw;
  }
  if (cursor.ran_short()) return finish(DecodeStatus::NeedMore);
  return finish(legal(form, mode, model, out, mod3) ? DecodeStatus::Ok : DecodeStatus::Invalid);
}

}  // namespace faultline
