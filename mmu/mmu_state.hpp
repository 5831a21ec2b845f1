// The plain state of a memory management unit.
#pragma once

#include "mmu/data_watch.hpp"
#include "mmu/on_chip_cache.hpp"
#include "mmu/paging_registers.hpp"
#include "tlb/translation_buffers.hpp"

namespace faultline {

/// Clocks that the memory side adds to those of the instruction: of a page-table walk for each
/// entry read and each locked update of A or D; of a data access for being at no multiple of its
/// size, and for each bus cycle after its first. Zero under --timing none.
struct MmuTiming {
  u32 walk_read = 0;
  u32 walk_update = 0;
  u32 misaligned = 0;
  u32 further_cycle = 0;
  u32 bus_bytes = 4;  // width of the data bus

  constexpr u32 beyond_first_cycle(LinearAddress address, u32 bytes) const {
    const u32 cycles = ((address.value & (bus_bytes - 1)) + bytes + bus_bytes - 1) / bus_bytes;
    return ((address.value & (bytes - 1)) == 0 ? 0 : misaligned) + (cycles - 1) * further_cycle;
  }
  /// A misaligned access costs what an aligned one does.
  constexpr bool flat() const { return misaligned == 0 && further_cycle == 0; }
  /// An aligned access may cost more than its first cycle.
  constexpr bool narrow() const { return further_cycle != 0 && bus_bytes < 4; }
  /// Clocks of an aligned access after those of its first cycle.
  constexpr u32 beyond_first_cycle(u32 bytes) const {
    return bytes > bus_bytes ? (bytes / bus_bytes - 1) * further_cycle : 0;
  }
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
  bool outlives_pg = false;  // erratum: with PG clear, what the TLB holds still translates [B1 §10]
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
