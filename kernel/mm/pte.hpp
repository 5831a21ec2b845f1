// MMPTE for the scheme of this build, and the self-map through which the kernel edits page tables.
#pragma once

#include "kernel/mm/paging_file_space.hpp"
#include "kernel/mm/protection.hpp"
#include "kernel/mm/pte_alpha.hpp"
#include "kernel/mm/pte_i386.hpp"
#include "kernel/nt/layout.hpp"

struct Pte : PteFormat<arch::Paging> {
  static constexpr u32 subsection_bits(u32 index) {
    return join(index, subsection_low_shift, subsection_low_bits, subsection_high_shift);
  }
  static constexpr u32 subsection_index(u32 pte) {
    return part(pte, subsection_low_shift, subsection_low_bits, subsection_high_shift);
  }
  static constexpr u32 prototype_bits(u32 index) {
    return join(index, prototype_low_shift, prototype_low_bits, prototype_high_shift);
  }
  static constexpr u32 prototype_index(u32 pte) {
    return part(pte, prototype_low_shift, prototype_low_bits, prototype_high_shift);
  }

 private:
  static constexpr u32 join(u32 index, unsigned low_shift, unsigned low_bits, unsigned high_shift) {
    return (index & ((1u << low_bits) - 1)) << low_shift | index >> low_bits << high_shift;
  }
  static constexpr u32 part(u32 pte, unsigned low_shift, unsigned low_bits, unsigned high_shift) {
    return (pte >> low_shift & ((1u << low_bits) - 1)) | pte >> high_shift << low_bits;
  }
};

/// Where pool begins, as far as prototype PTEs may lie in it.
inline constexpr ULONG MM_PROTOTYPE_BASE = 0xE1000000;

struct MMPTE {
  ULONG Long;

  // Valid entries.
  constexpr bool valid() const { return (Long & Pte::Valid) != 0; }
  constexpr ULONG frame() const { return Long >> Pte::pfn_shift; }  // also in transition
  constexpr bool writable() const { return (Long & Pte::Write) != 0; }
  constexpr bool dirty() const { return (Long & Pte::Dirty) != 0; }
  constexpr bool copy_on_write() const { return (Long & Pte::CopyOnWrite) != 0; }
  /// A store through it succeeds without a fault.
  constexpr bool store_allowed() const { return writable() && (!Pte::dirty_by_fault || dirty()); }

  // Invalid entries.
  constexpr MMPROTECTION protection() const { return Long >> Pte::protection_shift & 0x1F; }
  constexpr bool transition() const {
    return (Long & (Pte::Valid | Pte::Prototype | Pte::Transition)) == Pte::Transition;
  }
  /// The prototype PTE that the region's VAD leads to knows.
  constexpr bool prototype() const {
    return (Long & (Pte::Valid | Pte::Prototype)) == Pte::Prototype;
  }
  /// Its prototype PTE is that of a clone, at prototype_address().
  constexpr bool clone() const {
    return prototype() && Long >> Pte::page_file_high_shift != ~0u >> Pte::page_file_high_shift;
  }
  MMPTE* prototype_address() const {
    return reinterpret_cast<MMPTE*>(MM_PROTOTYPE_BASE + Pte::prototype_index(Long) * sizeof(MMPTE));
  }
  /// Where in the paging files it is, see MiPageFilePlace; 0: nowhere.
  constexpr ULONG page_file_place() const {
    const bool elsewhere = (Long & (Pte::Valid | Pte::Prototype | Pte::Transition)) != 0;
    const ULONG page = Long >> Pte::page_file_high_shift;
    if (elsewhere || page == 0) return 0;
    return MiPageFilePlace(Long >> Pte::page_file_low_shift & 0xF, page);
  }
  constexpr bool page_file() const { return page_file_place() != 0; }
  constexpr MMPTE with_protection(MMPROTECTION code) const {
    return {(Long & ~(0x1Fu << Pte::protection_shift)) | code << Pte::protection_shift};
  }
};
using PMMPTE = MMPTE*;
static_assert(sizeof(MMPTE) == PageGeometry::entry_size);

constexpr MMPTE MiMakeValidUserPte(ULONG frame, MMPROTECTION code, bool dirty) {
  const bool writable = MiAllowsWrite(code) && !MiIsWriteCopy(code);
  return {Pte::Valid | Pte::Owner | Pte::access_bits(writable, dirty) |
          (MiIsWriteCopy(code) ? Pte::CopyOnWrite : 0) | frame << Pte::pfn_shift};
}
constexpr MMPTE MiMakeValidKernelPte(ULONG frame, bool writable) {
  return {Pte::Valid | Pte::access_bits(writable, writable) | frame << Pte::pfn_shift};
}
/// Directory entries are writable and dirty: what counts is the AND with the page-table entry.
constexpr MMPTE MiMakeValidPde(ULONG frame, bool user) {
  return {Pte::Valid | Pte::access_bits(true, true) | (user ? Pte::Owner : 0) |
          frame << Pte::pfn_shift};
}
constexpr MMPTE MiMakeDemandZeroPte(MMPROTECTION code) { return {code << Pte::protection_shift}; }
constexpr MMPTE MiMakeTransitionPte(ULONG frame, MMPROTECTION code) {
  return {Pte::Transition | code << Pte::protection_shift | frame << Pte::pfn_shift};
}
constexpr MMPTE MiMakePageFilePte(MMPROTECTION code, ULONG place) {
  return {code << Pte::protection_shift | MiFileOfPlace(place) << Pte::page_file_low_shift |
          MiPageOfPlace(place) << Pte::page_file_high_shift};
}
/// PageFileHigh of all ones: the prototype PTE is to be looked up in the VAD.
constexpr MMPTE MiMakeVadPrototypePte(MMPROTECTION code) {
  return {Pte::Prototype | code << Pte::protection_shift | ~0u << Pte::page_file_high_shift};
}
/// Bears the address of a prototype PTE.
constexpr MMPTE MiMakePrototypePte(ULONG address) {
  return {Pte::Prototype | Pte::prototype_bits((address - MM_PROTOTYPE_BASE) / sizeof(MMPTE))};
}
inline constexpr MMPTE MmZeroPte = {0};
/// A page that was committed together with its region and then decommitted.
inline constexpr MMPTE MmDecommittedPte = MiMakeDemandZeroPte(MM_DECOMMIT);

inline PMMPTE MiAddressToPte(ULONG address) {
  return reinterpret_cast<PMMPTE>(PageGeometry::pte_address(address));
}
inline PMMPTE MiAddressToPde(ULONG address) {
  return reinterpret_cast<PMMPTE>(PageGeometry::pde_address(address));
}
/// An entry of a page table or directory, not a prototype PTE; through the self-map.
inline bool MiIsInPageTables(const MMPTE* pte) {
  return reinterpret_cast<ULONG>(pte) - PageGeometry::page_table_base <
         PageGeometry::directory_entries * PAGE_SIZE;
}
/// The page a PTE's own address maps.
inline ULONG MiPteToAddress(const MMPTE* pte) {
  return (reinterpret_cast<ULONG>(pte) - PageGeometry::page_table_base) / sizeof(MMPTE)
         << PAGE_SHIFT;
}

static_assert(MiMakeDemandZeroPte(MM_READWRITE).protection() == MM_READWRITE);
static_assert(MiMakeTransitionPte(5, MM_READWRITE).frame() == 5);
static_assert(MiMakeTransitionPte(5, MM_NOACCESS).transition());
static_assert(!MiMakeTransitionPte(5, MM_NOACCESS).page_file());
static_assert(MiMakeVadPrototypePte(MM_GUARD_PAGE | MM_READONLY).protection() == 0x11);
static_assert(MiMakeVadPrototypePte(MM_NOACCESS).prototype());
static_assert(!MiMakeVadPrototypePte(MM_NOACCESS).clone());
static_assert(MiMakePrototypePte(0xFFFFFFFC).clone() && MiMakePrototypePte(0xE1000000).clone());
static_assert(Pte::prototype_index(MiMakePrototypePte(0xFFABCDE4).Long) == 0x1EABCDE4 / 4);
static_assert(!MiMakeVadPrototypePte(MM_NOACCESS).page_file());
static_assert(MiMakePageFilePte(MM_NOACCESS, 0xFFFFF).page_file_place() == 0xFFFFF);
static_assert(MiMakePageFilePte(MM_NOACCESS, 0xFFFFFF).page_file_place() == 0xFFFFFF);
static_assert(MiMakePageFilePte(MM_NOACCESS, 0xF00001).protection() == MM_NOACCESS);
static_assert(MiMakePageFilePte(MM_NOACCESS, 7).protection() == MM_NOACCESS);
static_assert(!MiMakeDemandZeroPte(MM_NOACCESS).page_file());
