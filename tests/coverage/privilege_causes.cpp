// What the mode forbids, and encodings that mean nothing. [386 §6.3.5, §8.3, §15.2, §15.3]
#include "tests/coverage/cause.hpp"

namespace faultline::coverage {
namespace {

unsigned needs_descriptors(const Scene& s) {
  return s.form().has(ProtectedOnly) && !descriptors(s.mode());
}
Expected undefined(Scene&, unsigned) { return {Vector::UD}; }

unsigned needs_level0(const Scene& s) {
  return s.form().has(Privileged) && user(s.mode()) && needs_descriptors(s) == 0;
}
Expected forbidden(Scene&, unsigned) { return {Vector::GP}; }

/// CLI and STI outside ring 0; in V86 mode also what shows or changes IF. [386 §8.3.1, §15.3.2.1]
unsigned needs_iopl(const Scene& s) {
  switch (s.form().mnemonic) {
    case Mnemonic::CLI:
    case Mnemonic::STI:
      return user(s.mode());
    case Mnemonic::PUSHF:
    case Mnemonic::POPF:
    case Mnemonic::INT:
    case Mnemonic::IRET:
      return s.mode() == Mode::Virtual;
    default:
      return 0;
  }
}
Expected low_iopl(Scene& s, unsigned) {
  s.machine.s.flags.clear_bits(eflags::IOPL);
  return {Vector::GP};
}

/// The map closes the port, or ends before it; ring 3 asks it when IOPL does not do, V86 always.
unsigned asks_map(const Scene& s) { return s.form().has(IoSensitive) && user(s.mode()) ? 2 : 0; }
Expected closed_port(Scene& s, unsigned way) {
  if (s.mode() == Mode::Ring3) s.machine.s.flags.clear_bits(eflags::IOPL);
  if (way == 0)
    s.machine.set_byte(tss + io_map + 0x10, 1);
  else
    s.machine.s.tr.limit = io_map + 0x10;
  return {Vector::GP};
}

/// Memory and register forms of the x87 are rows of their own: a register is no error there.
unsigned needs_memory(const Scene& s) {
  return memory_only(s.form().rm()) && !s.form().has(Numeric);
}
Expected register_there(Scene& s, unsigned) {
  const Form& f = s.form();
  const int digit = f.extension != no_extension ? f.extension : s.instance.reg;
  s.how.modrm = 0xC0 | digit << 3 | EBX;
  return {Vector::UD};
}

/// Values of ModRM's reg field that name no register; CS cannot be loaded. [386 §17.2.2 MOV]
std::vector<int> no_registers(const Scene& s) {
  const Form& f = s.form();
  if (f.operands[0] == Operand::Sw) return {CS, 6, 7};
  if (f.operands[1] == Operand::Sw) return {6, 7};
  if (has_operand(f, Operand::Cd)) return {1, 4, 5, 6, 7};
  if (has_operand(f, Operand::Td))
    return is486(s) ? std::vector<int>{0, 1, 2} : std::vector<int>{0, 1, 2, 3, 4, 5};
  return {};
}
unsigned has_no_registers(const Scene& s) { return static_cast<unsigned>(no_registers(s).size()); }
Expected no_such_register(Scene& s, unsigned way) {
  s.how.modrm = 0xC0 | no_registers(s)[way] << 3 | EBX;
  return {Vector::UD};
}

unsigned is_reserved(const Scene& s) {
  return s.form().has(Reserved) && s.machine.model().fpu != FpuKind::None;
}

constexpr Cause causes[] = {
    {"not in protected mode", "#UD", "rows of protected mode, in real and V86 mode",
     needs_descriptors, undefined, true},
    {"CPL above 0", "#GP(0)", "privileged rows, in ring 3 and V86 mode", needs_level0, forbidden,
     true},
    {"IOPL too low", "#GP(0)",
     "CLI and STI in ring 3; with PUSHF, POPF, INT n and IRET in V86 mode", needs_iopl, low_iopl},
    {"port closed by the I/O map", "#GP(0)", "IN, OUT, INS, OUTS in ring 3 and V86 mode", asks_map,
     closed_port},
    {"register where memory must be", "#UD", "rows that take memory alone, but the x87's",
     needs_memory, register_there},
    {"no such register", "#UD", "segment, control and test registers", has_no_registers,
     no_such_register},
    {"reserved escape", "#UD", "the escapes no other row has, where there is an x87", is_reserved,
     undefined},
};

}  // namespace

std::span<const Cause> privilege_causes() { return causes; }

}  // namespace faultline::coverage
