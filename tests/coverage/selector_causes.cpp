// What a selector in a register, in memory or on the stack can meet when a segment register, LDTR
// or TR is loaded with it, and its descriptor when any row reads it. [386 §6.3, §7.3] [386 §17.2.2]
#include "tests/coverage/cause.hpp"

namespace faultline::coverage {
namespace {

bool loads_segment(const Scene& s) {
  return loaded_segment(s.instance) >= 0 && descriptors(s.mode());
}
bool loads_stack(const Scene& s) { return loaded_segment(s.instance) == SS; }
bool loads_system(const Scene& s) {
  return s.form().mnemonic == Mnemonic::LLDT || s.form().mnemonic == Mnemonic::LTR;
}
bool is_load(const Scene& s) { return loads_segment(s) || loads_system(s); }

unsigned any_load(const Scene& s) { return is_load(s); }
unsigned reads_descriptor(const Scene& s) {
  const Mnemonic m = s.form().mnemonic;
  return is_load(s) || (examines(m) || (is_far(m) && descriptors(s.mode())));
}

Expected beyond_table(Scene& s, unsigned) { return refuse(s, beyond); }

Expected not_present(Scene& s, unsigned) {
  const u16 selector = good_selector(s);
  s.machine.clear_present(selector);
  return {loads_stack(s) ? Vector::SS : Vector::NP, index_of(selector)};
}

/// Of another type: system segments, what cannot be read, of SS what cannot be written; of LDTR and
/// TR segments and each other's, and TSSs that are busy.
std::vector<u16> wrong_types(const Scene& s) {
  if (loads_segment(s)) {
    std::vector<u16> all = {tss_selector, ldt_selector, execute_only};
    if (loads_stack(s)) all.insert(all.end(), {read_only, code3, code0});
    return all;
  }
  if (s.form().mnemonic == Mnemonic::LLDT) return {data0, code0, other_tss_selector};
  return {data0, code0, ldt_selector, tss_selector};
}
unsigned types(const Scene& s) {
  return is_load(s) ? static_cast<unsigned>(wrong_types(s).size()) : 0;
}
Expected wrong_type(Scene& s, unsigned way) { return refuse(s, wrong_types(s)[way]); }

/// RPL or CPL above DPL; of SS either different from it.
std::vector<u16> wrong_levels(const Scene& s) {
  const bool inner = s.mode() == Mode::Ring0;
  if (loads_stack(s))
    return inner ? std::vector<u16>{stack0 | 3, stack3 & 0xFFFC}
                 : std::vector<u16>{stack0, stack3 & 0xFFFC};
  return inner ? std::vector<u16>{data0 | 3, data0 | 1} : std::vector<u16>{data0, data0 | 3};
}
unsigned levels(const Scene& s) {
  return loads_segment(s) ? static_cast<unsigned>(wrong_levels(s).size()) : 0;
}
Expected wrong_level(Scene& s, unsigned way) { return refuse(s, wrong_levels(s)[way]); }

unsigned no_null(const Scene& s) {
  return (loads_segment(s) && loads_stack(s)) || s.form().mnemonic == Mnemonic::LTR ? 2 : 0;
}
Expected null_selector(Scene& s, unsigned way) {
  return refuse(s, way == 0 ? 0 : 3), Expected{Vector::GP};
}

unsigned global_only(const Scene& s) { return loads_system(s); }
Expected in_ldt(Scene& s, unsigned) { return refuse(s, ldt_selector | 4); }

/// The processor reads its tables as the supervisor. [386 §6.4.3]
Expected absent_table(Scene& s, unsigned) {
  const u16 selector = examines(s.form().mnemonic) ? s.machine.data() : good_selector(s);
  s.machine.page_rights(gdt, 0);
  return {Vector::PF, 0, gdt + (selector & 0xFFF8u)};
}

constexpr Cause causes[] = {
    {"selector beyond its table", "#GP(sel)",
     "segment registers, LDTR and TR loaded, by descriptor", any_load, beyond_table},
    {"segment not present", "#NP(sel), of SS #SS(sel)", "the same", any_load, not_present},
    {"segment of the wrong type", "#GP(sel)", "the same", types, wrong_type},
    {"segment of the wrong level", "#GP(sel)", "segment registers loaded, by descriptor", levels,
     wrong_level},
    {"null selector", "#GP(0)", "SS and TR; null in the others is no fault before use", no_null,
     null_selector},
    {"selector of the LDT", "#GP(sel)", "LLDT and LTR", global_only, in_ldt},
    {"descriptor in an absent page", "#PF", "rows that read descriptors", reads_descriptor,
     absent_table},
};

}  // namespace

std::span<const Cause> selector_causes() { return causes; }

}  // namespace faultline::coverage
