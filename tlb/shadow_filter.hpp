// Which slots of the shadow stop being exact when an entry of the TLB is used: one filter a policy.
#pragma once

#include "tlb/vocabulary.hpp"

namespace faultline {

/// For pseudo-LRU: only the way used last in its set can be used again without changing the bits,
/// so there is one slot a set, and a use of any other way ends what was there.
struct MostRecentlyUsedFilter {
  /// A use ends no slot but that of its own address.
  static constexpr bool beyond_slot = false;

  template <class Shadow, class Buffer>
  static constexpr void used(Shadow& shadow, const Buffer&, LinearAddress address) {
    if (!shadow.holds(address)) shadow.drop_slot(address);
  }
};

/// For not-last-used: a use changes the pointer only when it is of the way the pointer names, so
/// every entry but that one may have a slot, and a moved pointer ends the slot of the entry it now
/// names.
struct NotNextVictimFilter {
  static constexpr bool beyond_slot = true;

  template <class Shadow, class Buffer>
  static constexpr void used(Shadow& shadow, const Buffer& tlb, LinearAddress) {
    const LinearAddress next = tlb.entry(0, tlb.replacement(0).victim()).page;
    if (shadow.holds(next)) shadow.drop_slot(next);
  }
};

}  // namespace faultline
