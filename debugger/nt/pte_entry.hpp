// A page-table or directory entry, or a prototype PTE, in each of NT's states.
#pragma once

#include "debugger/nt/json_hex.hpp"
#include "debugger/nt/nt_system.hpp"

namespace faultline::nt {

enum class PteState : arch::u8 {
  Unavailable,   // where it would be there is no page table
  Valid,         // the processor uses it
  Zero,          // not used; the region says what the page is
  DemandZero,    // the first touch brings a page of zeros
  Transition,    // invalid, but its frame still holds the page
  PageFile,      // in a paging file
  PrototypeVad,  // shared: the region leads to the prototype PTE
  Prototype,     // shared: bears the address of the prototype PTE
  Subsection,    // of a prototype PTE: in its file only
};
std::string_view to_string(PteState state);

struct PteEntry {
  u32 address = 0;  // linear
  u32 value = 0;
  PteState state = PteState::Unavailable;
  u32 frame = 0;                          // Valid, Transition
  u32 protection = 0;                     // of the invalid states: NT's code
  u32 paging_file = 0, page_in_file = 0;  // PageFile
  u32 prototype = 0;                      // Prototype: its address
  u32 subsection = 0;                     // Subsection: its address
  bool copy_on_write = false;             // Valid
  bool guard() const { return (protection & 0x10) != 0 && (protection & 7) != 0; }
  bool no_access() const { return (protection & 7) == 0; }
};

/// `prototype`: it is not in a page table, but stands for a page of a section.
PteEntry decode_entry(const arch::MemoryManagerData& mm, u32 address, std::optional<u32> value,
                      bool prototype = false);

/// Of a valid entry, as WinDbg has them: C copy on write, G global, L large, D dirty, A accessed,
/// N not cached, T write through, U or K, W or R, E executable, V.
std::string letters(const arch::MemoryManagerData& mm, u32 value);
/// What WinDbg says under "not valid": a line each.
std::vector<std::string> details(const PteEntry& entry);

Json to_json(const PteEntry& entry, const arch::MemoryManagerData& mm);

}  // namespace faultline::nt
