// Reads the TLB beside the tables; shows it as a grid.
#include "debugger/explain/tlb_report.hpp"

#include <fmt/format.h>

#include "mmu/peek.hpp"

namespace faultline {
namespace {

template <class Tlb>
TlbPartReport report_part(const CpuContext& context, const Tlb& tlb, std::string_view part) {
  TlbPartReport report{part, Tlb::ways, {}};
  const Peek<Paging> peek(context.mmu.registers, context.memory);
  for (unsigned set = 0; set < Tlb::sets; ++set) {
    TlbSetReport of_set{set, tlb.replacement(set).bits(), tlb.victim(set), {}};
    for (unsigned way = 0; way < Tlb::ways; ++way) {
      TlbSlot slot{.way = way, .entry = tlb.entry(set, way)};
      slot.stale = stale_reason(context, slot.entry);
      if (!slot.stale.empty()) slot.pte_address = peek.path(slot.entry.page).pte_address.value;
      of_set.slots.push_back(std::move(slot));
    }
    report.sets.push_back(std::move(of_set));
  }
  return report;
}

void count(TlbReport& report) {
  report.valid = report.stale = 0;
  for (const TlbPartReport& part : report.parts)
    for (const TlbSetReport& set : part.sets)
      for (const TlbSlot& slot : set.slots) {
        report.valid += slot.entry.valid;
        report.stale += !slot.stale.empty();
      }
}

constexpr unsigned a_line = 4;  // entries

std::string cell(const TlbSlot& slot) {
  if (!slot.entry.valid) return fmt::format("{:<24}", "-");
  const TlbEntry& e = slot.entry;
  return fmt::format("{:05X}>{:05X} {}{}{}{}", e.page.value >> 12, e.frame.value >> 12,
                     rights_of(e), slot.stale.empty() ? ' ' : '!', ' ', ' ');
}

}  // namespace

TlbReport report_tlb(const CpuContext& context) {
  TlbReport report;
  const auto& tlb = context.mmu.tlb;
  if constexpr (std::decay_t<decltype(tlb)>::split) {
    report.parts.push_back(report_part(context, tlb.data(), "data"));
    report.parts.push_back(report_part(context, tlb.instruction(), "instruction"));
  } else {
    report.parts.push_back(report_part(context, tlb.data(), ""));
  }
  report.counters = context.mmu.counters();
  count(report);
  return report;
}

void keep_set(TlbReport& report, unsigned set) {
  for (TlbPartReport& part : report.parts) {
    TlbSetReport kept = std::move(part.sets[set % part.sets.size()]);
    part.sets.clear();
    part.sets.push_back(std::move(kept));
  }
  count(report);
}

std::string to_text(const TlbReport& report) {
  std::string text;
  for (const TlbPartReport& part : report.parts) {
    text += fmt::format("{}{}{}TLB, {} way{}: page>frame (12 bits left out), D U W\n",
                        text.empty() ? "" : "\n", part.part, part.part.empty() ? "" : " ",
                        part.ways, part.ways == 1 ? "" : "s");
    for (const TlbSetReport& set : part.sets) {
      for (const TlbSlot& slot : set.slots) {
        if (slot.way % a_line == 0)
          text += slot.way == 0
                      ? fmt::format("set {} {:<14}", set.set, replacement_text(set.bits))
                      : fmt::format("  ways {:>2}-{:<2}        ", slot.way, slot.way + a_line - 1);
        text += (slot.way == set.next_victim ? " *" : "  ") + cell(slot);
        if ((slot.way + 1) % a_line == 0) {
          text.erase(text.find_last_not_of(' ') + 1);
          text += '\n';
        }
      }
    }
  }
  text += fmt::format(
      "{} valid, {} stale (!); * takes the next fill. Since reset {} of {} data "
      "look-ups missed",
      report.valid, report.stale, report.counters.data_misses, report.counters.data_lookups);
  if (report.stale != 0) text += "\n" + stale_text(report);
  return text;
}

std::string stale_text(const TlbReport& report) {
  if (report.stale == 0) return "no entry of the TLB is stale";
  std::string text;
  for (const TlbPartReport& part : report.parts)
    for (const TlbSetReport& set : part.sets)
      for (const TlbSlot& slot : set.slots) {
        if (slot.stale.empty()) continue;
        text += fmt::format(
            "{}STALE {}{}set {} way {}: the processor uses {:08X} -> {:08X} {}, "
            "but in memory {}",
            text.empty() ? "" : "\n", part.part, part.part.empty() ? "" : " ", set.set, slot.way,
            slot.entry.page.value, slot.entry.frame.value, rights_of(slot.entry), slot.stale);
        if (slot.pte_address != 0)
          text += slot.changed_by.empty()
                      ? fmt::format("\n  who forgot INVLPG: `whowrote pa {:X}`", slot.pte_address)
                      : "\n  without INVLPG the PTE was changed: " + slot.changed_by;
      }
  return text;
}

Json to_json(const TlbReport& report) {
  Json json{{"valid", report.valid}, {"stale", report.stale}};
  json["counters"] = {{"data_lookups", report.counters.data_lookups},
                      {"data_misses", report.counters.data_misses},
                      {"instruction_misses", report.counters.instruction_misses},
                      {"refreshes", report.counters.refreshes},
                      {"evictions", report.counters.evictions},
                      {"flushes", report.counters.flushes},
                      {"page_flushes", report.counters.page_flushes}};
  json["entries"] = Json::array();
  json["sets"] = Json::array();
  for (const TlbPartReport& part : report.parts)
    for (const TlbSetReport& set : part.sets) {
      json["sets"].push_back({{"part", part.part},
                              {"set", set.set},
                              {"replacement_bits", set.bits},
                              {"next_victim", set.next_victim}});
      for (const TlbSlot& slot : set.slots) {
        if (!slot.entry.valid) continue;
        Json entry{{"part", part.part},
                   {"set", set.set},
                   {"way", slot.way},
                   {"page", hex_text(slot.entry.page.value)},
                   {"frame", hex_text(slot.entry.frame.value)},
                   {"dirty", slot.entry.dirty},
                   {"user", slot.entry.user},
                   {"writable", slot.entry.writable}};
        entry["stale"] = slot.stale.empty() ? Json() : Json(slot.stale);
        if (!slot.stale.empty()) entry["pte_address"] = hex_text(slot.pte_address);
        if (!slot.changed_by.empty()) entry["changed_by"] = slot.changed_by;
        json["entries"].push_back(std::move(entry));
      }
    }
  return json;
}

}  // namespace faultline
