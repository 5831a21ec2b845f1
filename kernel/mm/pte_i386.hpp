// Page-table entries of the i386 scheme as NT uses them.
// Valid:      Valid 0, Write 1, Owner 2, WriteThrough 3, CacheDisable 4, Accessed 5, Dirty 6,
//             Global 8, CopyOnWrite 9, PFN 31:12
// Invalid:    Valid 0 = 0, PageFileLow 4:1, Protection 9:5, Prototype 10, Transition 11,
//             PageFileHigh 31:12; in transition the PFN stands where PageFileHigh is
// Prototype:  Prototype 10 = 1, ProtoAddressLow 7:1, ProtoAddressHigh 31:11
// Subsection: Prototype 10 = 1, SubsectionAddressLow 4:1, Protection 9:5, SubsectionAddressHigh
// 30:11
#pragma once

#include "arch/paging_i386.hpp"

template <class Scheme>
struct PteFormat;

template <>
struct PteFormat<arch::PagingI386> {
  using u32 = arch::u32;
  static constexpr unsigned pfn_shift = 12, protection_shift = 5, page_file_low_shift = 1,
                            page_file_high_shift = 12;
  static constexpr u32 Valid = arch::PagingI386::P, Write = arch::PagingI386::RW,
                       Owner = arch::PagingI386::US, Accessed = arch::PagingI386::A,
                       Dirty = arch::PagingI386::D, CopyOnWrite = 1u << 9;
  static constexpr u32 Prototype = 1u << 10, Transition = 1u << 11;
  /// The processor keeps Dirty by itself.
  static constexpr bool dirty_by_fault = false;

  static constexpr u32 access_bits(bool writable, bool dirty) {
    return Accessed | (writable ? Write : 0) | (dirty ? Dirty : 0);
  }
  // An address in an entry is a number, its low bits and the others apart.
  // Of a subsection: of the eight bytes its SUBSECTION begins at, in 4:1 and 30:11.
  static constexpr unsigned subsection_low_shift = 1, subsection_low_bits = 4,
                            subsection_high_shift = 11;
  // Of a prototype PTE: counted in PTEs, ProtoAddressLow 7:1, ProtoAddressHigh 31:11.
  static constexpr unsigned prototype_low_shift = 1, prototype_low_bits = 7,
                            prototype_high_shift = 11;
  static constexpr u32 mark_dirty(u32 pte) { return pte | Dirty; }
};
