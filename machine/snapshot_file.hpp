// Snapshot files: a machine at one moment, and by what to know the machine it belongs to.
#pragma once

#include "machine/snapshot.hpp"

namespace faultline {

/// A file that cannot be opened or read; the message names it and the system's reason.
struct SnapshotUnreadable : std::runtime_error {
  using std::runtime_error::runtime_error;
};
/// One that cannot be written to the end.
struct SnapshotUnwritable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What a snapshot says of itself. Only a machine of the same configuration takes it.
struct SnapshotHeader {
  struct Disk {
    bool present = false;
    u32 sectors = 0;
    u64 base = 0;     // hash_of_image of the file under it
    u32 written = 0;  // sectors that differ from it, kept in the file
    void archive(auto& a) { a(present, sectors, base, written); }
  };
  // The configuration.
  std::string model, paging;
  Timing timing = Timing::Table;
  ClockColumn column = ClockColumn::I386;
  bool errata = false;
  u32 memory_mb = 0;
  u64 firmware = 0;  // its hash
  u32 port_logs = 0;
  static constexpr u32 most_port_logs = 256;
  std::array<Disk, 4> disks;
  // The moment.
  u64 clock = 0, instructions = 0;
  // For people, and for the result file.
  std::string program;  // its command line; empty: the shell
  u64 seed = 0;         // of what RAM held at power-on

  void archive(auto& a) {
    a(model, paging, timing, column, errata, memory_mb, firmware, port_logs, disks, clock,
      instructions, program, seed);
    a.require(timing <= Timing::Table && column <= ClockColumn::I486 && memory_mb >= 1 &&
                  memory_mb <= 256 && port_logs <= most_port_logs && clock >> 62 == 0,
              "its header");
  }
};

struct SnapshotFile {
  std::string name;  // for messages
  SnapshotHeader header;
  Snapshot snapshot;
  u64 file_bytes = 0, payload_bytes = 0;  // as stored; what is compressed in it
};

inline constexpr u32 snapshot_format = 1;

/// What the machine itself does not know of where it comes from.
struct SnapshotOrigin {
  std::string program{};
  u64 seed = 0;
  std::array<u64, 4> bases{};  // hash_of_image of each disk's file
};
SnapshotHeader header_of(Machine& machine, const SnapshotOrigin& origin, const Snapshot& snapshot);

bool begins_as_snapshot(std::span<const u8> bytes);
std::vector<u8> encode_snapshot(const SnapshotHeader& header, const Snapshot& snapshot);
/// Both throw SnapshotError, which names the file and what is wrong with it. The header alone
/// still means that the checksum was right.
SnapshotFile decode_snapshot(const std::string& name, std::span<const u8> bytes);
SnapshotFile decode_snapshot_header(const std::string& name, std::span<const u8> bytes);

/// The size of the file. Throws SnapshotUnwritable.
u64 write_snapshot(const std::string& path, const SnapshotHeader& header, const Snapshot& snapshot);
/// Throw SnapshotUnreadable and SnapshotError.
SnapshotFile read_snapshot(const std::string& path);
SnapshotFile read_snapshot_header(const std::string& path);

/// One thing in which two configurations differ, as text.
struct ConfigurationDifference {
  std::string what, a, b;
};
std::vector<ConfigurationDifference> compare_configurations(const SnapshotHeader& a,
                                                            const SnapshotHeader& b);

/// restore_snapshot, if the file belongs to such a machine. Throws SnapshotError.
void load_snapshot(Machine& machine, const SnapshotOrigin& origin, const SnapshotFile& file);

}  // namespace faultline
