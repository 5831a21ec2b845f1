// Segment registers with their hidden parts, and the registers of the descriptor tables.
// [386 §5.1.4, §6.3, §7.3]
#include "api/registers.hpp"
#include "mmu/segmentation_unit.hpp"

namespace faultline::api {
namespace {

/// The descriptor that a selector names, read without side effects.
std::optional<Descriptor> find_descriptor(const faultline_engine& engine, Selector selector) {
  const State& s = engine.context.state;
  if (selector.local() && !s.ldtr.usable()) return std::nullopt;
  const u32 base = selector.local() ? s.ldtr.base : s.gdtr.base;
  const u32 limit = selector.local() ? s.ldtr.limit : s.gdtr.limit;
  if (selector.offset() + 7 > limit) return std::nullopt;
  const Peek<Paging> peek(engine.context.mmu.registers, engine.memory);
  const auto low = peek.read<u32>({base + selector.offset()});
  const auto high = peek.read<u32>({base + selector.offset() + 4});
  if (!low || !high) return std::nullopt;
  return Descriptor{*low, *high};
}

bool fits(int reg, const Descriptor& d) {
  if (!d.present()) return false;
  switch (reg) {
    case FAULTLINE_CS:
      return d.is_code();
    case FAULTLINE_SS:
      return writable_data(d);
    case FAULTLINE_LDTR:
      return !d.is_segment() && d.system_type() == SystemType::LDT;
    case FAULTLINE_TR:
      return !d.is_segment() && (d.type() & 5) == 1;  // busy or not
    default:
      return readable_segment(d);
  }
}

}  // namespace

int load_selector(faultline_engine& engine, int reg, u16 value) {
  State& s = engine.context.state;
  DescriptorCache& cache = *segment_of(s, reg);
  const bool system = reg == FAULTLINE_LDTR || reg == FAULTLINE_TR;
  const bool virtual8086 = s.flags.virtual8086();
  const bool paragraphs = (engine.context.mmu.registers.cr0 & cr0::PE) == 0 || virtual8086;
  const Selector selector{value};
  if (paragraphs && !system) {
    load_paragraph(cache, value, virtual8086);
  } else if (selector.null()) {
    if (reg == FAULTLINE_CS || reg == FAULTLINE_SS || reg == FAULTLINE_TR)
      return FAULTLINE_ERROR_DESCRIPTOR;
    cache.selector = value;
    cache.access = 0;
    cache.derive();
  } else {
    if (system && selector.local()) return FAULTLINE_ERROR_DESCRIPTOR;
    const auto descriptor = find_descriptor(engine, selector);
    if (!descriptor || !fits(reg, *descriptor)) return FAULTLINE_ERROR_DESCRIPTOR;
    cache = cache_of(selector, *descriptor);
    if (reg == FAULTLINE_TR) cache.access |= 2;  // busy [386 §7.2]
  }
  engine.registers_changed();
  return FAULTLINE_OK;
}

namespace {

DescriptorCache cache_of(const faultline_segment& segment) {
  DescriptorCache cache;
  cache.selector = segment.selector;
  cache.access = segment.access;
  cache.dpl = segment.access >> segment_access::DPL_shift & 3;
  cache.big = segment.default_big != 0;
  cache.base = segment.base;
  cache.limit = segment.limit;
  cache.derive();
  return cache;
}

TableRegister* table_of(faultline_engine& engine, int table) {
  if (table == FAULTLINE_GDTR) return &engine.context.state.gdtr;
  return table == FAULTLINE_IDTR ? &engine.context.state.idtr : nullptr;
}

}  // namespace
}  // namespace faultline::api

using namespace faultline;
using namespace faultline::api;

extern "C" {

int faultline_read_segment(faultline_engine* engine, int reg, faultline_segment* segment) {
  if (engine == nullptr || segment == nullptr) return FAULTLINE_ERROR_ARGUMENT;
  const DescriptorCache* cache = segment_of(engine->context.state, reg);
  if (cache == nullptr) return FAULTLINE_ERROR_REGISTER;
  *segment = {cache->base, cache->limit, cache->selector, cache->access, cache->big};
  return FAULTLINE_OK;
}

int faultline_write_segment(faultline_engine* engine, int reg, const faultline_segment* segment) {
  return guarded([&]() -> int {
    if (engine == nullptr || segment == nullptr) return FAULTLINE_ERROR_ARGUMENT;
    DescriptorCache* cache = segment_of(engine->context.state, reg);
    if (cache == nullptr) return FAULTLINE_ERROR_REGISTER;
    if (engine->phase == Phase::InInstruction) return FAULTLINE_ERROR_RUNNING;
    *cache = faultline::api::cache_of(*segment);
    engine->registers_changed();
    return FAULTLINE_OK;
  });
}

int faultline_read_table(faultline_engine* engine, int table, uint32_t* base, uint16_t* limit) {
  if (engine == nullptr || base == nullptr || limit == nullptr) return FAULTLINE_ERROR_ARGUMENT;
  const TableRegister* found = table_of(*engine, table);
  if (found == nullptr) return FAULTLINE_ERROR_REGISTER;
  *base = found->base;
  *limit = found->limit;
  return FAULTLINE_OK;
}

int faultline_write_table(faultline_engine* engine, int table, uint32_t base, uint16_t limit) {
  if (engine == nullptr) return FAULTLINE_ERROR_ARGUMENT;
  TableRegister* found = table_of(*engine, table);
  if (found == nullptr) return FAULTLINE_ERROR_REGISTER;
  if (engine->phase == Phase::InInstruction) return FAULTLINE_ERROR_RUNNING;
  *found = {base, limit};
  return FAULTLINE_OK;
}

int faultline_enter_flat32(faultline_engine* engine) {
  return guarded([&]() -> int {
    if (engine == nullptr) return FAULTLINE_ERROR_ARGUMENT;
    if (!engine->stopped()) return FAULTLINE_ERROR_RUNNING;
    State& s = engine->context.state;
    s.flags.clear_bits(eflags::VM);
    for (int reg = FAULTLINE_ES; reg <= FAULTLINE_GS; ++reg) {
      const bool code = reg == FAULTLINE_CS;
      const u8 access = code ? segment_access::kernel_code : segment_access::kernel_data;
      *segment_of(s, reg) = faultline::api::cache_of(
          faultline_segment{0, ~u32{0}, static_cast<u16>(code ? 0x08 : 0x10),
                            static_cast<u8>(access | segment_access::accessed), 1});
    }
    const u32 cr0 = engine->context.mmu.registers.cr0;
    (void)engine->core(false).load_control(0, (cr0 & ~cr0::PG) | cr0::PE);
    engine->registers_changed();
    return FAULTLINE_OK;
  });
}

}  // extern "C"
