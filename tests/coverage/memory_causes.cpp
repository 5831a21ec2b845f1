// What an access to memory can meet: its segment, its page, its alignment, a breakpoint.
// [386 §6.3.1, §9.8.11 to §9.8.14, §12.3.1.2] [486 §9.9.16]
#include "tests/coverage/cause.hpp"

namespace faultline::coverage {
namespace {

namespace bits = arch::page_fault;

template <bool (*Meets)(const Scene&, const Touch&)>
std::vector<Touch> met(const Scene& s) {
  std::vector<Touch> all;
  for (const Touch& t : touches_of(s.instance))
    if (Meets(s, t)) all.push_back(t);
  return all;
}
template <bool (*Meets)(const Scene&, const Touch&)>
unsigned ways(const Scene& s) {
  return static_cast<unsigned>(met<Meets>(s).size());
}
/// A cause met by the accesses that Meets takes, brought about for each by Bring.
template <bool (*Meets)(const Scene&, const Touch&), Expected (*Bring)(Scene&, const Touch&)>
constexpr Cause cause(const char* name, const char* vector, const char* where) {
  return {name, vector, where, ways<Meets>,
          [](Scene& s, unsigned way) { return Bring(s, met<Meets>(s)[way]); }};
}

bool in_pages(const Scene& s, const Touch& t) { return paged(s.mode()) && t.bytes > 1; }
bool data(const Scene&, const Touch& t) { return t.in_data(); }
bool overridable(const Scene&, const Touch& t) { return t.overridable(); }
bool stack(const Scene&, const Touch& t) { return !t.in_data(); }
bool data_by_descriptor(const Scene& s, const Touch& t) {
  return t.in_data() && descriptors(s.mode());
}
bool data_written(const Scene& s, const Touch& t) { return data_by_descriptor(s, t) && t.write; }
bool data_read(const Scene& s, const Touch& t) {
  return data_by_descriptor(s, t) && !t.write && t.overridable();
}
bool in_page(const Scene& s, const Touch&) { return paged(s.mode()); }
bool by_user(const Scene& s, const Touch&) { return user(s.mode()); }
bool written_by_user(const Scene& s, const Touch& t) { return user(s.mode()) && t.write; }
bool written_by_supervisor(const Scene& s, const Touch& t) {
  return s.mode() == Mode::Ring0 && t.write && is486(s);
}
bool aligned(const Scene& s, const Touch& t) {
  return is486(s) && user(s.mode()) && t.alignment > 1;
}
/// After MOV SS and POP SS the trap waits [386 §9.2.4]; LOADALL loads DR7.
bool watched(const Scene& s, const Touch&) {
  if (s.form().has(LoadAll)) return false;
  return loaded_segment(s.instance) != SS || s.form().mnemonic == Mnemonic::LSS;
}

/// Of the segment, so that the access's last byte alone lies outside.
Expected past_limit(Scene& s, const Touch& t) {
  move_to(s, t, segment_limit + 2 - t.bytes);
  return {t.in_data() ? Vector::GP : Vector::SS};
}
Expected past_stack_limit(Scene& s, const Touch& t) {
  s.how.prefixes = {ss_prefix};
  move_to(s, t, segment_limit + 2 - t.bytes);
  return {Vector::SS};
}
/// The stack's: an element's first byte is the segment's last.
Expected past_end_of_stack(Scene& s, const Touch& t) {
  move_to(s, t, segment_limit);
  return {Vector::SS};
}
unsigned segment_of(const Touch& t) { return t.place == Touch::Place::Destination ? ES : DS; }

Expected null_segment(Scene& s, const Touch& t) {
  DescriptorCache& d = s.machine.s.segment[segment_of(t)];
  d.selector = 0;
  d.access = 0;
  d.derive();
  return {Vector::GP};
}
Expected not_writable(Scene& s, const Touch& t) {
  s.machine.reload(segment_of(t), read_only);
  return {Vector::GP};
}
Expected not_readable(Scene& s, const Touch&) {
  s.how.prefixes = {cs_prefix};
  s.machine.reload(CS, execute_only);
  return {Vector::GP};
}

Expected page(Scene& s, const Touch& t, u32 rights) {
  const u32 at = linear_of(s, t);
  s.machine.page_rights(at, rights);
  const bool readable = (rights & 5) == 5 || (rights != 0 && !user(s.mode()));
  const bool write = t.write && (readable || !t.read_first);
  return {Vector::PF, (rights & bits::P) | (write ? bits::W : 0) | user_bit(s), at};
}
Expected page_absent(Scene& s, const Touch& t) { return page(s, t, 0); }
/// The access's last byte alone lies in the page behind.
Expected next_page_absent(Scene& s, const Touch& t) {
  const u32 boundary = (offset_of(s, t) | 0x1FFF) + 1;
  move_to(s, t, boundary + 1 - t.bytes);
  const u32 base = t.in_data() ? data_base : stack_base;
  s.machine.page_rights(base + boundary, 0);
  const bool write = t.write && !t.read_first;
  return {Vector::PF, (write ? bits::W : 0) | user_bit(s), base + boundary};
}
Expected page_of_supervisor(Scene& s, const Touch& t) { return page(s, t, 3); }
Expected page_read_only(Scene& s, const Touch& t) { return page(s, t, 5); }
Expected page_write_protected(Scene& s, const Touch& t) {
  s.machine.cr0() |= cr0::WP;
  return page(s, t, 5);
}

Expected misaligned(Scene& s, const Touch& t) {
  s.machine.cr0() |= cr0::AM;
  s.machine.s.flags.set_bits(eflags::AC);
  move_to(s, t, offset_of(s, t) + 1);
  return {Vector::AC};
}
Expected data_breakpoint(Scene& s, const Touch& t) {
  s.machine.s.debug[0] = linear_of(s, t);
  s.machine.s.debug[7] = 0x30401;  // L0, reads and writes, one byte
  return {Vector::DB, 0, {}, true, dr6::B0};
}

constexpr Cause causes[] = {
    cause<data, past_limit>("operand past the limit", "#GP(0)", "rows with an operand in memory"),
    cause<overridable, past_stack_limit>("operand past the limit of SS", "#SS(0)",
                                         "the same, but ES:EDI has no override"),
    cause<data_by_descriptor, null_segment>("null segment", "#GP(0)", "the same, in rings 0 and 3"),
    cause<data_written, not_writable>("segment not writable", "#GP(0)",
                                      "rows that write memory, in rings 0 and 3"),
    cause<data_read, not_readable>("segment not readable", "#GP(0)",
                                   "rows that read memory; ES:EDI cannot be execute-only"),
    cause<stack, past_end_of_stack>("stack past the limit", "#SS(0)", "rows that push and pop"),
    cause<in_page, page_absent>("page absent", "#PF", "rows that touch memory; not in real mode"),
    cause<in_pages, next_page_absent>("page behind absent", "#PF",
                                      "the same, operands wider than a byte"),
    cause<by_user, page_of_supervisor>("page of the supervisor", "#PF", "the same, at privilege 3"),
    cause<written_by_user, page_read_only>("page read-only", "#PF",
                                           "rows that write memory, at privilege 3"),
    cause<written_by_supervisor, page_write_protected>(
        "page read-only under WP", "#PF", "rows that write memory, in ring 0 of the 486"),
    cause<aligned, misaligned>("misaligned", "#AC(0)",
                               "operands wider than a byte, at privilege 3 of the 486"),
    cause<watched, data_breakpoint>("data breakpoint", "#DB",
                                    "rows that touch memory but MOV SS, POP SS and LOADALL"),
};

}  // namespace

std::span<const Cause> memory_causes() { return causes; }

}  // namespace faultline::coverage
