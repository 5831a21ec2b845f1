// Page-table entries of the Alpha scheme.
// Valid:      Valid 0, Owner 1, Dirty 2 (the write enable), Global 4, GranularityHint 6:5,
//             Write 7 (may be made dirty), CopyOnWrite 8, PFN 31:9
// Invalid:    Valid 0 = 0, Prototype 1, Transition 2, Protection 7:3, PageFileLow 11:8,
//             PageFileHigh 31:12; in transition the PFN stands in 31:9; a subsection in 31:8, a
//             prototype PTE's address in 31:5. These
//             are our own choice.
#pragma once

#include "arch/paging_alpha.hpp"

template <class Scheme>
struct PteFormat;

template <>
struct PteFormat<arch::PagingAlpha> {
  using u32 = arch::u32;
  static constexpr unsigned pfn_shift = arch::PagingAlpha::pfn_shift, protection_shift = 3,
                            page_file_low_shift = 8, page_file_high_shift = 12;
  static constexpr u32 Valid = arch::PagingAlpha::V, Owner = arch::PagingAlpha::Owner,
                       Dirty = arch::PagingAlpha::Dirty, Write = 1u << 7, CopyOnWrite = 1u << 8;
  static constexpr u32 Prototype = 1u << 1, Transition = 1u << 2;
  /// The first write to a clean page faults; the fault handler sets Dirty where Write allows it.
  static constexpr bool dirty_by_fault = true;

  static constexpr u32 access_bits(bool writable, bool dirty) {
    return (writable ? Write : 0) | (writable && dirty ? Dirty : 0);
  }
  // An address in an entry is a number, its low bits and the others apart.
  // Of a subsection: of the eight bytes its SUBSECTION begins at, in 31:8.
  static constexpr unsigned subsection_low_shift = 8, subsection_low_bits = 0,
                            subsection_high_shift = 8;
  // Of a prototype PTE: counted in PTEs, in 31:5.
  static constexpr unsigned prototype_low_shift = 5, prototype_low_bits = 0,
                            prototype_high_shift = 5;
  static constexpr u32 mark_dirty(u32 pte) { return pte | Dirty; }
};
