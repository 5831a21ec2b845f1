// Counters, and the TLB as it stands.
#include "api/engine.hpp"

using namespace faultline;
using namespace faultline::api;

namespace {

/// Calls `action` with the buffer of that number; an error where there is none.
template <class Action>
int with_buffer(faultline_engine& engine, int number, Action action) {
  auto& buffers = engine.context.mmu.tlb;
  if (number == FAULTLINE_TLB_DATA) return action(buffers.data());
  if constexpr (std::remove_cvref_t<decltype(buffers)>::split)
    if (number == FAULTLINE_TLB_INSTRUCTION) return action(buffers.instruction());
  return FAULTLINE_ERROR_ARGUMENT;
}

}  // namespace

extern "C" {

int faultline_read_counters(faultline_engine* engine, faultline_counters* counters) {
  if (engine == nullptr || counters == nullptr) return FAULTLINE_ERROR_ARGUMENT;
  const State& s = engine->context.state;
  const TlbCounters tlb = engine->context.mmu.counters();
  *counters = {.clocks = s.clock.now,
               .instructions = s.instructions,
               .tlb_hits = tlb.data_hits(),
               .tlb_misses = tlb.data_misses,
               .tlb_instruction_misses = tlb.instruction_misses,
               .tlb_refreshes = tlb.refreshes,
               .tlb_evictions = tlb.evictions,
               .tlb_flushes = tlb.flushes,
               .tlb_page_flushes = tlb.page_flushes};
  return FAULTLINE_OK;
}

int faultline_read_tlb(faultline_engine* engine, int tlb, faultline_tlb* shape) {
  if (engine == nullptr || shape == nullptr) return FAULTLINE_ERROR_ARGUMENT;
  return with_buffer(*engine, tlb, [&](const auto& buffer) {
    *shape = {buffer.sets, buffer.ways};
    return FAULTLINE_OK;
  });
}

int faultline_read_tlb_entry(faultline_engine* engine, int tlb, uint32_t set, uint32_t way,
                             faultline_tlb_entry* entry) {
  if (engine == nullptr || entry == nullptr) return FAULTLINE_ERROR_ARGUMENT;
  return with_buffer(*engine, tlb, [&](const auto& buffer) {
    if (set >= buffer.sets || way >= buffer.ways) return FAULTLINE_ERROR_ARGUMENT;
    const TlbEntry& e = buffer.entry(set, way);
    *entry = {e.page.value, e.frame.value, e.valid, e.dirty, e.user, e.writable};
    return FAULTLINE_OK;
  });
}

int faultline_read_tlb_victim(faultline_engine* engine, int tlb, uint32_t set, uint32_t* way) {
  if (engine == nullptr || way == nullptr) return FAULTLINE_ERROR_ARGUMENT;
  return with_buffer(*engine, tlb, [&](const auto& buffer) {
    if (set >= buffer.sets) return FAULTLINE_ERROR_ARGUMENT;
    *way = buffer.replacement(set).victim();
    return FAULTLINE_OK;
  });
}

}  // extern "C"
