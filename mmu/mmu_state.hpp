// The plain state of a memory management unit.
#pragma once

#include "mmu/data_watch.hpp"
#include "mmu/on_chip_cache.hpp"
#include "mmu/paging_registers.hpp"
#include "tlb/translation_buffers.hpp"

namespace faultline {

/// Clocks that a page-table walk adds: for each entry read, and for each locked update of A or D.
/// Zero under --timing none.
struct MmuTiming {
  u32 walk_read = 0;
  u32 walk_update = 0;
};

/// `shadow` holds host pointers: it is not part of the machine, and an Mmu made over the state
/// starts with an empty one. Everything else is a snapshot's to keep.
template <PagingScheme P>
struct MmuState {
  PagingRegisters registers{};
  TranslationBuffers<P> tlb{};
  MmuTiming timing{};
  DataWatch watch{};
  std::array<u32, 2> tlb_test{};  // TR6 and TR7
  OnChipCache cache{};
  HostShadows<P> shadow{};
  bool shadow_paged = false;  // the shadow's records translate; else linear = physical
  bool shadow_off = false;    // reference mode of the tests: every access takes the slow path

  /// Both buffers together, with what the shadow answered.
  TlbCounters counters() const {
    TlbCounters sum;
    tlb.for_each([&](const auto& each) { sum += each.counters; });
    if (shadow_paged) sum.data_lookups += shadow.data().matches;
    return sum;
  }
};

}  // namespace faultline
