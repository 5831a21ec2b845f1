// What snapshot files say of themselves.
#pragma once

#include <string>
#include <vector>

#include "debugger/stop_report.hpp"
#include "machine/snapshot_file.hpp"

namespace faultline {

/// Of a refused file there is only the name and why.
struct SnapshotEntry {
  std::string file;
  SnapshotHeader header{};
  u64 file_bytes = 0, payload_bytes = 0;
  std::string refused{};
};

/// One entry for each path; throws SnapshotUnreadable.
std::vector<SnapshotEntry> list_snapshots(const std::vector<std::string>& paths);
/// A table; refused files are told below it.
std::string to_text(const std::vector<SnapshotEntry>& entries);
Json to_json(const std::vector<SnapshotEntry>& entries);
Json to_json(const SnapshotEntry& entry);

/// "out.snap: clock 9000000, 1234567 instructions, 1.2 MB"
std::string saved_text(const SnapshotEntry& entry);

}  // namespace faultline
