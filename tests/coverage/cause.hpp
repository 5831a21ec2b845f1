// Why an instruction may fault: for each cause, which instances it can meet in which mode, as their
// row says, and how to bring it about.
#pragma once

#include <span>

#include "tests/coverage/touch.hpp"

namespace faultline::coverage {

/// What must be seen. A fault restores EIP and changes nothing; a trap comes after the instruction.
struct Expected {
  Vector vector = Vector::GP;
  u32 error = 0;
  std::optional<u32> cr2{};
  bool trap = false;
  u32 dr6 = 0;  // bits of DR6 that it sets
};

struct Cause {
  const char* name;
  const char* vector;  // for the table of the document
  const char* where;   // which rows and modes, in words
  /// In how many ways the set-up instance can meet it; 0 where it cannot.
  unsigned (*ways)(const Scene&);
  /// Brings about way number `way`.
  Expected (*provoke)(Scene&, unsigned way);
  bool illegal = false;  // it is what makes the row illegal in a mode: asked there, and there alone
};

// By what they have in common; each in the file of that name.
std::span<const Cause> fetch_causes();
std::span<const Cause> privilege_causes();
std::span<const Cause> memory_causes();
std::span<const Cause> selector_causes();
std::span<const Cause> transfer_causes();
std::span<const Cause> gate_causes();
std::span<const Cause> return_causes();
std::span<const Cause> interrupt_causes();
std::span<const Cause> operand_causes();
std::vector<Cause> all_causes();

/// In three ways the stack that the TSS names for ring 0 is none: null, of another level, and named
/// past the end of the TSS.
Expected bad_inner_stack(Scene& s, unsigned way);

/// A return to ring 3: SS:ESP lies behind CS:EIP and EFLAGS, and behind what RETF n releases.
void put_outer_stack(Scene& s, u16 selector);

inline bool is486(const Scene& s) { return s.machine.model().family >= 4; }
constexpr u32 too_far = 0x12345;  // an offset past every limit here
/// The error code that names a selector.
constexpr u32 index_of(u16 selector) { return selector & 0xFFFCu; }
inline unsigned cpl_of(const Scene& s) { return user(s.mode()) ? 3 : 0; }
inline bool returns(const Scene& s) {
  return s.form().mnemonic == Mnemonic::RETF || s.form().mnemonic == Mnemonic::IRET;
}
inline unsigned goes_far_by_descriptor(const Scene& s) {
  return is_far(s.form().mnemonic) && descriptors(s.mode());
}
/// The selector is refused with #GP, which names it.
inline Expected refuse(Scene& s, u16 selector) {
  put_selector(s, selector);
  return {Vector::GP, index_of(selector)};
}
inline u32 user_bit(const Scene& s) { return user(s.mode()) ? arch::page_fault::U : 0; }

}  // namespace faultline::coverage
