// !pte as text and as JSON.
#include <fmt/format.h>

#include "debugger/nt/json_hex.hpp"
#include "debugger/nt/names.hpp"
#include "debugger/nt/pte_report.hpp"

namespace faultline::nt {

namespace {

constexpr std::size_t column = 27;  // where the PTE's half of a line begins, as in WinDbg

std::string two(const std::string& left, const std::string& right) {
  std::string line = fmt::format("{:<{}}{}", left, column, right);
  line.erase(line.find_last_not_of(' ') + 1);
  return line + '\n';
}

std::string contents(const PteEntry& entry) {
  if (entry.state == PteState::Unavailable) return "contains unavailable";
  return fmt::format("contains {:08X}", entry.value);
}

std::string frame_line(const PteEntry& entry, const std::string& entry_letters) {
  switch (entry.state) {
    case PteState::Unavailable:
      return {};
    case PteState::Valid:
      return fmt::format("pfn {:<9x} {}", entry.frame, entry_letters);
    default:
      return "not valid";
  }
}

std::string indented(const std::vector<std::string>& lines, std::size_t by) {
  std::string text;
  for (const std::string& line : lines) text += fmt::format("{:{}}{}\n", "", by, line);
  return text;
}

std::string rights(const TlbLine& line) {
  return fmt::format("{} {} {}", line.dirty ? 'D' : '-', line.user ? 'U' : 'K',
                     line.writable ? 'W' : 'R');
}

std::string name_of(const TlbSet& set) {
  return set.part.empty() ? fmt::format("set {}", set.set)
                          : fmt::format("{} set {}", set.part, set.set);
}

/// What the list it is on does not say.
bool is_dirty(const FrameView& frame) {
  return (frame.flags & arch::MemoryManagerData::pfn_modified) != 0 &&
         frame.location != page_location::modified;
}

/// A line for each TLB there is.
std::string tlb_lines(const PteReport& report) {
  std::string text;
  for (const TlbSet& set : report.sets) {
    text += "TLB      : " + name_of(set);
    bool there = false;
    for (const TlbVerdict& verdict : report.cached) {
      if (verdict.line.part != set.part) continue;
      there = true;
      text += fmt::format(" way {}: frame {:X} {}, ", verdict.line.way, verdict.line.frame,
                          rights(verdict.line));
      text += verdict.stale.empty() ? "as the tables say" : "STALE: " + verdict.stale;
    }
    text += there ? "\n" : ", not there\n";
  }
  return text;
}

}  // namespace

std::string to_text(const PteReport& report) {
  const PageView& page = report.page;
  std::string text = fmt::format("{:20}VA {:08x}\n", "", page.address);
  text += two(fmt::format("PDE at {:08X}", page.pde.address),
              fmt::format("PTE at {:08X}", page.pte.address));
  text += two(contents(page.pde), contents(page.pte));
  text += two(frame_line(page.pde, report.pde_letters), frame_line(page.pte, report.pte_letters));
  text += indented(details(page.pde), 0);
  text += indented(details(page.pte), column);
  if (page.prototype) {
    text += fmt::format("Prototype PTE at {:08X}\n{}\n{}\n", page.prototype->address,
                        contents(*page.prototype),
                        frame_line(*page.prototype, report.prototype_letters));
    text += indented(details(*page.prototype), 0);
  }
  text += "\nPage     : " + meaning(page) + '\n';
  if (page.vad) {
    text += fmt::format("VAD      : {:08x}-{:08x} {}{}{} {}\n", page.vad->base(),
                        page.vad->end() - 1, page.vad->kind(), page.vad->file.empty() ? "" : " ",
                        page.vad->file, page_protection_name(page.vad->protection));
    if (page.committed) text += "Protect  : " + page_protection_name(page.protection) + '\n';
  } else if (page.user()) {
    text += "VAD      : none\n";
  }
  if (page.frame) {
    text += fmt::format("Frame    : {:X} {}{}, reference count {}", page.frame_number,
                        location_name(page.frame->location),
                        is_dirty(*page.frame) ? ", modified" : "", page.frame->reference_count);
    if (page.frame->location == page_location::active) {
      text += fmt::format(", share count {}", page.frame->share_count);
    }
    text += '\n';
  }
  text += tlb_lines(report);
  if (!report.current) text += "TLB      : another process runs\n";
  for (const std::string& line : report.history) text += "Written  : " + line + '\n';
  text += "More info: ";
  for (std::size_t i = 0; i < report.more.size(); ++i) {
    text += (i == 0 ? "" : ", ") + report.more[i];
  }
  return text + '\n';
}

Json to_json(const PteReport& report, const arch::MemoryManagerData& mm) {
  const PageView& page = report.page;
  Json json = {{"address", hex(page.address)}, {"pde", to_json(page.pde, mm)},
               {"pte", to_json(page.pte, mm)}, {"meaning", meaning(page)},
               {"history", report.history},    {"more_info", report.more}};
  if (report.process) {
    json["process"] = {{"address", hex(report.process->address)},
                       {"id", report.process->id},
                       {"image", report.process->name},
                       {"current", report.current}};
  }
  if (page.prototype) json["prototype"] = to_json(*page.prototype, mm);
  if (page.vad) json["vad"] = to_json(*page.vad);
  if (page.user()) json["committed"] = page.committed;
  if (page.committed) json["protection"] = page_protection_name(page.protection);
  if (page.frame) {
    json["frame"] = {{"number", page.frame_number},
                     {"location", location_name(page.frame->location)},
                     {"modified", (page.frame->flags & arch::MemoryManagerData::pfn_modified) != 0},
                     {"reference_count", page.frame->reference_count}};
  }
  json["tlb"] = Json::array();
  for (const TlbSet& set : report.sets) {
    Json entry = {{"part", set.part}, {"set", set.set}, {"present", false}};
    for (const TlbVerdict& verdict : report.cached) {
      if (verdict.line.part != set.part) continue;
      entry["present"] = true;
      entry["way"] = verdict.line.way;
      entry["frame"] = verdict.line.frame;
      entry["dirty"] = verdict.line.dirty;
      entry["user"] = verdict.line.user;
      entry["writable"] = verdict.line.writable;
      entry["stale"] = verdict.stale;
    }
    json["tlb"].push_back(std::move(entry));
  }
  return json;
}

}  // namespace faultline::nt
