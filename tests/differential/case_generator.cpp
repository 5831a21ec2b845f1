// Random encodings and operands within the memory that both processors share.
#include "tests/differential/case_generator.hpp"

#include <cstring>

namespace faultline::differential {
namespace {

void append(std::vector<u8>& bytes, u32 value, unsigned count) {
  for (unsigned i = 0; i < count; ++i) bytes.push_back(static_cast<u8>(value >> 8 * i));
}

void store(u8* memory, u32 address, u32 value) { std::memcpy(memory + address, &value, 4); }

bool has_operand(const Form& form, Operand wanted) {
  for (Operand o : form.operands)
    if (o == wanted) return true;
  return false;
}
bool is_string(const Form& form) { return form.has(Rep) || form.has(RepCondition); }
bool is_bit_string(const Form& form) {  // BT family with a register bit offset
  return form.opcode == 0x0FA3 || form.opcode == 0x0FAB || form.opcode == 0x0FB3 ||
         form.opcode == 0x0FBB;
}
bool near_indirect(const Form& form) {
  return form.opcode == 0xFF && (form.extension == 2 || form.extension == 4);
}

}  // namespace

bool comparable(const Form& form) {
  if (form.has(Privileged) || form.has(IoSensitive)) return false;
  if (form.has(ProtectedOnly) || form.has(LoadAll)) return false;
  if (form.has(Numeric) || form.mnemonic == Mnemonic::ESC)
    return false;  // the host's x87 is their witness: tests/unit/x87
  // TEST's other encoding F6 /1, F7 /1: in the parts, not in the manual, #UD in Unicorn.
  if (form.mnemonic == Mnemonic::TEST && form.has(Undocumented)) return false;
  switch (form.mnemonic) {
    // Between segments, through the IDT, of the system: tests/unit/cpu.
    case Mnemonic::CALLF:
    case Mnemonic::JMPF:
    case Mnemonic::RETF:
    case Mnemonic::IRET:
    case Mnemonic::INT:
    case Mnemonic::INT3:
    case Mnemonic::INTO:
    case Mnemonic::POPSREG:
    case Mnemonic::LDS:
    case Mnemonic::LES:
    case Mnemonic::LFS:
    case Mnemonic::LGS:
    case Mnemonic::LSS:
    case Mnemonic::SGDT:
    case Mnemonic::SIDT:
    case Mnemonic::SMSW:
    // Answers of the processor itself: tests/unit/cpu/model_test.cpp.
    case Mnemonic::CPUID:
    case Mnemonic::RDTSC:
      return false;
    case Mnemonic::MOVSREG:
      return form.operands[1] == Operand::Sw;
    default:
      return true;
  }
}

bool exists(const Form& form, bool wide, bool memory) {
  const bool has_memory_form = is_rm(form.rm()) && !register_only(form.rm());
  if (memory) return has_memory_form;
  return !memory_only(form.rm()) && (wide || !form.byte_form() || form.has(StackWide));
}

u32 CaseGenerator::value() {
  static constexpr u32 edges[] = {0,          1,          2,          0xFFFFFFFF, 0x80,  0x7F,
                                  0x8000,     0x7FFF,     0x80000000, 0x7FFFFFFF, 0xFF,  0xFFFF,
                                  0xFFFFFF80, 0xFFFF8000, 31,         32,         33,    8,
                                  9,          16,         17,         0x99,       0x100, 0x10000};
  if (below(2) == 0) return edges[below(std::size(edges))];
  const u32 random = static_cast<u32>(random_());
  return below(2) == 0 ? random : random >> below(32);
}

/// Forward or back, but not into the instruction itself, which would never end.
u32 CaseGenerator::jump_distance(u32 limit) {
  return below(2) == 0 ? below(limit) : 0u - (0x20 + below(limit));
}

void CaseGenerator::memory16(Encoding& e, std::vector<u8>& out) {
  static constexpr int bases[8] = {EBX, EBX, EBP, EBP, ESI, EDI, EBP, EBX};
  static constexpr int indexes[8] = {ESI, EDI, ESI, EDI, -1, -1, -1, -1};
  const unsigned mod = below(3), rm = below(8);
  out.push_back(static_cast<u8>(mod << 6 | e.reg << 3 | rm));
  if (mod == 0 && rm == 6) {
    e.displacement = data_address();
    return append(out, e.displacement, 2);
  }
  e.base = bases[rm];
  e.index = indexes[rm];
  if (mod == 0) return;
  e.displacement = value();
  if (mod == 1) e.displacement = static_cast<u32>(static_cast<s8>(e.displacement));
  append(out, e.displacement, mod);
}

void CaseGenerator::memory32(Encoding& e, std::vector<u8>& out) {
  const unsigned mod = below(3);
  unsigned rm = below(8), sib_base = below(8);
  unsigned sib_index = below(8);
  const bool sib = rm == 4;
  out.push_back(static_cast<u8>(mod << 6 | e.reg << 3 | rm));
  e.base = static_cast<int>(sib ? sib_base : rm);
  if (sib) {
    // A base that is the index too could not be set freely.
    e.scale = below(4);
    if (sib_index == sib_base && sib_index != 4) sib_base = (sib_base + 1) % 8;
    e.base = static_cast<int>(sib_base);
    if (sib_base == ESP) sib_index = 4;  // ESP stays in the data
    if (sib_index != 4) e.index = static_cast<int>(sib_index);
    out.push_back(static_cast<u8>(e.scale << 6 | sib_index << 3 | sib_base));
  }
  if (mod == 0 && e.base == EBP) {
    e.base = -1;
    // Without a base the index is left zero (place_operand) and this is the whole address.
    e.displacement = data_address();
    return append(out, e.displacement, 4);
  }
  if (mod == 0) return;
  e.displacement = value();
  if (mod == 1) e.displacement = static_cast<u32>(static_cast<s8>(e.displacement));
  if (e.base == ESP) e.displacement = static_cast<u32>(static_cast<s8>(e.displacement));
  append(out, e.displacement, mod == 1 ? 1 : 4);
}

void CaseGenerator::modrm(Encoding& e, unsigned reg) {
  e.reg = reg;
  std::vector<u8> tail;
  if (!e.memory) {
    // CALL and JMP by ESP would put the stack into the code.
    e.rm = near_indirect(e.form()) ? below(4) : below(8);
    tail.push_back(static_cast<u8>(0xC0 | e.reg << 3 | e.rm));
  } else {
    do {
      tail.clear();
      e.base = e.index = -1;
      e.scale = e.displacement = 0;
      if (e.address32)
        memory32(e, tail);
      else
        memory16(e, tail);
      // The bit offset's register must not be in the address.
    } while (is_bit_string(e.form()) &&
             (e.base == static_cast<int>(e.reg) || e.index == static_cast<int>(e.reg)));
  }
  e.bytes.insert(e.bytes.end(), tail.begin(), tail.end());
}

void CaseGenerator::immediates(Encoding& e) {
  const Form& form = e.form();
  const unsigned size = e.wide ? 4 : 2;
  bool first = true;
  for (Operand o : form.operands) {
    switch (o) {
      case Operand::Ib:
      case Operand::Ibs:
        e.immediate = static_cast<u8>(value());
        append(e.bytes, e.immediate, 1);
        break;
      case Operand::Iw:
        append(e.bytes, below(first ? 0x180 : 32), 2);
        break;
      case Operand::Iv:
        append(e.bytes, value(), size);
        break;
      case Operand::Jb:
        append(e.bytes, jump_distance(0x60), 1);
        break;
      case Operand::Jv:
        append(e.bytes, jump_distance(0xF00), size);
        break;
      case Operand::Ob:
      case Operand::Ov:
        append(e.bytes, data_address(), e.address32 ? 4 : 2);
        break;
      default:
        continue;
    }
    first = false;
  }
}

Encoding CaseGenerator::encode(unsigned row, bool wide, bool memory) {
  Encoding e;
  e.row = row;
  e.wide = wide;
  e.memory = memory;
  const Form& form = e.form();
  e.address32 = below(4) != 0;
  std::vector<u8> prefixes;
  const bool big = mode_ == Mode::Flat32;
  if (wide != big) prefixes.push_back(0x66);
  if (e.address32 != big) prefixes.push_back(0x67);
  static constexpr u8 data_segments[] = {0x26, 0x36, 0x3E, 0x64, 0x65};  // ES SS DS FS GS
  if (below(4) == 0) prefixes.push_back(data_segments[below(std::size(data_segments))]);
  // Unicorn computes the flags of LOCK NEG from another value than those of NEG; LOCK changes no
  // result [386 §11.2], so NEG is compared without it.
  const bool may_lock = form.has(Lockable) && form.mnemonic != Mnemonic::NEG;
  if (memory && may_lock && below(2) == 0) prefixes.push_back(0xF0);
  e.repeated = is_string(form) && below(3) != 0;
  if (e.repeated) prefixes.push_back(below(2) == 0 ? 0xF3 : 0xF2);
  while (!prefixes.empty()) {  // in any order
    const u32 at = below(static_cast<u32>(prefixes.size()));
    e.bytes.push_back(prefixes[at]);
    prefixes.erase(prefixes.begin() + at);
  }
  if (form.opcode >> 8 == 0x0F) e.bytes.push_back(0x0F);
  e.bytes.push_back(static_cast<u8>(form.opcode));
  if (form.modrm()) {
    const unsigned limit = form.operands[1] == Operand::Sw ? 6 : 8;
    modrm(e, form.extension != no_extension ? static_cast<unsigned>(form.extension) : below(limit));
  } else {
    e.rm = form.opcode & 7;
  }
  immediates(e);
  e.bytes.push_back(hlt);
  return e;
}

/// Registers an instruction uses without naming them.
void CaseGenerator::constrain(const Encoding& e, Registers& r, u8* memory) {
  const Form& form = e.form();
  auto& g = r.general;
  const u32 top = e.address32 ? 0 : value() << 16;  // not looked at with 16-bit addresses
  const u32 stack = data_address();
  g[ESP] = mode_ == Mode::Real ? value() << 16 | stack : stack;
  store(memory, stack, value());
  if (is_string(form)) {
    g[ESI] = top | data_address();
    g[EDI] = top | (below(4) == 0 ? g[ESI] : data_address());
    g[ECX] = top | (below(4) == 0 ? 0 : below(20));
  }
  switch (form.mnemonic) {
    case Mnemonic::XLAT:
      g[EBX] = top | data_address();
      break;
    case Mnemonic::ENTER:
      g[EBP] = data_address();
      // With a 16-bit stack and 32-bit operands the frame pointer is SP [386 §17.2.2 ENTER];
      // Unicorn lets the upper half of ESP through into one of its copies.
      g[ESP] = stack;
      break;
    case Mnemonic::LEAVE:
      g[EBP] = data_address();
      break;
    case Mnemonic::RET:
      store(memory, stack, landing());
      break;
    case Mnemonic::POPF:  // no TF, NT, RF, VM, AC: their effects are not of this comparison
      store(memory, stack, value() & 0x3ED7u);
      break;
    case Mnemonic::DIV:
    case Mnemonic::IDIV:
      if (below(2) == 0) {  // a quotient that fits is rare by chance
        const unsigned high = e.width() == 1 ? EAX : EDX;
        g[high] = form.mnemonic == Mnemonic::DIV || below(2) == 0 ? 0 : ~u32{0};
        if (high == EAX) g[EAX] = (g[EAX] & 0xFFFF0000) | (value() & 0xFF);
      }
      break;
    default:
      break;
  }
  if (is_bit_string(form) && e.memory) g[e.reg] = (value() & 0x7FFF) - 0x4000;
  if (near_indirect(form) && !e.memory) g[e.rm] = landing();
}

/// Gives the address registers values by which the operand lies in the data.
void CaseGenerator::place_operand(const Encoding& e, Registers& r, u8* memory) {
  const u32 at = data_address();
  auto& g = r.general;
  if (e.index >= 0 && e.base < 0) g[static_cast<unsigned>(e.index)] = 0;
  const u32 indexed = e.index >= 0 ? g[static_cast<unsigned>(e.index)] << e.scale : 0;
  u32 target = e.displacement + indexed;
  if (e.base >= 0) {
    u32& base = g[static_cast<unsigned>(e.base)];
    const u32 wanted = at - indexed - e.displacement;
    base = e.address32 ? wanted : (base & 0xFFFF0000) | (wanted & 0xFFFF);
    target = at;
  }
  target &= 0xFFFF;
  store(memory, target, near_indirect(e.form()) ? landing() : value());
  store(memory, target + e.width(), value());
}

Registers CaseGenerator::registers(const Encoding& e, u8* memory) {
  Registers r;
  for (u32& g : r.general) g = value();
  r.eip = code_start;
  r.eflags = 2u | (static_cast<u32>(random_()) & (eflags::arithmetic | eflags::DF));
  if (has_operand(e.form(), Operand::CL)) r.general[ECX] = value();
  constrain(e, r, memory);
  if (e.memory) place_operand(e, r, memory);
  return r;
}

}  // namespace faultline::differential
