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
  void archive(auto& a) { a(page.value, frame.value, valid, dirty, user, writable, cache_control); }
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

  void archive(auto& a) {
    a(data_lookups, data_misses, instruction_misses, refreshes, evictions, flushes, page_flushes);
  }
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
    replacement_[set].touch(way);
    return &entries_[set][way];
  }

  /// A use of an entry known to be there.
  constexpr const TlbEntry& use(unsigned set, unsigned way) {
    replacement_[set].touch(way);
    return entries_[set][way];
  }

  /// The entry of the page without a use, for the debugger and the test registers.
  constexpr const TlbEntry* probe(LinearAddress address) const {
    const unsigned way = find(address);
    return way == G::ways ? nullptr : &entries_[set_of(address)][way];
  }

  /// Puts `entry` (whose page must not be present) in its set and uses it.
  constexpr TlbEntry& fill(const TlbEntry& entry) {
    const unsigned set = set_of(entry.page), way = victim(set);
    if (entries_[set][way].valid) ++counters.evictions;
    return place(set, way, entry);
  }

  /// The way that the next fill of a set takes.
  constexpr unsigned victim(unsigned set) const {
    if constexpr (Replacement::invalid_first) {
      for (unsigned way = 0; way < G::ways; ++way) {
        if (!entries_[set][way].valid) return way;
      }
    }
    return replacement_[set].victim();
  }

  /// A write of the test registers: into this way, whatever it held. [386 §10.6.2]
  constexpr void put(unsigned way, const TlbEntry& entry) { place(set_of(entry.page), way, entry); }

  /// A load of CR3. The replacement state starts anew. [386 §5.2.5]
  constexpr void flush_all() {
    entries_ = {};
    replacement_ = {};
    ++counters.flushes;
  }

  /// INVLPG. [486 §26 INVLPG]
  constexpr void flush_page(LinearAddress address) {
    const unsigned way = find(address);
    if (way != G::ways) entries_[set_of(address)][way].valid = false;
    ++counters.page_flushes;
  }

  /// The way in which `entry`, one of this buffer's, stands.
  constexpr unsigned way_of(const TlbEntry& entry) const {
    return static_cast<unsigned>(&entry - entries_[set_of(entry.page)].data());
  }
  constexpr const TlbEntry& entry(unsigned set, unsigned way) const { return entries_[set][way]; }
  constexpr const Replacement& replacement(unsigned set) const { return replacement_[set]; }

  void archive(auto& a) {
    a(counters, entries_, replacement_);
    for (unsigned set = 0; set < sets; ++set) {
      for (const TlbEntry& each : entries_[set]) {
        a.require(!each.valid || (set_of(each.page) == set && page_of(each.page) == each.page),
                  "an entry of the TLB");
      }
    }
  }

  /// Same entries and same replacement state; counters are not compared.
  friend constexpr bool operator==(const Tlb& a, const Tlb& b) {
    return a.entries_ == b.entries_ && a.replacement_ == b.replacement_;
  }

 private:
  constexpr unsigned find(LinearAddress address) const {
    const auto& set = entries_[set_of(address)];
    const LinearAddress page = page_of(address);
    unsigned way = 0;
    while (way < G::ways && !(set[way].page == page && set[way].valid)) ++way;
    return way;
  }

  constexpr TlbEntry& place(unsigned set, unsigned way, const TlbEntry& entry) {
    replacement_[set].touch(way);
    return entries_[set][way] = entry;
  }

  std::array<std::array<TlbEntry, G::ways>, G::sets> entries_{};
  std::array<Replacement, G::sets> replacement_{};
};

}  // namespace faultline
