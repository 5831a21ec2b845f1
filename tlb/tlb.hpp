// The translation lookaside buffer as hardware: sets, ways, attributes and replacement state.
// [386 §10.6] [486HW, TLB]
#pragma once

#include <array>

#include "tlb/geometry.hpp"

namespace faultline {

/// One entry: the tag and the attribute bits V, D, U and W. U and W are the AND of both levels of
/// the page table. [386 §6.4, §10.6]
struct TlbEntry {
  LinearAddress page{};     // first byte of the page
  PhysicalAddress frame{};  // first byte of the page frame
  bool valid = false;       // V
  bool dirty = false;       // D
  bool user = false;        // U
  bool writable = false;    // W
  u8 cache_control = 0;     // PCD 1, PWT 0, of the 486 [486 §10.4]
  friend constexpr bool operator==(const TlbEntry&, const TlbEntry&) = default;
};

/// What happened to a TLB since reset. Lookups and misses are counted by the paging unit, which
/// alone knows what an access is: one data lookup is one page of one data access made with paging
/// on. Instruction fetches are counted by their misses only (docs/mmu.md, "Counters").
struct TlbCounters {
  u64 data_lookups = 0;
  u64 data_misses = 0;
  u64 instruction_misses = 0;
  u64 refreshes = 0;     // an entry was hit but a new walk was needed: first write, stale rights
  u64 evictions = 0;     // fills that replaced a valid entry
  u64 flushes = 0;       // of the whole buffer
  u64 page_flushes = 0;  // of one page

  constexpr u64 data_hits() const { return data_lookups - data_misses; }
  constexpr TlbCounters& operator+=(const TlbCounters& o) {
    data_lookups += o.data_lookups, data_misses += o.data_misses;
    instruction_misses += o.instruction_misses, refreshes += o.refreshes;
    evictions += o.evictions, flushes += o.flushes, page_flushes += o.page_flushes;
    return *this;
  }
  friend constexpr bool operator==(const TlbCounters&, const TlbCounters&) = default;
};

template <TlbGeometry G>
class Tlb {
 public:
  using Geometry = G;
  using Replacement = typename G::Replacement;
  static constexpr unsigned sets = G::sets, ways = G::ways;

  TlbCounters counters{};

  static constexpr unsigned set_of(LinearAddress address) {
    return address.value >> G::page_shift & (G::sets - 1);
  }
  static constexpr LinearAddress page_of(LinearAddress address) {
    return {address.value & ~low_bits(G::page_shift)};
  }

  /// The entry of the page, used: the replacement state sees it. Null on a miss.
  constexpr TlbEntry* lookup(LinearAddress address) {
    const unsigned set = set_of(address), way = find(address);
    if (way == G::ways) return nullptr;
    sets_[set].replacement.touch(way);
    return &sets_[set].entries[way];
  }

  /// A use of an entry known to be there.
  constexpr const TlbEntry& use(unsigned set, unsigned way) {
    sets_[set].replacement.touch(way);
    return sets_[set].entries[way];
  }

  /// The entry of the page without a use, for the debugger and the test registers.
  constexpr const TlbEntry* probe(LinearAddress address) const {
    const unsigned way = find(address);
    return way == G::ways ? nullptr : &sets_[set_of(address)].entries[way];
  }

  /// Puts `entry` (whose page must not be present) in its set and uses it.
  constexpr TlbEntry& fill(const TlbEntry& entry) {
    Set& set = sets_[set_of(entry.page)];
    const unsigned way = victim(set);
    if (set.entries[way].valid) ++counters.evictions;
    set.entries[way] = entry;
    set.replacement.touch(way);
    return set.entries[way];
  }

  /// A write of the test registers: into this way, whatever it held. [386 §10.6.2]
  constexpr void put(unsigned way, const TlbEntry& entry) {
    Set& set = sets_[set_of(entry.page)];
    set.entries[way] = entry;
    set.replacement.touch(way);
  }

  /// A load of CR3. The replacement state starts anew. [386 §5.2.5]
  constexpr void flush_all() {
    sets_ = {};
    ++counters.flushes;
  }

  /// INVLPG. [486 §26 INVLPG]
  constexpr void flush_page(LinearAddress address) {
    const unsigned way = find(address);
    if (way != G::ways) sets_[set_of(address)].entries[way].valid = false;
    ++counters.page_flushes;
  }

  /// The way in which `entry`, one of this buffer's, stands.
  constexpr unsigned way_of(const TlbEntry& entry) const {
    return static_cast<unsigned>(&entry - sets_[set_of(entry.page)].entries.data());
  }
  constexpr const TlbEntry& entry(unsigned set, unsigned way) const {
    return sets_[set].entries[way];
  }
  constexpr const Replacement& replacement(unsigned set) const { return sets_[set].replacement; }

  /// Same entries and same replacement state; counters are not compared.
  friend constexpr bool operator==(const Tlb& a, const Tlb& b) { return a.sets_ == b.sets_; }

 private:
  struct Set {
    std::array<TlbEntry, G::ways> entries{};
    Replacement replacement{};
    friend constexpr bool operator==(const Set&, const Set&) = default;
  };

  constexpr unsigned find(LinearAddress address) const {
    const Set& set = sets_[set_of(address)];
    const LinearAddress page = page_of(address);
    unsigned way = 0;
    while (way < G::ways && !(set.entries[way].page == page && set.entries[way].valid)) ++way;
    return way;
  }

  static constexpr unsigned victim(const Set& set) {
    if constexpr (Replacement::invalid_first) {
      for (unsigned way = 0; way < G::ways; ++way) {
        if (!set.entries[way].valid) return way;
      }
    }
    return set.replacement.victim();
  }

  std::array<Set, G::sets> sets_{};
};

}  // namespace faultline
