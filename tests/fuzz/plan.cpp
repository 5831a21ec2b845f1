#include "tests/fuzz/plan.hpp"

#include "tests/fuzz/layout.hpp"

namespace faultline::fuzz {
namespace {

u32 cr0_of(u8 choice, bool paging, Mode mode) {
  u32 value = 0;
  const u32 bits[] = {cr0::WP, cr0::AM, cr0::TS, cr0::EM, cr0::NE, cr0::MP};
  for (unsigned i = 0; i < std::size(bits); ++i)
    if ((choice >> i & 1) != 0) value |= bits[i];
  if (mode != Mode::Real) value |= cr0::PE | (paging ? cr0::PG : 0);
  return value;
}

/// TF makes every instruction stand alone, so it comes seldom.
u32 eflags_of(u32 choice, Mode mode) {
  u32 mask = eflags::arithmetic | eflags::IF | eflags::DF | eflags::IOPL | eflags::NT | eflags::AC;
  if ((choice >> 24 & 15) == 15) mask |= eflags::TF;
  return (choice & mask) | (mode == Mode::Virtual8086 ? eflags::VM : 0);
}

/// Half of them point into the program's memory.
u32 general_of(u32 choice) {
  return (choice & 1) != 0 ? choice : memory_map::program + (choice >> 8 & 0xFFFF);
}

/// Legal for its register, with the limits and rights that the input likes.
Segment segment_of(unsigned number, u8 choice, u8 limit, const Plan& plan) {
  if (plan.paragraphs()) {
    const u16 paragraph = static_cast<u16>(memory_map::program / 16 + (choice & 0x1F));
    const bool unreal = plan.mode == Mode::Real && limit == 0xFF;
    const u8 access = plan.mode == Mode::Real ? 0x93 : 0xF3;
    return {paragraph, access, false, paragraph * 16u, unreal ? ~u32{0} : 0xFFFFu};
  }
  const u32 bases[] = {0, memory_map::program, 0xFFFFFFF0, 0x12345678};
  const u32 short_limit = memory_map::program + limit * 0x101u;
  const u32 limits[] = {~u32{0}, 0xFFFF, short_limit, short_limit & 0xFFFF};
  Segment made{};
  made.selector = static_cast<u16>((memory_map::first_segment_selector + 8 * number) | plan.cpl());
  made.base = bases[choice & 3];
  made.limit = limits[choice >> 2 & 3];
  made.big = (choice & 0x10) == 0;
  const u8 level = static_cast<u8>(0x91 | plan.cpl() << 5);  // present, a segment, accessed
  const bool narrow = (choice & 0x20) != 0;
  if (number == CS)
    made.access = static_cast<u8>(level | 8 | (narrow ? 0 : 2));  // or execute-only
  else if (number == SS)
    made.access = static_cast<u8>(level | 2 | (narrow ? 4 : 0));  // or expand-down
  else
    made.access = static_cast<u8>(level | (choice >> 4 & 0xE));                  // anything
  if (number != CS && number != SS && (made.access & 8) != 0) made.access |= 2;  // readable
  return made;
}

}  // namespace

Plan read_plan(Input& input) {
  Plan plan;
  const u8 choice = input.byte();
  plan.model = &models()[choice % models().size()];
  plan.errata = choice >= 0x80;
  const u8 options = input.byte();
  plan.timing = (options & 1) != 0 ? Timing::None : Timing::Table;
  plan.mode = static_cast<Mode>(options >> 1 & 3);
  plan.cr0 = cr0_of(input.byte(), (options & 8) == 0, plan.mode);
  plan.eflags = eflags_of(input.dword(), plan.mode);
  for (u32& each : plan.general) each = general_of(input.dword());
  plan.general[ESP] = memory_map::stack_top + (plan.general[ESP] & 3);
  for (unsigned i = 0; i < segment_register_count; ++i) {
    const u8 choice = input.byte();
    plan.segments[i] = segment_of(i, choice, input.byte(), plan);
  }
  for (unsigned i = 0; i < 4; ++i) plan.debug[i] = memory_map::program + input.word();
  const u32 control = input.dword();
  if ((options & 0xF0) == 0xF0) plan.debug[7] = control;
  for (Slice& slice : plan.slices) {
    slice.clocks = 1 + input.byte() * 8u;
    slice.events = input.byte();
    slice.place = input.word();
    slice.value = input.byte();
    if (slice.events != ResetPin) slice.events &= static_cast<u8>(~ResetPin);  // seldom
  }
  return plan;
}

}  // namespace faultline::fuzz
