// The shapes of the translation lookaside buffers we model.
#pragma once

#include <bit>

#include "arch/paging_alpha.hpp"
#include "arch/paging_i386.hpp"
#include "tlb/replacement.hpp"
#include "tlb/shadow_filter.hpp"

namespace faultline {

/// Requirements of a TLB's shape. `sets` and `shadow_slots` are powers of two.
template <class G>
concept TlbGeometry = ReplacementPolicy<typename G::Replacement> && requires {
  { G::page_shift } -> std::convertible_to<unsigned>;
  { G::sets } -> std::convertible_to<unsigned>;
  { G::ways } -> std::convertible_to<unsigned>;
  { G::shadow_slots } -> std::convertible_to<unsigned>;
  { G::ShadowFilter::beyond_slot } -> std::convertible_to<bool>;
} && std::has_single_bit(G::sets) && std::has_single_bit(G::shadow_slots) &&
    (G::shadow_slots >= 2) &&
    (G::Replacement::ways == G::ways);

/// The unified TLB of the 80386 and the i486: 32 entries, four ways, set = linear 14:12.
/// [386 §10.6] [486HW, TLB]
struct I386TlbGeometry {
  static constexpr unsigned page_shift = PagingI386::page_shift;
  static constexpr unsigned sets = 8, ways = 4;
  using Replacement = TreePseudoLru;
  using ShadowFilter = MostRecentlyUsedFilter;
  static constexpr unsigned shadow_slots = sets;  // one a set
};

/// The data translation buffer of the 21064: 32 entries, fully associative.
struct AlphaDataTlbGeometry {
  static constexpr unsigned page_shift = PagingAlpha::page_shift;
  static constexpr unsigned sets = 1, ways = 32;
  using Replacement = NotLastUsed<ways>;
  using ShadowFilter = NotNextVictimFilter;
  static constexpr unsigned shadow_slots = 64;  // direct mapped by page number
};

/// The instruction translation buffer of the 21064 for small pages: 8 entries, fully associative.
struct AlphaInstructionTlbGeometry {
  static constexpr unsigned page_shift = PagingAlpha::page_shift;
  static constexpr unsigned sets = 1, ways = 8;
  using Replacement = NotLastUsed<ways>;
  using ShadowFilter = NotNextVictimFilter;
  static constexpr unsigned shadow_slots = 16;
};

static_assert(TlbGeometry<I386TlbGeometry>);
static_assert(TlbGeometry<AlphaDataTlbGeometry>);
static_assert(TlbGeometry<AlphaInstructionTlbGeometry>);

}  // namespace faultline
