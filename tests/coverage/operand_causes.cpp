// What the value of an operand can raise, and the coprocessor's state. [386 §17.2.2 DIV, BOUND,
// AAM, MOV] [386 §11.1, §12.2.2] [486 §4.1.3, §18.2]
#include "tests/coverage/cause.hpp"

namespace faultline::coverage {
namespace {

bool divides(const Form& f) { return f.mnemonic == Mnemonic::DIV || f.mnemonic == Mnemonic::IDIV; }

/// A divisor or base of zero.
unsigned divisors(const Scene& s) {
  return divides(s.form()) || s.form().mnemonic == Mnemonic::AAM;
}
Expected zero_divisor(Scene& s, unsigned) {
  if (divides(s.form()))
    put_value(s, 0);
  else
    s.how.immediate = 0;
  return {Vector::DE};
}

/// Of IDIV also the most negative quotient and more, whose magnitude alone would fit.
unsigned quotients(const Scene& s) { return divides(s.form()); }
Expected quotient_too_large(Scene& s, unsigned) {
  put_value(s, 1);
  if (s.width() == 1)
    s.machine.reg(EAX) = 0x100;
  else
    s.machine.reg(EDX) = 1;
  return {Vector::DE};
}

unsigned bounds(const Scene& s) { return s.form().mnemonic == Mnemonic::BOUND ? 2 : 0; }
Expected out_of_bounds(Scene& s, unsigned way) {
  s.machine.reg(EDX) = way == 0 ? ~u32{0} : 0x80;  // below 0, above 7F
  return {Vector::BR};
}

unsigned loads_cr0(const Scene& s) {
  if (s.form().operands[0] != Operand::Cd || s.instance.reg != 0) return 0;
  return is486(s) ? 2 : 1;
}
Expected bad_cr0(Scene& s, unsigned way) {
  s.machine.reg(EBX) = way == 0 ? cr0::PG : cr0::PE | cr0::NW;  // without PE, without CD
  return {Vector::GP};
}

unsigned moves_debug(const Scene& s) { return s.form().mnemonic == Mnemonic::MOVDR; }
Expected guarded(Scene& s, unsigned) {
  s.machine.s.debug[7] = 0x2400;  // GD
  return {Vector::DB, 0, {}, false, dr6::BD};
}

bool escapes(const Form& f) { return f.has(Numeric) || f.has(Reserved); }
unsigned not_available(const Scene& s) {
  return escapes(s.form()) ? 2 : s.form().mnemonic == Mnemonic::WAIT ? 1 : 0;
}
Expected coprocessor_away(Scene& s, unsigned way) {
  const bool wait = s.form().mnemonic == Mnemonic::WAIT;
  s.machine.cr0() |= wait ? cr0::MP | cr0::TS : way == 0 ? cr0::EM : cr0::TS;
  return {Vector::NM};
}

/// The 387 reports by an interrupt of the board, and so does the 486 without NE.
unsigned looks_at_errors(const Scene& s) {
  const bool looks = s.form().has(Numeric) && !s.form().has(NoWait);
  return is486(s) && (looks || s.form().mnemonic == Mnemonic::WAIT);
}
Expected pending_error(Scene& s, unsigned) {
  s.machine.cr0() |= cr0::NE;
  X87State& x = s.machine.s.x87;
  x.control.value &= ~u32{x87::exception::invalid};
  x.status |= x87::exception::invalid | x87::status::error_summary | x87::status::busy;
  return {Vector::MF};
}

constexpr Cause causes[] = {
    {"divisor of zero", "#DE", "DIV, IDIV, AAM", divisors, zero_divisor},
    {"quotient too large", "#DE", "DIV, IDIV", quotients, quotient_too_large},
    {"out of bounds", "#BR", "BOUND", bounds, out_of_bounds},
    {"CR0 that contradicts itself", "#GP(0)", "MOV CR0", loads_cr0, bad_cr0},
    {"debug registers guarded", "#DB", "MOV of debug registers", moves_debug, guarded},
    {"coprocessor not available", "#NM", "escapes, by EM and by TS; WAIT, by MP with TS",
     not_available, coprocessor_away},
    {"numeric error pending", "#MF",
     "escapes that wait, and WAIT, on the 486 with NE; else an interrupt of the board reports it",
     looks_at_errors, pending_error},
};

}  // namespace

std::span<const Cause> operand_causes() { return causes; }

}  // namespace faultline::coverage
