// A dry run of one access: what the TLB holds, what the tables say, what the processor would do.
#pragma once

#include <optional>
#include <string>

#include "cpu/engine.hpp"
#include "debugger/stop_report.hpp"

namespace faultline {

/// An entry on the way to a page.
struct TableEntry {
  u32 address = 0;  // physical
  u32 value = 0;
  PageEntry bits{};
};

/// A page and the set of the TLB where its entry belongs.
struct TlbPlace {
  std::string_view part;  // "data", "instruction"; empty where one TLB serves both
  unsigned set = 0, ways = 0;
  std::optional<unsigned> way{};  // of the page's entry, if it is there
  TlbEntry entry{};
  unsigned next_victim = 0;
  u8 bits = 0;          // replacement state of the set
  std::string stale{};  // what the entry says that the tables do not; empty for nothing
};

struct Translation {
  u32 linear = 0;
  AccessKind kind = AccessKind::Read;
  bool user = false;
  bool paging = true;
  u32 cr3 = 0;
  std::optional<TableEntry> pde{}, pte{};  // in memory now; the PTE only where there is a table
  TlbPlace tlb{};
  bool walks = false;  // the tables decide; else the TLB's entry does, or nothing has to
  bool allowed = true;
  u32 error_code = 0;    // of the page fault, when it is not allowed
  std::string reason{};  // of the verdict
  std::optional<u32> physical{};
};

/// Changes nothing.
Translation translate(const CpuContext& context, u32 linear, AccessKind kind, bool user);
/// Where the entry of a page is or would be.
TlbPlace find_in_tlb(const CpuContext& context, u32 linear, AccessKind kind);
/// What the tables in memory say against an entry of the TLB: "the page is read-only"; empty for
/// nothing.
std::string stale_reason(const CpuContext& context, const TlbEntry& entry);
/// Why a walk with these entries ends in a fault: "R/W is clear in the PTE".
std::string refusal(const TableEntry& pde, const std::optional<TableEntry>& pte, AccessKind kind,
                    bool user);

std::string bits_of(const PageEntry& entry);   // "P W U A D", "P R S - -", "not present"
std::string rights_of(const TlbEntry& entry);  // "D U W"
std::string replacement_text(u8 bits);         // "LRU bits 101", or the next victim
std::string error_words(u32 error_code);       // "not present, write, user"
std::string to_text(const TableEntry& entry);  // "0039F008 = 00345067  frame 00345000  P W U A D"
std::string to_text(const TlbPlace& place);    // "set 2 way 1: 00402000 -> 0039E000  D U W"
std::string to_text(const Translation& walk);
Json to_json(const TableEntry& entry);
Json to_json(const TlbPlace& place);
Json to_json(const Translation& walk);

}  // namespace faultline
