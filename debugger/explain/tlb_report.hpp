// The TLB as it stands: sets, ways, replacement bits, and entries that the tables no longer bear.
#pragma once

#include <optional>
#include <vector>

#include "debugger/explain/translation.hpp"

namespace faultline {

struct TlbSlot {
  unsigned way = 0;
  TlbEntry entry{};
  std::string stale{};       // why it says more than the tables do; empty when it does not
  u32 pte_address = 0;       // physical; of a stale entry, where the directory has a table
  std::string changed_by{};  // who changed that PTE last, where somebody knows
};

struct TlbSetReport {
  unsigned set = 0;
  u8 bits = 0;
  unsigned next_victim = 0;
  std::vector<TlbSlot> slots;  // every way, valid or not
};

struct TlbPartReport {
  std::string_view part;  // as in TlbPlace
  unsigned ways = 0;
  std::vector<TlbSetReport> sets;
};

struct TlbReport {
  std::vector<TlbPartReport> parts;
  TlbCounters counters{};
  unsigned valid = 0, stale = 0;
};

TlbReport report_tlb(const CpuContext& context);
/// Only that set of each part; `set` is taken modulo their number.
void keep_set(TlbReport& report, unsigned set);

std::string to_text(const TlbReport& report);
/// A line for each stale entry, with who is to blame.
std::string stale_text(const TlbReport& report);
Json to_json(const TlbReport& report);

}  // namespace faultline
