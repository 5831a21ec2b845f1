// An instance of a row of the instruction table: one encoding of it, made from the row's own data,
// and the four ways to run it.
#pragma once

#include <string>
#include <vector>

#include "cpu/isa/access.hpp"
#include "cpu/isa/forms.hpp"
#include "cpu/model.hpp"

namespace faultline::coverage {

enum class Mode : u8 { Real, Ring0, Ring3, Virtual };
inline constexpr Mode all_modes[] = {Mode::Real, Mode::Ring0, Mode::Ring3, Mode::Virtual};
inline constexpr unsigned mode_count = 4;

constexpr const char* name_of(Mode m) {
  constexpr const char* names[] = {"real", "ring 0", "ring 3", "V86"};
  return names[static_cast<unsigned>(m)];
}
constexpr bool descriptors(Mode m) { return m == Mode::Ring0 || m == Mode::Ring3; }
constexpr bool paged(Mode m) { return m != Mode::Real; }
constexpr bool user(Mode m) { return m == Mode::Ring3 || m == Mode::Virtual; }

struct Instance {
  unsigned row = 0;
  bool wide = true;     // operand size 32
  bool memory = false;  // ModRM names memory
  u8 reg = EDX;         // ModRM's reg field, where it is free

  const Form& form() const { return forms[row]; }
  unsigned width() const { return form().byte_form() ? 1 : wide ? 4 : 2; }
};

/// How an instance is encoded, beside its row. Addresses are 32-bit wherever there is one.
struct Encoding {
  bool big = false;            // CS.D
  std::vector<u8> prefixes{};  // before the ones that the sizes ask for
  u32 operand = 0;             // offset of the memory operand
  u32 immediate = 1;           // what an immediate operand is
  u32 distance = 0;            // of a relative jump
  u16 far_selector = 0;        // of Ap
  u32 far_offset = 0;
  int modrm = -1;  // in place of the one that the instance asks for
};
inline constexpr u8 lock_prefix = 0xF0, harmless_prefix = 0x3E, ss_prefix = 0x36, cs_prefix = 0x2E;

std::vector<u8> encode(const Instance& instance, const Encoding& how);

/// Every operand size, place and choice of register that makes a difference to faults.
std::vector<Instance> instances_of(unsigned row);

constexpr bool has_operand(const Form& form, Operand wanted) {
  for (Operand o : form.operands)
    if (o == wanted) return true;
  return false;
}
constexpr bool is_string(const Form& f) {
  return has_operand(f, Operand::Xb) || has_operand(f, Operand::Xv) ||
         has_operand(f, Operand::Yb) || has_operand(f, Operand::Yv);
}
/// The opcode's relative displacement.
constexpr bool is_relative(const Form& f) {
  return has_operand(f, Operand::Jb) || has_operand(f, Operand::Jv);
}
/// The segment register that the instance loads, or -1.
int loaded_segment(const Instance& i);

/// Where the row is defined and permitted. [386 §6.3.5, §15.2]
constexpr bool legal(const Form& f, Mode mode) {
  if (f.has(ProtectedOnly) && !descriptors(mode)) return false;
  return !(f.has(Privileged) && user(mode));
}
/// The instance exists on the model: its row, and the register that it names.
bool exists(const Instance& i, const Model& model);

/// "MOV 8E, 16-bit, memory, reg 2".
std::string describe(const Instance& i);

}  // namespace faultline::coverage
