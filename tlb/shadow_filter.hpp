// Which shadow records stop being exact when an entry of the TLB is used: one filter a policy.
#pragma once

#include "tlb/vocabulary.hpp"

namespace faultline {

/// For pseudo-LRU: only the way used last in its set can be used again without changing the bits,
/// so there is one record a set, and a use of any other way ends the record that was there.
struct MostRecentlyUsedFilter {
  template <class Shadow, class Buffer>
  static constexpr void used(Shadow& shadow, const Buffer&, LinearAddress address) {
    if (!shadow.holds(address)) shadow.drop_slot(address);
  }
};

/// For not-last-used: a use changes the pointer only when it is of the way the pointer names, so
/// every entry but that one may have a record, and a moved pointer ends the record of the entry it
/// now names.
struct NotNextVictimFilter {
  template <class Shadow, class Buffer>
  static constexpr void used(Shadow& shadow, const Buffer& tlb, LinearAddress) {
    shadow.drop(tlb.entry(0, tlb.replacement(0).victim()).page);
  }
};

}  // namespace faultline
