// TR6 and TR7: writing an entry of the TLB by hand, and looking one up, as the 386 and the 486 do
// it. [386 §10.6] [486 §10.4]
#pragma once

#include "tlb/tlb.hpp"

namespace faultline::tlb_test {

// TR6: linear page 31:12, V 11, then D, U and W, each beside its complement, and the command.
inline constexpr u32 lookup_command = 1u << 0;
inline constexpr unsigned W = 5, U = 7, D = 9;
// TR7: page frame 31:12, HT (on the 486 also PL) 4, the way 3:2; on the 486 PCD and PWT 11:10 and
// the replacement bits 9:7.
inline constexpr u32 hit = 1u << 4;

/// What an attribute and its complement ask of an entry: 01 clear, 10 set, 11 either, 00 neither,
/// so that nothing matches. Of 11 and 00 the 386's manual says nothing; it does as the 486 here.
constexpr bool matches(u32 tr6, unsigned attribute, bool value) {
  return (tr6 >> attribute & (value ? 2u : 1u)) != 0;
}
constexpr bool sets(u32 tr6, unsigned attribute) { return (tr6 >> attribute & 2u) != 0; }

constexpr unsigned way_of(u32 tr7) { return tr7 >> 2 & 3; }

template <class Tlb>
constexpr TlbEntry entry_of(u32 tr6, u32 tr7) {
  return {.page = Tlb::page_of({tr6}),
          .frame = {tr7 & 0xFFFFF000u},
          .valid = (tr6 >> 11 & 1) != 0,
          .dirty = sets(tr6, D),
          .user = sets(tr6, U),
          .writable = sets(tr6, W)};
}

/// The entry that a lookup finds; null for none. It is not a use: replacement stays as it is.
template <class Tlb>
constexpr const TlbEntry* find(const Tlb& tlb, u32 tr6) {
  const TlbEntry* entry = tlb.probe({tr6});
  if (entry == nullptr || (tr6 >> 11 & 1) == 0) return nullptr;
  const bool all = matches(tr6, D, entry->dirty) && matches(tr6, U, entry->user) &&
                   matches(tr6, W, entry->writable);
  return all ? entry : nullptr;
}

/// The 386: TR7 names the way of a write. [386 §10.6.2]
struct I386 {
  template <class Tlb>
  static constexpr void write(Tlb& tlb, u32 tr6, u32 tr7) {
    tlb.put(way_of(tr7), entry_of<Tlb>(tr6, tr7));
  }
  template <class Tlb>
  static constexpr u32 lookup(const Tlb& tlb, u32 tr6) {
    const TlbEntry* entry = find(tlb, tr6);
    return entry == nullptr ? 0 : entry->frame.value | hit | tlb.way_of(*entry) << 2;
  }
};

/// The 486: PL says whether TR7 names the way or the replacement bits do, and entries carry PCD
/// and PWT. [486 §10.4.1]
struct I486 {
  template <class Tlb>
  static constexpr void write(Tlb& tlb, u32 tr6, u32 tr7) {
    TlbEntry entry = entry_of<Tlb>(tr6, tr7);
    entry.cache_control = tr7 >> 10 & 3;
    const unsigned replaced = tlb.replacement(Tlb::set_of({tr6})).victim();
    tlb.put((tr7 & hit) != 0 ? way_of(tr7) : replaced, entry);
  }
  template <class Tlb>
  static constexpr u32 lookup(const Tlb& tlb, u32 tr6) {
    const TlbEntry* entry = find(tlb, tr6);
    const u32 order = u32{tlb.replacement(Tlb::set_of({tr6})).state} << 7;
    if (entry == nullptr) return order;
    return entry->frame.value | u32{entry->cache_control} << 10 | order | hit |
           tlb.way_of(*entry) << 2;
  }
};

}  // namespace faultline::tlb_test
