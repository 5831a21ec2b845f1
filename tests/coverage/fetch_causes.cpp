// What any row can meet: on the way of its bytes to the decoder, and from the debug registers.
// [386 §9.8.13, §11.2, §12.3]
#include "tests/coverage/cause.hpp"

namespace faultline::coverage {
namespace {

unsigned any(const Scene&) { return 1; }
unsigned in_pages(const Scene& s) { return paged(s.mode()); }
unsigned for_users(const Scene& s) { return user(s.mode()); }

/// Moves the instruction so that its last byte lies at `boundary` of the code segment.
void end_at(Scene& s, u32 boundary) {
  if (s.length() < 2) s.how.prefixes.push_back(harmless_prefix);
  s.machine.s.eip = boundary + 1 - s.length();
  // A relative jump's target is never reached, but must be encodable.
  s.target = s.machine.s.eip;
}
constexpr u32 page_boundary = 0x2000;

Expected too_long(Scene& s, unsigned) {
  s.how.prefixes.assign(16 - s.length(), harmless_prefix);
  return {Vector::GP};
}
Expected past_limit(Scene& s, unsigned) {
  end_at(s, segment_limit + 1);
  return {Vector::GP};
}
Expected page_absent(Scene& s, unsigned) {
  end_at(s, page_boundary);
  s.machine.page_rights(code_base + page_boundary, 0);
  return {Vector::PF, user_bit(s), code_base + page_boundary};
}
Expected page_of_supervisor(Scene& s, unsigned) {
  end_at(s, page_boundary);
  s.machine.page_rights(code_base + page_boundary, 3);
  return {Vector::PF, user_bit(s) | arch::page_fault::P, code_base + page_boundary};
}

/// LOCK is legal with a memory destination of the lockable rows alone.
unsigned not_lockable(const Scene& s) { return !(s.form().has(Lockable) && s.instance.memory); }
Expected lock(Scene& s, unsigned) {
  s.how.prefixes = {lock_prefix};
  return {Vector::UD};
}

/// MOV SS and POP SS hold the trap for one instruction [386 §9.2.4]; INT n and its kin clear TF
/// before it is looked at [386 §12.3.1.4].
unsigned stepped(const Scene& s) {
  const Mnemonic m = s.form().mnemonic;
  const bool holds = loaded_segment(s.instance) == SS && m != Mnemonic::LSS;
  return !holds && !s.form().has(Reserved) && m != Mnemonic::INT && m != Mnemonic::INT3;
}
Expected step(Scene& s, unsigned) {
  s.machine.s.flags.set_bits(eflags::TF);
  return {Vector::DB, 0, {}, true, dr6::BS};
}
Expected instruction_breakpoint(Scene& s, unsigned) {
  s.machine.s.debug[0] = code_base + s.machine.s.eip;
  s.machine.s.debug[7] = 0x401;  // L0, execution
  return {Vector::DB, 0, {}, false, dr6::B0};
}

constexpr Cause causes[] = {
    {"instruction longer than 15 bytes", "#GP(0)", "every row", any, too_long},
    {"last byte past the limit of CS", "#GP(0)", "every row", any, past_limit},
    {"last byte in an absent page", "#PF", "every row; real mode has no pages", in_pages,
     page_absent},
    {"last byte in a supervisor page", "#PF", "every row, at privilege 3", for_users,
     page_of_supervisor},
    {"LOCK", "#UD", "every row but the lockable ones with their operand in memory", not_lockable,
     lock},
    {"single step", "#DB", "every row but INT n, INT3, MOV SS and POP SS", stepped, step},
    {"instruction breakpoint", "#DB", "every row", any, instruction_breakpoint},
};

}  // namespace

std::span<const Cause> fetch_causes() { return causes; }

}  // namespace faultline::coverage
