// The ten answers on one screen, and as JSON.
#include <fmt/format.h>

#include "debugger/explain/explain_report.hpp"

namespace faultline {
namespace {

std::string grouped(u64 value) {
  if (value < 1000) return std::to_string(value);
  return grouped(value / 1000) + fmt::format(",{:03}", value % 1000);
}

void line(std::string& text, unsigned number, std::string_view title, std::string_view what) {
  text += number == 0 ? fmt::format("\n{:16}{}", "", what)
                      : fmt::format("\n{:>2} {:<13}{}", number, title, what);
}

std::string touch_text(const Touch& t) {
  if (!t.detail.empty())
    return fmt::format("{} at {:08X} {}, for {:08X}", t.what, t.physical, t.detail, t.linear);
  return fmt::format("{}: {} byte{} at {:08X}{}", t.what, t.bytes, t.bytes == 1 ? "" : "s",
                     t.linear,
                     t.linear == t.physical ? "" : fmt::format(" (physical {:08X})", t.physical));
}

std::string cycles_text(const ExplainReport& r) {
  std::string text;
  for (const auto& [what, cycles] : r.cycles)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", what, grouped(cycles));
  return text.empty() ? "not delivered yet" : text;
}

std::string heading(const ExplainReport& r) {
  if (!r.fault) return fmt::format("{:08X}: no fault in its page was recorded", r.address);
  return fmt::format("Page fault at {:08X}: {}, {}, {}   clock {}", r.address,
                     access_word(r.record.access), r.record.user() ? "user" : "kernel",
                     r.record.present() ? "protection" : "not present", grouped(r.record.cycle));
}

std::string writer_text(const std::optional<EntryWrite>& write) {
  return write ? to_text(*write) : "not since the machine was watched";
}

}  // namespace

std::string to_text(const RecordedFault& fault) {
  const FaultRecord& r = fault.record;
  const std::string resolution = resolution_text(fault);
  std::string text = fmt::format("{:>12}  {:08X} {:<7} {:<6} {:<11} by {}{}: {}", grouped(r.cycle),
                                 r.address, access_word(r.access), r.user() ? "user" : "kernel",
                                 r.present() ? "protection" : "not present",
                                 r.symbol.empty() ? fmt::format("{:08X}", r.eip) : r.symbol,
                                 r.process.empty() ? "" : " (" + r.process + ")",
                                 resolution.empty() ? "open" : resolution);
  if (r.cycles) text += fmt::format(", {} cycles", grouped(*r.cycles));
  return text;
}

std::string to_text(const ExplainReport& r) {
  constexpr u32 within = arch::Geometry<Paging>::offset_mask;
  std::string text = heading(r);
  line(text, 1, "address",
       fmt::format("{:08X} = page {:08X} + {:X}{}", r.address, r.address & ~within,
                   r.address & within,
                   r.record.process.empty()
                       ? ""
                       : fmt::format(", {} (process {:X}, thread {:X})", r.record.process,
                                     r.record.process_id, r.record.thread_id)));
  if (r.fault)
    line(text, 2, "why",
         fmt::format("error code {:X}: {}; {}", r.record.error_code,
                     error_words(r.record.error_code), r.why));
  else
    line(text, 2, "an access", r.why);
  if (r.fault) {
    line(text, 3, "instruction",
         fmt::format("{:08X} {}  {}", r.record.eip, r.record.symbol, r.instruction));
    if (!r.source.empty()) line(text, 0, "", r.source);
  }
  line(text, 4, "tables", r.pde ? "PDE " + to_text(*r.pde) : "not asked");
  if (r.pte) line(text, 0, "", "PTE " + to_text(*r.pte));
  line(text, 5, "TLB", r.fault ? r.lookup : to_text(r.tlb));
  if (r.fault) line(text, 0, "", "now: " + to_text(r.tlb));
  if (r.fault) {
    bool first = true;
    for (const Touch& touch : r.touched) {
      line(text, first ? 6 : 0, "CPU touched", touch_text(touch));
      first = false;
    }
    if (first) line(text, 6, "CPU touched", "nothing yet: the fault is found, not delivered");
  }
  line(text, 7, "system means", r.os.known() ? r.os.region : "no operating system that is known");
  if (r.os.known()) line(text, 0, "", fmt::format("PTE {}: {}", r.os.state, r.os.meaning));
  if (r.fault) {
    line(text, 8, "resolved",
         r.resolution.empty() ? "not yet" : fmt::format("{}; {}", r.resolution, r.invalidation));
    line(text, 9, "PTE written", writer_text(r.before));
    if (r.after) line(text, 0, "", "since: " + to_text(*r.after));
    line(text, 10, "cycles", cycles_text(r));
  } else {
    line(text, 9, "PTE written", writer_text(r.before));
  }
  text += "\nMore info: ";
  for (std::size_t i = 0; i < r.more.size(); ++i)
    text += fmt::format("{}{}", i == 0 ? "" : " | ", r.more[i]);
  return text;
}

Json to_json(const ExplainReport& r) {
  const auto maybe = [](const auto& value) { return value ? to_json(*value) : Json(); };
  Json json{{"address", hex_text(r.address)}, {"fault", r.fault}};
  if (r.fault) {
    json["record"] = Json::parse(to_json(r.record));
    json["cpl"] = r.cpl;
    json["instruction"] = r.instruction;
    json["source"] = r.source;
  }
  json["why"] = r.why;
  json["pde"] = maybe(r.pde);
  json["pte"] = maybe(r.pte);
  json["tlb_now"] = to_json(r.tlb);
  json["lookup"] = r.lookup;
  json["touched"] = Json::array();
  for (const Touch& t : r.touched)
    json["touched"].push_back({{"what", t.what},
                               {"linear", hex_text(t.linear)},
                               {"physical", hex_text(t.physical)},
                               {"bytes", t.bytes},
                               {"accesses", t.accesses},
                               {"detail", t.detail}});
  json["system"] = to_json(r.os);
  json["resolution"] = r.resolution;
  json["invalidation"] = r.invalidation;
  json["pte_written_before"] = maybe(r.before);
  json["pte_written_since"] = maybe(r.after);
  json["cycles"] = Json::object();
  for (const auto& [what, cycles] : r.cycles) json["cycles"][what] = cycles;
  json["more"] = r.more;
  return json;
}

}  // namespace faultline
