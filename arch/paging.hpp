// What a two-level paging scheme must say about itself, and the arithmetic that follows from it.
// Both sides of the treaty compute every page-size dependent figure from Geometry<Paging>.
#pragma once

#include <concepts>

#include "arch/integers.hpp"

namespace arch {

/// A page-table or page-directory entry, decoded. `frame` is a physical page number.
struct PageEntry {
  bool present = false;
  bool writable = false;
  bool user = false;
  bool accessed = false;
  bool dirty = false;
  u32 frame = 0;
  friend constexpr bool operator==(const PageEntry&, const PageEntry&) = default;
};

/// Requirements of a paging scheme. Entries are 32 bits wide in both schemes.
template <class P>
concept PagingScheme = requires(u32 raw, PageEntry entry) {
  { P::page_shift } -> std::convertible_to<unsigned>;
  { P::table_bits } -> std::convertible_to<unsigned>;
  { P::directory_bits } -> std::convertible_to<unsigned>;
  { P::page_table_base } -> std::convertible_to<u32>;      // linear address of the self-map
  { P::hardware_accessed_dirty } -> std::convertible_to<bool>;
  { P::write_protect_always } -> std::convertible_to<bool>;  // supervisor writes obey R/W
  { P::single_page_flush } -> std::convertible_to<bool>;     // whatever the CPU model
  { P::name } -> std::convertible_to<const char*>;
  { P::decode(raw) } -> std::same_as<PageEntry>;
  { P::encode(entry) } -> std::same_as<u32>;
  { P::with_accessed(raw) } -> std::same_as<u32>;
  { P::with_dirty(raw) } -> std::same_as<u32>;
};

/// Sizes and address splits derived from a scheme.
template <PagingScheme P>
struct Geometry {
  static constexpr unsigned page_shift = P::page_shift;
  static constexpr u32 page_size = u32{1} << page_shift;
  static constexpr u32 offset_mask = page_size - 1;
  static constexpr u32 page_mask = ~offset_mask;
  static constexpr u32 table_entries = u32{1} << P::table_bits;
  static constexpr u32 directory_entries = u32{1} << P::directory_bits;
  static constexpr unsigned directory_shift = page_shift + P::table_bits;
  static constexpr u32 bytes_per_table = u32{1} << directory_shift;  // linear bytes one table maps
  static constexpr u32 entry_size = 4;

  static constexpr u32 page_table_base = P::page_table_base;
  /// Linear address of the entry that maps `linear`, through the self-map.
  static constexpr u32 pte_address(u32 linear) {
    return page_table_base + (linear >> page_shift) * entry_size;
  }
  static constexpr u32 pde_address(u32 linear) { return pte_address(pte_address(linear)); }
  static constexpr u32 directory_base = page_table_base + (page_table_base >> page_shift) * 4;

  static constexpr u32 directory_index(u32 linear) { return linear >> directory_shift; }
  static constexpr u32 table_index(u32 linear) {
    return linear >> page_shift & (table_entries - 1);
  }
  static constexpr u32 page_of(u32 linear) { return linear >> page_shift; }
  static constexpr u32 round_up(u32 bytes) { return (bytes + offset_mask) & page_mask; }

  static_assert(page_shift + P::table_bits + P::directory_bits == 32);
  static_assert((u32{entry_size} << P::table_bits) == page_size, "a page table fills one page");
};

}  // namespace arch
