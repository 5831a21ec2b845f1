// In what two snapshots differ.
#pragma once

#include "debugger/stop_report.hpp"
#include "machine/snapshot_file.hpp"

namespace faultline {

struct SnapshotDiff {
  /// As text, of the first and of the second.
  struct Value {
    std::string name, a, b;
  };
  struct TlbSlot {
    std::string buffer;  // "TLB", or "data TLB" and "instruction TLB" where there are two
    unsigned set = 0, way = 0;
    TlbEntry a{}, b{};
  };
  struct Pages {  // neighbours
    u32 first = 0, last = 0;
    u32 bytes = 0;  // that differ
  };
  struct Device {
    std::string name;
    u32 bytes = 0;  // of its saved state that differ
  };
  struct Sectors {  // neighbours
    unsigned disk = 0;
    u32 first = 0, last = 0;
  };

  std::string a, b;  // the files
  std::vector<Value> moment, configuration, registers;
  std::vector<TlbSlot> tlb;
  u32 page_size = 0, ram_bytes = 0;  // compared: of machines of two sizes what both have
  std::vector<Pages> pages;
  std::vector<Device> devices;
  std::vector<Sectors> sectors;  // a sector that only one has written counts, whatever is in it

  bool same() const {
    return moment.empty() && configuration.empty() && registers.empty() && tlb.empty() &&
           pages.empty() && devices.empty() && sectors.empty();
  }
};

/// Throws SnapshotError for a snapshot of the other page size, and for one that is damaged in spite
/// of its checksum.
SnapshotDiff diff_snapshots(const SnapshotFile& a, const SnapshotFile& b);
std::string to_text(const SnapshotDiff& diff);
Json to_json(const SnapshotDiff& diff);

}  // namespace faultline
