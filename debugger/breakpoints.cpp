// The table of what stops the machine.
#include "debugger/breakpoints.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace faultline {

std::string_view name_of(BreakKind kind) {
  switch (kind) {
    case BreakKind::Linear:
      return "linear";
    case BreakKind::Physical:
      return "physical";
    case BreakKind::SegmentOffset:
      return "seg:off";
    case BreakKind::Watch:
      return "watch";
    default:
      return "catch";
  }
}

bool needs_micro_steps(BreakKind kind) {
  return kind == BreakKind::Watch || (is_catch(kind) && kind != BreakKind::Bugcheck);
}

Json to_json(const Breakpoint& b) {
  Json json;
  json["number"] = b.number;
  json["kind"] = name_of(b.kind);
  json["enabled"] = b.enabled;
  json["hits"] = b.hits;
  json["what"] = b.said;
  if (b.kind == BreakKind::SegmentOffset) json["selector"] = hex_text(b.selector);
  if (b.kind <= BreakKind::Watch) json["address"] = hex_text(b.address);
  if (b.kind == BreakKind::Watch) json["bytes"] = b.bytes;
  return json;
}

std::string to_text(const Breakpoint& b) {
  std::string place;
  if (b.kind == BreakKind::SegmentOffset) place = fmt::format("{:04X}:", b.selector);
  if (b.kind <= BreakKind::Watch) place += fmt::format("{:08X} ", b.address);
  return fmt::format("{:>3}  {:<8}  {}{}  hits {}{}", b.number, name_of(b.kind), place, b.said,
                     b.hits, b.enabled ? "" : "  disabled");
}

Breakpoint& Breakpoints::add(Breakpoint breakpoint) {
  breakpoint.number = ++last_;
  all_.push_back(std::move(breakpoint));
  return all_.back();
}

bool Breakpoints::remove(unsigned number) {
  return std::erase_if(all_, [&](const Breakpoint& b) { return b.number == number; }) != 0;
}

Breakpoint* Breakpoints::find(unsigned number) {
  const auto found = std::find_if(all_.begin(), all_.end(),
                                  [&](const Breakpoint& b) { return b.number == number; });
  return found == all_.end() ? nullptr : &*found;
}

bool Breakpoints::any_enabled() const {
  return std::any_of(all_.begin(), all_.end(), [](const Breakpoint& b) { return b.enabled; });
}

}  // namespace faultline
