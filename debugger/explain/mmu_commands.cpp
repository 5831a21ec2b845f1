// The commands of the memory management unit.
#include <fmt/format.h>

#include <array>

#include "debugger/command.hpp"
#include "debugger/explain/explain_report.hpp"
#include "debugger/explain/tlb_report.hpp"

namespace faultline {
namespace {

struct Asked {
  u32 linear = 0;
  AccessKind kind = AccessKind::Read;
  bool user = false;
};

/// ADDR [r|w|x] [u|k]; of a reader at the present privilege without them.
Asked asked_access(DebugSession& session, Arguments& arguments) {
  Asked asked{.linear = arguments.value("an address")};
  asked.user = session.state().cpl() == 3;
  static constexpr std::string_view words[] = {"r", "w", "x", "u", "k"};
  while (!arguments.empty()) {
    switch (arguments.keyword("r, w or x, and u or k", words)) {
      case 0:
        asked.kind = AccessKind::Read;
        break;
      case 1:
        asked.kind = AccessKind::Write;
        break;
      case 2:
        asked.kind = AccessKind::Execute;
        break;
      case 3:
        asked.user = true;
        break;
      default:
        asked.user = false;
        break;
    }
  }
  return asked;
}

CommandResult walk(DebugSession& session, Arguments& arguments) {
  const Asked asked = asked_access(session, arguments);
  const Translation report = translate(session.context(), asked.linear, asked.kind, asked.user);
  return {to_json(report), to_text(report)};
}

/// Linear to physical, as the tables have it and as the TLB does.
CommandResult page(DebugSession& session, Arguments& arguments) {
  const u32 linear = arguments.value("an address");
  arguments.finish();
  const auto at =
      Peek<Paging>(session.context().mmu.registers, session.context().memory).translate({linear});
  const TlbPlace place = find_in_tlb(session.context(), linear, AccessKind::Read);
  CommandResult result;
  result.data = {{"linear", hex_text(linear)},
                 {"physical", at ? Json(hex_text(at->value)) : Json()},
                 {"tlb", to_json(place)}};
  result.text = at ? fmt::format("{:08X} is physical {:08X}", linear, at->value)
                   : fmt::format("{:08X} has no present page", linear);
  if (!place.stale.empty()) {
    result.text += fmt::format(
        "; but the processor uses {:08X}: the TLB's entry is stale, in memory {}",
        place.entry.frame.value + (linear & arch::Geometry<Paging>::offset_mask), place.stale);
  }
  return result;
}

void blame(DebugSession& session, TlbReport& report) {
  const FaultRecorder& recorder = session.part<FaultRecorder>();
  for (TlbPartReport& part : report.parts)
    for (TlbSetReport& set : part.sets)
      for (TlbSlot& slot : set.slots)
        if (slot.pte_address != 0)
          if (const auto write = recorder.last_write(slot.pte_address))
            slot.changed_by = to_text(*write);
}

CommandResult tlb(DebugSession& session, Arguments& arguments) {
  TlbReport report = report_tlb(session.context());
  blame(session, report);
  if (arguments.empty()) return {to_json(report), to_text(report)};
  static constexpr std::string_view words[] = {"set", "stale"};
  if (const auto word = arguments.keyword_if(words)) {
    if (*word == 1) {
      arguments.finish();
      return {to_json(report), stale_text(report)};
    }
    keep_set(report, static_cast<unsigned>(arguments.count_of("a set")));
    arguments.finish();
    return {to_json(report), to_text(report)};
  }
  const u32 linear = arguments.value("an address");
  arguments.finish();
  CommandResult result{Json::array(), {}};
  for (const AccessKind kind : {AccessKind::Read, AccessKind::Execute}) {
    const TlbPlace place = find_in_tlb(session.context(), linear, kind);
    if (kind == AccessKind::Execute && place.part.empty()) break;
    result.data.push_back(to_json(place));
    result.text += (result.text.empty() ? "" : "\n") + to_text(place);
  }
  return result;
}

CommandResult explain_fault(DebugSession& session, Arguments& arguments) {
  const FaultRecorder& recorder = session.part<FaultRecorder>();
  static constexpr std::string_view words[] = {"last"};
  ExplainReport report;
  if (arguments.empty() || arguments.keyword_if(words)) {
    arguments.finish();
    const auto known = recorder.faults();
    if (known.empty())
      throw CommandError(
          "no page fault was seen yet: `catch pf` and `g` run to one; `explain ADDR` does without");
    report = explain(session, *known.back());
  } else {
    const u32 linear = arguments.value("an address");
    arguments.finish();
    const RecordedFault* fault = recorder.last_in_page(linear);
    report = fault != nullptr ? explain(session, *fault) : explain(session, linear, recorder);
  }
  return {to_json(report), to_text(report)};
}

CommandResult faults(DebugSession& session, Arguments& arguments) {
  const auto all = session.part<FaultRecorder>().faults();
  const u64 count = arguments.count_or(16);
  arguments.finish();
  CommandResult result{Json::array(), {}};
  for (std::size_t i = all.size() - std::min<std::size_t>(all.size(), count); i < all.size(); ++i) {
    result.data.push_back(Json::parse(to_json(all[i]->record)));
    result.data.back()["ended"] = resolution_text(*all[i]);
    result.text += (result.text.empty() ? "" : "\n") + to_text(*all[i]);
  }
  if (all.empty()) result.text = "none seen: faults are noted while something is caught or watched";
  return result;
}

/// The physical address of the entry, or byte, that `whowrote` is asked about.
u32 subject(DebugSession& session, Arguments& arguments) {
  static constexpr std::string_view words[] = {"pte", "pde", "pa"};
  const auto word = arguments.keyword_if(words);
  const u32 address = arguments.value("an address");
  arguments.finish();
  if (word == 2u) return address;
  const Translation walk = translate(session.context(), address, AccessKind::Read, false);
  if (!word) {
    if (const auto at = Peek<Paging>(session.context().mmu.registers, session.context().memory)
                            .translate({address}))
      return at->value;
    throw CommandError(
        fmt::format("{:08X} has no present page; `whowrote pte {:X}` asks for its "
                    "entry",
                    address, address));
  }
  if (word == 1u && walk.pde) return walk.pde->address;
  if (walk.pte) return walk.pte->address;
  throw CommandError(fmt::format("{:08X} has no page table", address));
}

CommandResult who_wrote(DebugSession& session, Arguments& arguments) {
  const u32 physical = subject(session, arguments);
  const auto write = session.part<FaultRecorder>().last_write(physical);
  if (!write)
    throw CommandError(fmt::format(
        "no write of physical {:08X} was seen since the machine was watched", physical));
  return {to_json(*write), fmt::format("{:08X}: {}", physical, to_text(*write))};
}

constexpr Command table[] = {
    {"explain", "", "[last|ADDR]", "The ten answers to the last page fault, or the one there",
     CommandGroup::Mmu, explain_fault},
    {"faults", "", "[N]", "The last page faults that were seen, and how each was resolved",
     CommandGroup::Mmu, faults},
    {"page", "gva2gpa !vtop", "ADDR", "Linear to physical, by the tables and by the TLB",
     CommandGroup::Mmu, page},
    {"tlb", "", "[ADDR|set N|stale]", "The TLB: sets, ways, replacement bits, stale entries",
     CommandGroup::Mmu, tlb},
    {"walk", "", "ADDR [r|w|x] [u|k]", "Dry run of an access: TLB, PDE, PTE, verdict and reason",
     CommandGroup::Mmu, walk},
    {"whowrote", "", "ADDR|pte ADDR|pde ADDR|pa PHYS",
     "Who wrote memory last: software or the walker", CommandGroup::Mmu, who_wrote},
};

}  // namespace

std::span<const Command> mmu_commands() { return table; }

}  // namespace faultline
