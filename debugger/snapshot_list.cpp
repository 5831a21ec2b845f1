// Lists of snapshot files.
#include "debugger/snapshot_list.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace faultline {
namespace {

std::string size_text(u64 bytes) {
  if (bytes < 10'000) return fmt::format("{} bytes", bytes);
  if (bytes < 10'000'000) return fmt::format("{} KB", bytes >> 10);
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / (1 << 20));
}

using Row = std::array<std::string, 9>;
constexpr std::size_t first_text = 3, last_text = 4;  // columns of words, set left

Row row_of(const SnapshotEntry& entry) {
  const SnapshotHeader& h = entry.header;
  return {entry.file,
          fmt::format("{}", h.clock),
          fmt::format("{}", h.instructions),
          h.model,
          h.paging,
          fmt::format("{} MB", h.memory_mb),
          size_text(entry.payload_bytes),
          size_text(entry.file_bytes),
          h.program.empty() ? "(shell)" : h.program};
}

}  // namespace

std::vector<SnapshotEntry> list_snapshots(const std::vector<std::string>& paths) {
  std::vector<SnapshotEntry> entries;
  for (const std::string& path : paths) {
    SnapshotEntry& entry = entries.emplace_back(SnapshotEntry{.file = path});
    try {
      const SnapshotFile file = read_snapshot_header(path);
      entry.header = file.header;
      entry.file_bytes = file.file_bytes;
      entry.payload_bytes = file.payload_bytes;
    } catch (const SnapshotError& error) {
      entry.refused = error.what();
    }
  }
  return entries;
}

std::string to_text(const std::vector<SnapshotEntry>& entries) {
  std::vector<Row> rows = {
      {"file", "clock", "instructions", "model", "paging", "memory", "state", "stored", "program"}};
  std::string refused;
  for (const SnapshotEntry& entry : entries) {
    if (entry.refused.empty()) {
      rows.push_back(row_of(entry));
    } else {
      refused += '\n' + entry.refused;
    }
  }
  std::array<std::size_t, std::tuple_size_v<Row>> widths{};
  for (const Row& row : rows)
    for (std::size_t i = 0; i + 1 < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  std::string text;
  for (const Row& row : rows) {
    if (rows.size() == 1) break;
    if (!text.empty()) text += '\n';
    for (std::size_t i = 0; i < row.size(); ++i) {
      const bool left = i == 0 || i + 1 == row.size() || (i >= first_text && i <= last_text);
      text += i == 0 ? "" : "  ";
      text += left ? fmt::format("{:<{}}", row[i], widths[i])
                   : fmt::format("{:>{}}", row[i], widths[i]);
    }
  }
  return text.empty() && !refused.empty() ? refused.substr(1) : text + refused;
}

Json to_json(const SnapshotEntry& entry) {
  if (!entry.refused.empty()) return {{"file", entry.file}, {"refused", entry.refused}};
  const SnapshotHeader& h = entry.header;
  return {{"file", entry.file},
          {"clock", h.clock},
          {"instructions", h.instructions},
          {"cpu", h.model},
          {"paging", h.paging},
          {"memory_mb", h.memory_mb},
          {"program", h.program},
          {"seed", h.seed},
          {"state_bytes", entry.payload_bytes},
          {"file_bytes", entry.file_bytes}};
}

Json to_json(const std::vector<SnapshotEntry>& entries) {
  Json list = Json::array();
  for (const SnapshotEntry& entry : entries) list.push_back(to_json(entry));
  return list;
}

std::string saved_text(const SnapshotEntry& entry) {
  return fmt::format("{}: clock {}, {} instructions, {}", entry.file, entry.header.clock,
                     entry.header.instructions, size_text(entry.file_bytes));
}

}  // namespace faultline
