// The fast path: records of TLB entries whose next use is known to change nothing, with the host
// address they lead to. The law and its proof are in docs/mmu.md, "The shadow".
#pragma once

#include <array>

#include "tlb/tlb.hpp"

namespace faultline {

/// One page as the host reaches it. A tag is the page's linear address where the access is allowed
/// and `no_page`, which no page has, where it is not. Index of a tag: 0 supervisor, 1 user.
/// `fetch_tag` is given only by an instruction fetch: data accesses may have filled the entry anew,
/// with another frame, since code was last fetched from the page.
struct alignas(32) ShadowRecord {
  static constexpr u32 no_page = 1;

  u32 read_tag[2] = {no_page, no_page};
  u32 write_tag[2] = {no_page, no_page};
  u32 fetch_tag[2] = {no_page, no_page};
  std::uintptr_t addend = 0;  // host address = linear address + addend, modulo 2^64

  u8* host(LinearAddress address) const { return reinterpret_cast<u8*>(address.value + addend); }
};

/// Shadow of one Tlb<G>. Law: a record exists only while its TLB entry does, permits no more than
/// that entry, and only while a use of that entry changes no replacement state.
template <TlbGeometry G>
class HostShadow {
 public:
  u64 matches = 0;  // data accesses answered here since they were last added to the TLB's counters

  constexpr const ShadowRecord& slot(LinearAddress address) const {
    return records_[index(address)];
  }

  /// Read access to `bytes` bytes is an exact hit. An operand that crosses into the next page
  /// fails: that page has another slot, hence another tag.
  constexpr bool reads(const ShadowRecord& record, LinearAddress address, u32 bytes,
                       unsigned privilege) const {
    return ((address.value + bytes - 1) & page_mask) == record.read_tag[privilege];
  }
  constexpr bool writes(const ShadowRecord& record, LinearAddress address, u32 bytes,
                        unsigned privilege) const {
    return ((address.value + bytes - 1) & page_mask) == record.write_tag[privilege];
  }

  constexpr void install(LinearAddress address, const ShadowRecord& record) {
    records_[index(address)] = record;
  }
  /// After a use of the entry of `address` in `tlb`: ends every record that it made inexact.
  constexpr void used(const Tlb<G>& tlb, LinearAddress address) {
    G::ShadowFilter::used(*this, tlb, address);
  }
  /// True when the slot of this address holds the record of its page.
  constexpr bool holds(LinearAddress address) const {
    return slot(address).read_tag[0] == (address.value & page_mask);  // the supervisor reads all
  }
  /// Ends the record of this page, if there is one.
  constexpr void drop(LinearAddress address) {
    if (holds(address)) drop_slot(address);
  }
  /// Ends whatever record stands in the slot of this address.
  constexpr void drop_slot(LinearAddress address) { records_[index(address)] = {}; }
  constexpr void drop_all() { records_.fill({}); }

 private:
  static constexpr u32 page_mask = ~low_bits(G::page_shift);

  static constexpr unsigned index(LinearAddress address) {
    return address.value >> G::page_shift & (G::shadow_records - 1);
  }

  std::array<ShadowRecord, G::shadow_records> records_{};
};

}  // namespace faultline
