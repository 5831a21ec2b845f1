#include "debugger/explain/entry_write.hpp"

#include <fmt/format.h>

namespace faultline {

std::optional<EntryWrite> write_of(const MicroStep& step) {
  const bool walker = step.what == MicroEvent::AccessedWrite || step.what == MicroEvent::DirtyWrite;
  switch (step.what) {
    case MicroEvent::AccessedWrite:
    case MicroEvent::DirtyWrite:
    case MicroEvent::DataWrite:
    case MicroEvent::Push:
    case MicroEvent::DescriptorWrite:
    case MicroEvent::TssWrite:
      return EntryWrite{.physical = step.physical.value,
                        .linear = step.linear.value,
                        .bytes = step.bytes,
                        .value = step.value,
                        .before = step.before,
                        .walker = walker,
                        .clock = step.clock};
    default:
      return std::nullopt;
  }
}

std::string to_text(const EntryWrite& w) {
  const std::string place = w.symbol.empty() ? fmt::format("{:08X}", w.eip) : w.symbol;
  const std::string change =
      fmt::format("{:0{}X} -> {:0{}X}", w.before, w.bytes * 2, w.value, w.bytes * 2);
  const std::string who =
      w.walker ? fmt::format("the page walker for {:08X}, in {}", w.linear, place) : place;
  return fmt::format("{} by {}{} at clock {}", change, who,
                     w.process.empty() ? "" : " (" + w.process + ")", w.clock);
}

Json to_json(const EntryWrite& w) {
  return {{"physical", hex_text(w.physical)},
          {"linear", hex_text(w.linear)},
          {"bytes", w.bytes},
          {"value", hex_text(w.value)},
          {"before", hex_text(w.before)},
          {"by", w.walker ? "walker" : "software"},
          {"eip", hex_text(w.eip)},
          {"symbol", w.symbol},
          {"process", w.process},
          {"clock", w.clock},
          {"instructions", w.instructions}};
}

}  // namespace faultline
