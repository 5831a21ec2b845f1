// The DEC Alpha scheme as Windows NT laid it out: 8 KB pages, 8/11/13. There is no accessed bit;
// Dirty (bit 2) is the write enable: a write to a page without it faults, and the kernel sets it.
// facts: docs/mmu.md, "Alpha"; docs/deviations.md says what is an estimate.
#pragma once

#include "arch/paging.hpp"

namespace arch {

struct PagingAlpha {
  static constexpr const char* name = "alpha";
  static constexpr unsigned page_shift = 13, table_bits = 11, directory_bits = 8;
  static constexpr u32 page_table_base = 0xC0000000;
  static constexpr bool hardware_accessed_dirty = false;
  static constexpr bool single_page_flush = true;  // TBIS: INVLPG on every model
  static constexpr bool write_protect_always = true;  // fault on write holds for every mode

  static constexpr u32 V = 1u << 0, Owner = 1u << 1, Dirty = 1u << 2, Global = 1u << 4;
  static constexpr unsigned pfn_shift = 9;  // PFN 31:9; software bits are 3, 7, 8

  static constexpr PageEntry decode(u32 raw) {
    return {bit(raw, 0), bit(raw, 2), bit(raw, 1), true, bit(raw, 2), raw >> pfn_shift};
  }
  static constexpr u32 encode(const PageEntry& e) {
    return (e.present ? V : 0) | (e.user ? Owner : 0) | (e.writable ? Dirty : 0) |
           e.frame << pfn_shift;
  }
  // Hardware writes neither: the walker asks hardware_accessed_dirty first.
  static constexpr u8 cache_control(u32) { return 0; }  // no such bits
  static constexpr u32 with_accessed(u32 raw) { return raw; }
  static constexpr u32 with_dirty(u32 raw) { return raw; }
};

static_assert(PagingScheme<PagingAlpha>);
static_assert(Geometry<PagingAlpha>::directory_base == 0xC0180000);

}  // namespace arch
