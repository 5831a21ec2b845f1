// The fast path: records of TLB entries whose next use is known to change nothing, with the host
// address they lead to. The law and its proof are in docs/mmu.md, "The shadow".
#pragma once

#include <array>
#include <bit>
#include <utility>

#include "tlb/tlb.hpp"

namespace faultline {

/// One page as the host reaches it. A tag is the page's linear address where the access is allowed
/// and `no_page`, which no page has, where it is not. Index of a tag: 0 supervisor, 1 user. Where
/// accesses may cost clocks of their own, `charged` is set in the tags of reads and writes: then the
/// inline compare fails, and who charges compares without it.
/// `fetch_tag` is given only by an instruction fetch: data accesses may have filled the entry anew,
/// with another frame, since code was last fetched from the page.
struct alignas(32) ShadowRecord {
  static constexpr u32 no_page = 1u << 8;  // not even a misaligned address in page 0
  static constexpr u32 charged = 1u << 7;  // nor has any aligned address in a page this bit alone

  u32 read_tag[2] = {no_page, no_page};
  u32 write_tag[2] = {no_page, no_page};
  u32 fetch_tag[2] = {no_page, no_page};
  std::uintptr_t addend = 0;  // host address = linear address + addend, modulo 2^64

  u8* host(LinearAddress address) const { return reinterpret_cast<u8*>(address.value + addend); }
};

using ShadowTag = u32 (ShadowRecord::*)[2];

/// Shadow of one Tlb<G>, in two tiers. An *entry record* stands beside each TLB entry; it exists
/// only while that entry does and permits no more. A *slot* holds a copy of an entry record, found
/// by index alone, and only while a use of the entry changes no replacement state: a slot that
/// matches needs no update at all, an entry record that matches needs the use it stands for.
template <TlbGeometry G>
class HostShadow {
 public:
  u64 matches = 0;  // data accesses that slots answered, until they join the TLB's counters

  constexpr const ShadowRecord& slot(LinearAddress address) const { return slots_[index(address)]; }
  constexpr const ShadowRecord& of_entry(unsigned set, unsigned way) const {
    return sets_[set].records[way];
  }

  /// The page of the operand's last byte is the record's, and the access allowed. Asked of the slot
  /// that the first byte selects this is the whole check: the next page has another slot.
  template <ShadowTag Tag>
  static constexpr bool allows(const ShadowRecord& record, LinearAddress address, u32 bytes,
                               unsigned privilege) {
    return ((address.value + bytes - 1) & page_mask) == (record.*Tag)[privilege];
  }

  /// The same, whether or not the access is charged.
  template <ShadowTag Tag>
  static constexpr bool permits(const ShadowRecord& record, LinearAddress address, u32 bytes,
                                unsigned privilege) {
    return ((address.value + bytes - 1) & page_mask) == page_of_tag((record.*Tag)[privilege]);
  }

  /// The same for an operand whose size is a power of two, at a multiple of it.
  template <ShadowTag Tag>
  static constexpr bool allows_aligned(const ShadowRecord& record, LinearAddress address, u32 bytes,
                                       unsigned privilege) {
    return (address.value & (page_mask | (bytes - 1))) == (record.*Tag)[privilege];
  }

  /// The hit of an access that some entry record of `tlb` allows: the entry is used, its slot made,
  /// its way returned; G::ways when there is none. The rest of a hit's work is not needed.
  template <ShadowTag Tag>
  constexpr unsigned hit(Tlb<G>& tlb, LinearAddress address, u32 bytes, unsigned privilege) {
    const unsigned way = way_allowing<Tag>(address, bytes, privilege);
    if (way == G::ways) return way;
    const unsigned set = tlb.set_of(address);
    tlb.use(set, way);
    if constexpr (G::ShadowFilter::beyond_slot) used(tlb, address);
    set_slot(address, sets_[set].records[way]);
    return way;
  }
  /// The way of the entry record that allows accesses to these bytes, without a use; G::ways when
  /// there is none.
  template <ShadowTag Tag>
  constexpr unsigned way_allowing(LinearAddress address, u32 bytes, unsigned privilege) const {
    const unsigned set = Tlb<G>::set_of(address), way = way_of(address);
    const bool allowed =
        way != G::ways && permits<Tag>(sets_[set].records[way], address, bytes, privilege);
    return allowed ? way : G::ways;
  }
  /// The way of the entry record of the page of `address`; G::ways when it has none.
  constexpr unsigned way_of(LinearAddress address) const {
    const auto& pages = sets_[Tlb<G>::set_of(address)].pages;
    const u32 page = address.value & page_mask;
    unsigned found = 0;
    [&]<unsigned... way>(
        std::integer_sequence<unsigned, way...>) {  // unrolled: it is short and hot
      (void)((pages[way] == page || (++found, false)) || ...);
    }
    (std::make_integer_sequence<unsigned, G::ways>{});
    return found;
  }

  /// The record of `entry`, which has just been used or filled; an empty one where it has none.
  constexpr void install(const Tlb<G>& tlb, const TlbEntry& entry, const ShadowRecord& record) {
    const unsigned set = tlb.set_of(entry.page), way = tlb.way_of(entry);
    sets_[set].records[way] = record;
    sets_[set].pages[way] = page_of_tag(record.read_tag[0]);
    set_slot(entry.page, record);
  }
  /// Only the slot, for translations that are not the TLB's.
  constexpr void set_slot(LinearAddress address, const ShadowRecord& record) {
    slots_[index(address)] = record;
  }

  /// After a use of the entry of `address` in `tlb`: ends every slot that it made inexact.
  constexpr void used(const Tlb<G>& tlb, LinearAddress address) {
    G::ShadowFilter::used(*this, tlb, address);
  }
  /// True when the slot of this address holds the record of its page.
  constexpr bool holds(LinearAddress address) const { return of_page(slot(address), address); }
  constexpr void drop_slot(LinearAddress address) { slots_[index(address)] = {}; }

  /// Before the entry of this page goes: ends its records.
  constexpr void drop(LinearAddress address) {
    if (holds(address)) drop_slot(address);
    const unsigned set = Tlb<G>::set_of(address), way = way_of(address);
    if (way == G::ways) return;
    sets_[set].records[way] = {};
    sets_[set].pages[way] = ShadowRecord::no_page;
  }
  constexpr void drop_all() {
    slots_.fill({});
    sets_.fill({});
  }

 private:
  /// The entry records of one set; a power of two in size, so that one is found by a shift.
  struct alignas(std::bit_ceil(G::ways*(sizeof(ShadowRecord) + sizeof(u32)))) Set {
    std::array<ShadowRecord, G::ways> records{};
    std::array<u32, G::ways> pages = no_pages();  // read_tag[0] of each record

    static constexpr std::array<u32, G::ways> no_pages() {
      std::array<u32, G::ways> pages;
      pages.fill(ShadowRecord::no_page);
      return pages;
    }
  };
  static constexpr u32 page_mask = ~low_bits(G::page_shift);

  static constexpr unsigned index(LinearAddress address) {
    return address.value >> G::page_shift & (G::shadow_slots - 1);
  }
  static constexpr u32 page_of_tag(u32 tag) { return tag & ~ShadowRecord::charged; }
  static constexpr bool of_page(const ShadowRecord& record, LinearAddress address) {
    // The supervisor reads every page.
    return page_of_tag(record.read_tag[0]) == (address.value & page_mask);
  }

  std::array<ShadowRecord, G::shadow_slots> slots_{};
  std::array<Set, G::sets> sets_{};
};

}  // namespace faultline
