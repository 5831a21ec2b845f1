// Addresses of generated cases, and what of such a case is compared.
#include "tests/native/operands.hpp"

#include "tests/differential/undefined.hpp"

namespace faultline::native {
namespace {

bool is_string(const Form& form) { return form.has(Rep) || form.has(RepCondition); }

bool uses_stack(const Form& form) {
  switch (form.mnemonic) {
    case Mnemonic::PUSH:
    case Mnemonic::PUSHA:
    case Mnemonic::PUSHF:
    case Mnemonic::PUSHSREG:
    case Mnemonic::POP:
    case Mnemonic::POPA:
    case Mnemonic::POPF:
    case Mnemonic::CALL:
    case Mnemonic::RET:
    case Mnemonic::ENTER:
    case Mnemonic::LEAVE:
      return true;
    default:
      return false;
  }
}

void set_address(u32& to, u32 value, bool address32) {
  to = address32 ? value : (to & 0xFFFF0000) | (value & 0xFFFF);
}

}  // namespace

bool movable(const Encoding& e) {
  if (e.memory) return e.base >= 0;
  return is_string(e.form()) || uses_stack(e.form()) || e.form().mnemonic == Mnemonic::XLAT;
}

u32 operand_offset(const Encoding& e, const Registers& r) {
  u32 at = e.displacement;
  if (e.base >= 0) at += r.general[static_cast<unsigned>(e.base)];
  if (e.index >= 0) at += r.general[static_cast<unsigned>(e.index)] << e.scale;
  return e.address32 ? at : at & 0xFFFF;
}

void move_operands(const Encoding& e, Registers& r, u32 offset) {
  auto& g = r.general;
  if (uses_stack(e.form())) {
    g[ESP] = offset;
    if (e.form().mnemonic == Mnemonic::LEAVE) g[EBP] = offset;
  }
  if (e.memory) {
    u32& base = g[static_cast<unsigned>(e.base)];
    set_address(base, base + offset - operand_offset(e, r), e.address32);
  } else if (is_string(e.form())) {
    set_address(g[ESI], offset, e.address32);
    set_address(g[EDI], offset, e.address32);
  } else if (e.form().mnemonic == Mnemonic::XLAT) {
    set_address(g[EBX], offset - (g[EAX] & 0xFF), e.address32);
  }
}

bool reads_eip(const Form& form) {
  return form.mnemonic == Mnemonic::RET ||
         (form.opcode == 0xFF && (form.extension == 2 || form.extension == 4));
}

Context context_of(Mode mode, const Registers& before) {
  Context context = start_of(mode, before.eip);
  std::ranges::copy(before.general, context.general);
  context.eflags |= before.eflags;
  return context;
}

Scope scope_of(const Encoding& e, const Registers& before) {
  Scope scope;
  scope.eflags &= differential::defined_flags(e, before) | ~0x3FFFFu;
  scope.registers = !differential::undefined_result(e, before);
  // Bits 19:16 of what LAR loads [386 §17.2.2 LAR]; today's processors give those of the limit.
  if (e.form().mnemonic == Mnemonic::LAR)
    scope.undefined_register = e.reg, scope.undefined_bits = 0x000F0000;
  scope.stores_partly = e.form().mnemonic == Mnemonic::CALLF;
  // Today's processors load POPA's registers one by one; the i486 looks at the whole stack first.
  scope.loads_partly = e.form().mnemonic == Mnemonic::POPA;
  // A 32-bit PUSH of a segment register stores two bytes and leaves the other two
  // [386 §17.2.2 PUSH]; today's processors clear them.
  if (e.form().mnemonic == Mnemonic::PUSHSREG && e.wide) {
    const u32 at = ((before.general[ESP] - 2) & 0xFFFF) - differential::data_first;
    if (at < slot_data - 2) scope.memory = at, scope.bytes = 2;
  }
  return scope;
}

bool runs_natively(const Form& form) {
  // TEST's other encoding is unknown to Unicorn alone.
  return differential::comparable(form) ||
         (form.mnemonic == Mnemonic::TEST && form.has(Undocumented));
}

}  // namespace faultline::native
