// What jumps, calls and returns can meet where they go: the limit, and the code segment that they
// name. [386 §6.3.3, §6.3.4.2] [386 §17.2.2 CALL, JMP, RET]
#include "tests/coverage/cause.hpp"

namespace faultline::coverage {
namespace {

// Where to. With a 16-bit operand an offset cannot lie past 64 KB, the limit where there are no
// descriptors.
unsigned goes_near(const Scene& s) {
  return is_near(s.form()) && (descriptors(s.mode()) || s.instance.wide);
}
Expected near_past_limit(Scene& s, unsigned) {
  if (descriptors(s.mode())) {
    s.machine.s.segment[CS].limit = landing - 1;
    s.machine.s.segment[CS].derive();
  } else if (is_relative(s.form())) {
    s.machine.s.eip = 0xFFE0;
    s.target = 0x10010;
  } else {
    put_target(s, 0, too_far);
  }
  return {Vector::GP};
}

unsigned goes_far(const Scene& s) {
  return is_far(s.form().mnemonic) && (descriptors(s.mode()) || s.instance.wide);
}
Expected far_past_limit(Scene& s, unsigned) {
  if (!descriptors(s.mode())) {
    put_target(s, s.machine.code(), too_far);
    return {Vector::GP};
  }
  const u8 access = s.mode() == Mode::Ring0 ? 0x9B : 0xFB;
  s.machine.set_descriptor(scratch, make_segment(code_base, landing - 1, access, 4));
  put_selector(s, static_cast<u16>(scratch | cpl_of(s)));
  return {Vector::GP};
}

// Which segment.
Expected null_selector(Scene& s, unsigned) { return refuse(s, static_cast<u16>(cpl_of(s))); }
Expected beyond_table(Scene& s, unsigned) {
  return refuse(s, static_cast<u16>(beyond | cpl_of(s)));
}
Expected not_code(Scene& s, unsigned way) {
  return refuse(s, static_cast<u16>((way == 0 ? s.machine.data() : ldt_selector) | cpl_of(s)));
}
unsigned two(const Scene& s) { return goes_far_by_descriptor(s) != 0 ? 2 : 0; }
Expected not_present(Scene& s, unsigned) {
  s.machine.clear_present(s.machine.code());
  return {Vector::NP, index_of(s.machine.code())};
}
/// DPL is not CPL, or RPL is above it; of a return RPL is below CPL or not DPL. [386 §6.3.4.2]
Expected wrong_level(Scene& s, unsigned way) {
  constexpr u16 selectors[2][2][3] = {
      {{code3, code3 & 0xFFFC, code0 | 3}, {code0, code0 | 3, code1}},  // from ring 0, from ring 3
      {{code1 & 0xFFFC, code0 | 3, code3 & 0xFFFC}, {code0, code0 | 3, code3 & 0xFFFC}}};
  return refuse(s, selectors[returns(s)][s.mode() == Mode::Ring3][way]);
}
unsigned three(const Scene& s) { return goes_far_by_descriptor(s) != 0 ? 3 : 0; }

constexpr Cause causes[] = {
    {"near target past the limit", "#GP(0)",
     "near jumps, calls, returns; without descriptors with a 32-bit operand alone", goes_near,
     near_past_limit},
    {"far target past the limit", "#GP(0)", "far ones, likewise", goes_far, far_past_limit},
    {"null code selector", "#GP(0)", "far jumps, calls, returns, by descriptor",
     goes_far_by_descriptor, null_selector},
    {"code selector beyond its table", "#GP(sel)", "the same", goes_far_by_descriptor,
     beyond_table},
    {"no code segment", "#GP(sel)", "the same", two, not_code},
    {"code segment of the wrong level", "#GP(sel)", "the same", three, wrong_level},
    {"code segment not present", "#NP(sel)", "the same", goes_far_by_descriptor, not_present},
};

}  // namespace

std::span<const Cause> transfer_causes() { return causes; }

}  // namespace faultline::coverage
