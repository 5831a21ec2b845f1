// Snapshots on the host's disk, and the machine they belong to.
#include <sys/stat.h>
#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "arch/paging_selected.hpp"
#include "machine/faulty_disk.hpp"
#include "machine/snapshot_file.hpp"

namespace faultline {
namespace {

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

std::vector<u8> read_whole(const std::string& path) {
  const auto fail = [&](const std::string& why) { throw SnapshotUnreadable(path + ": " + why); };
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) fail(std::strerror(errno));
  if (!S_ISREG(info.st_mode)) fail("is not a regular file");
  const std::unique_ptr<std::FILE, Close> file(std::fopen(path.c_str(), "rb"));
  if (!file) fail(std::strerror(errno));
  constexpr std::size_t part = 1 << 20;
  std::vector<u8> bytes;
  for (std::size_t got = part; got == part;) {
    const std::size_t had = bytes.size();
    bytes.resize(had + part);
    got = std::fread(bytes.data() + had, 1, part, file.get());
    bytes.resize(had + got);
    if (!begins_as_snapshot(bytes)) break;  // what else it is need not be read to its end
  }
  if (std::ferror(file.get()) != 0) fail(std::strerror(errno));
  return bytes;
}

std::string hash_text(u64 hash) {
  char text[20];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
  return text;
}

std::string text_of(const SnapshotHeader::Disk& disk) {
  if (!disk.present) return "none";
  return std::to_string(disk.sectors) + " sectors, contents " + hash_text(disk.base);
}

std::string text_of(ClockColumn column) {
  switch (column) {
    case ClockColumn::I386:
      return "the 386 manual's";
    case ClockColumn::I386Microcode:
      return "the 386 microcode's";
    case ClockColumn::I486:
      return "the 486 manual's";
  }
  return "unknown";
}

}  // namespace

SnapshotHeader header_of(Machine& machine, const SnapshotOrigin& origin, const Snapshot& snapshot) {
  const MachineConfig& config = machine.configuration();
  SnapshotHeader header;
  header.model = config.model->name;
  header.paging = arch::Paging::name;
  header.timing = config.timing;
  header.column = machine.context().column;
  header.errata = config.errata;
  header.memory_mb = config.memory_mb;
  header.firmware = XXH3_64bits(config.firmware.data(), config.firmware.size());
  header.port_logs = static_cast<u32>(config.port_logs.size());
  for (unsigned i = 0; i < header.disks.size(); ++i) {
    const DiskImage* disk = machine.disk(i);
    if (disk == nullptr) continue;
    header.disks[i] = {true, disk->sectors(), origin.bases[i],
                       static_cast<u32>(snapshot.disks[i].written.size())};
  }
  header.program = origin.program;
  header.seed = origin.seed;
  header.clock = snapshot.clock;
  header.instructions = snapshot.instructions;
  return header;
}

u64 write_snapshot(const std::string& path, const SnapshotHeader& header,
                   const Snapshot& snapshot) {
  const std::vector<u8> bytes = encode_snapshot(header, snapshot);
  std::unique_ptr<std::FILE, Close> file(std::fopen(path.c_str(), "wb"));
  if (!file || std::fwrite(bytes.data(), 1, bytes.size(), file.get()) != bytes.size() ||
      std::fflush(file.get()) != 0) {
    throw SnapshotUnwritable(path + ": " + std::strerror(errno));
  }
  if (std::fclose(file.release()) != 0)
    throw SnapshotUnwritable(path + ": " + std::strerror(errno));
  return bytes.size();
}

SnapshotFile read_snapshot(const std::string& path) {
  return decode_snapshot(path, read_whole(path));
}
SnapshotFile read_snapshot_header(const std::string& path) {
  return decode_snapshot_header(path, read_whole(path));
}

std::vector<ConfigurationDifference> compare_configurations(const SnapshotHeader& a,
                                                            const SnapshotHeader& b) {
  std::vector<ConfigurationDifference> differences;
  const auto add = [&](std::string what, std::string in_a, std::string in_b) {
    if (in_a != in_b) differences.push_back({std::move(what), std::move(in_a), std::move(in_b)});
  };
  const auto timing = [](Timing t) { return std::string(t == Timing::Table ? "table" : "none"); };
  const auto yes = [](bool value) { return std::string(value ? "yes" : "no"); };
  add("CPU model", a.model, b.model);
  add("paging", a.paging, b.paging);
  add("timing", timing(a.timing), timing(b.timing));
  add("clock column", text_of(a.column), text_of(b.column));
  add("errata", yes(a.errata), yes(b.errata));
  add("memory", std::to_string(a.memory_mb) + " MB", std::to_string(b.memory_mb) + " MB");
  add("firmware", hash_text(a.firmware), hash_text(b.firmware));
  add("port logs", std::to_string(a.port_logs), std::to_string(b.port_logs));
  for (unsigned i = 0; i < a.disks.size(); ++i)
    add("disk " + std::to_string(i), text_of(a.disks[i]), text_of(b.disks[i]));
  return differences;
}

void load_snapshot(Machine& machine, const SnapshotOrigin& origin, const SnapshotFile& file) {
  const auto refuse = [&](const std::string& why) { throw SnapshotError(file.name + ": " + why); };
  const auto differences = compare_configurations(file.header, header_of(machine, origin, {}));
  if (!differences.empty()) {
    const ConfigurationDifference& first = differences.front();
    refuse("is a snapshot of another machine: " + first.what + " " + first.a + ", here " + first.b);
  }
  for (unsigned i = 0; i < 4; ++i) {
    const DiskImage* disk = machine.disk(i);
    if (!file.snapshot.disks[i].faults.empty() && dynamic_cast<const FaultyDisk*>(disk) == nullptr)
      refuse("disk " + std::to_string(i) + " had errors injected, and here it has none");
  }
  try {
    restore_snapshot(machine, file.snapshot);
  } catch (const SnapshotError& error) {
    refuse(error.what());
  }
  if (machine.clocks() != file.header.clock ||
      machine.context().state.instructions != file.header.instructions)
    refuse("the snapshot is damaged: its header tells another moment than its processor");
}

}  // namespace faultline
