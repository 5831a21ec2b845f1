// Page-table entries of the machine's scheme, in literal bits. [386 §5.2.4] The Alpha variant has
// pages of 8 KB and entries of V 0, Owner 1, Dirty 2 (which permits writes), PFN 31:9.
#pragma once

#include <type_traits>

#include "arch/paging_i386.hpp"
#include "arch/paging_selected.hpp"
#include "mmu/clock.hpp"

namespace faultline::test {

inline constexpr bool i386_paging = std::is_same_v<Paging, PagingI386>;
inline constexpr u32 page_size = i386_paging ? 0x1000 : 0x2000;

/// The entry of a frame with the i386's rights: P 1, R/W 2, U/S 4.
constexpr u32 raw_entry(u32 frame, u32 rights) {
  if (i386_paging) return frame | rights;
  return frame / page_size << 9 | (rights & 1) | (rights & 2) << 1 | (rights & 4) >> 1;
}

}  // namespace faultline::test
