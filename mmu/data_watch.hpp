// Data breakpoints as the MMU meets them: up to four short ranges of linear addresses.
// [386 §12.2.2]
#pragma once

#include <array>

#include "mmu/page_fault.hpp"

namespace faultline {

/// One range, aligned to its length of 1, 2 or 4 bytes; length 0 watches nothing.
struct WatchedRange {
  u32 address = 0;
  u32 length = 0;
  bool reads = false;  // reads too, not writes alone
};

/// The ranges of DR0 to DR3, and which of them data accesses have met: bit n for range n.
struct DataWatch {
  std::array<WatchedRange, 4> ranges{};
  bool active = false;
  u32 met = 0;

  constexpr bool touches(const WatchedRange& r, LinearAddress address, u32 bytes) const {
    return r.length != 0 &&
           (address.value - r.address < r.length || r.address - address.value < bytes);
  }
  /// True when some range lies in the page, whatever the access.
  constexpr bool in_page(LinearAddress page, u32 page_size) const {
    for (const WatchedRange& r : ranges)
      if (r.length != 0 && r.address - page.value < page_size) return true;
    return false;
  }
  /// Notes the ranges that an access meets; true when there is one.
  constexpr bool note(LinearAddress address, u32 bytes, AccessKind kind) {
    bool any = false;
    for (unsigned i = 0; i < ranges.size(); ++i) {
      const WatchedRange& r = ranges[i];
      if (!touches(r, address, bytes) || (kind == AccessKind::Read && !r.reads)) continue;
      met |= 1u << i;
      any = true;
    }
    return any;
  }
};

}  // namespace faultline
