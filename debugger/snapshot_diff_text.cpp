// The difference of two snapshots for people and for programs.
#include <fmt/format.h>

#include "debugger/snapshot_diff.hpp"

namespace faultline {
namespace {

std::string text_of(const TlbEntry& entry) {
  if (!entry.valid) return "invalid";
  return fmt::format("{:08X} frame {:08X} {}{}{}", entry.page.value, entry.frame.value,
                     entry.user ? 'U' : 'S', entry.writable ? 'W' : 'R', entry.dirty ? " D" : "");
}

Json json_of(const TlbEntry& entry) {
  if (!entry.valid) return nullptr;
  return {{"page", hex_text(entry.page.value)},
          {"frame", hex_text(entry.frame.value)},
          {"user", entry.user},
          {"writable", entry.writable},
          {"dirty", entry.dirty}};
}

void add_values(std::string& text, std::string_view title,
                const std::vector<SnapshotDiff::Value>& values) {
  if (values.empty()) return;
  text += fmt::format("\n{}:", title);
  for (const SnapshotDiff::Value& each : values)
    text += fmt::format("\n  {:<14} {} -> {}", each.name, each.a, each.b);
}

Json json_of(const std::vector<SnapshotDiff::Value>& values) {
  Json object = Json::object();
  for (const SnapshotDiff::Value& each : values) object[each.name] = {each.a, each.b};
  return object;
}

}  // namespace

std::string to_text(const SnapshotDiff& diff) {
  std::string text = fmt::format("{} -> {}", diff.a, diff.b);
  if (diff.same()) return text + ": the same";
  add_values(text, "moment", diff.moment);
  add_values(text, "configuration", diff.configuration);
  add_values(text, "registers", diff.registers);
  if (!diff.tlb.empty()) text += "\nTLB:";
  for (const SnapshotDiff::TlbSlot& slot : diff.tlb) {
    text += fmt::format("\n  {} set {} way {}: {} -> {}", slot.buffer, slot.set, slot.way,
                        text_of(slot.a), text_of(slot.b));
  }
  u64 pages = 0, bytes = 0;
  for (const SnapshotDiff::Pages& range : diff.pages) {
    pages += range.last - range.first + 1;
    bytes += range.bytes;
  }
  if (!diff.pages.empty()) {
    text += fmt::format("\nRAM: {} of {} pages, {} bytes:", pages, diff.ram_bytes / diff.page_size,
                        bytes);
  }
  for (const SnapshotDiff::Pages& range : diff.pages) {
    text +=
        fmt::format("\n  {:08X}-{:08X}  pages {:X}-{:X}, {} bytes", range.first * diff.page_size,
                    (range.last + 1) * diff.page_size - 1, range.first, range.last, range.bytes);
  }
  if (!diff.devices.empty()) text += "\ndevices:";
  for (const SnapshotDiff::Device& device : diff.devices)
    text += fmt::format("\n  {:<22} {} bytes", device.name, device.bytes);
  if (!diff.sectors.empty()) text += "\ndisks:";
  for (const SnapshotDiff::Sectors& range : diff.sectors) {
    text += fmt::format("\n  disk {} sectors {}-{}", range.disk, range.first, range.last);
  }
  return text;
}

Json to_json(const SnapshotDiff& diff) {
  Json json = {{"a", diff.a}, {"b", diff.b}, {"same", diff.same()}};
  json["moment"] = json_of(diff.moment);
  json["configuration"] = json_of(diff.configuration);
  json["registers"] = json_of(diff.registers);
  json["tlb"] = Json::array();
  for (const SnapshotDiff::TlbSlot& slot : diff.tlb) {
    json["tlb"].push_back({{"buffer", slot.buffer},
                           {"set", slot.set},
                           {"way", slot.way},
                           {"a", json_of(slot.a)},
                           {"b", json_of(slot.b)}});
  }
  json["page_size"] = diff.page_size;
  json["pages"] = Json::array();
  for (const SnapshotDiff::Pages& range : diff.pages) {
    json["pages"].push_back({{"first", range.first}, {"last", range.last}, {"bytes", range.bytes}});
  }
  json["devices"] = Json::object();
  for (const SnapshotDiff::Device& device : diff.devices)
    json["devices"][device.name] = device.bytes;
  json["sectors"] = Json::array();
  for (const SnapshotDiff::Sectors& range : diff.sectors) {
    json["sectors"].push_back({{"disk", range.disk}, {"first", range.first}, {"last", range.last}});
  }
  return json;
}

}  // namespace faultline
