// The payload, both ways.
#include "machine/snapshot_payload.hpp"

#include <algorithm>

namespace faultline {
namespace {

constexpr u64 largest_board = 16 << 20;

void encode_disk(ArchiveWriter& a, DiskState disk) {
  a.scalar(static_cast<u32>(disk.written.size()));
  for (const auto& [lba, sector] : disk.written) {
    a.scalar(lba);
    a.raw(*sector);
  }
  a(disk.faults);
}

DiskState decode_disk(ArchiveReader& a, const SnapshotHeader::Disk& disk) {
  DiskState state;
  u32 count = 0;
  a.scalar(count);
  a.require(count == disk.written, "the number of a disk's sectors");
  for (u32 i = 0, lba = 0; i < count; ++i) {
    a.scalar(lba);
    a.require(lba < disk.sectors && (i == 0 || lba > state.written.rbegin()->first),
              "the number of a sector");
    auto sector = std::make_shared<Sector>();
    const std::span<const u8> bytes = a.take(sector_size);
    std::copy(bytes.begin(), bytes.end(), sector->begin());
    state.written.emplace_hint(state.written.end(), lba, std::move(sector));
  }
  a(state.faults);
  for (const DiskFault& fault : state.faults) {
    a.require(fault.direction <= DiskFault::Direction::Write && fault.first < disk.sectors &&
                  fault.sectors <= disk.sectors - fault.first,
              "a disk error");
  }
  return state;
}

}  // namespace

u64 largest_payload(const SnapshotHeader& header) {
  u64 size = largest_board + (u64{header.memory_mb} << 20) * 9 / 8;
  for (const SnapshotHeader::Disk& disk : header.disks)
    size += u64{disk.written} * (sector_size + sizeof(u32));
  return size;
}

std::vector<u8> encode_payload(const Snapshot& snapshot) {
  ArchiveWriter a;
  a.scalar(static_cast<u32>(snapshot.board.size()));
  a.raw(snapshot.board);
  std::vector<u8> present((snapshot.memory.size() + 7) / 8);
  for (std::size_t i = 0; i < snapshot.memory.size(); ++i)
    if (snapshot.memory[i]) present[i / 8] = static_cast<u8>(present[i / 8] | 1u << i % 8);
  a.raw(present);
  for (const auto& granule : snapshot.memory)
    if (granule) a.raw(*granule);
  for (const DiskState& disk : snapshot.disks) encode_disk(a, disk);
  return std::move(a.bytes);
}

Snapshot decode_payload(const SnapshotHeader& header, std::span<const u8> bytes) {
  ArchiveReader a(bytes);
  Snapshot snapshot;
  snapshot.clock = header.clock;
  snapshot.instructions = header.instructions;
  u32 size = 0;
  a.scalar(size);
  const std::span<const u8> board = a.take(size);
  snapshot.board.assign(board.begin(), board.end());
  snapshot.memory.resize((std::size_t{header.memory_mb} << 20) / Snapshot::granule_size);
  const std::span<const u8> present = a.take((snapshot.memory.size() + 7) / 8);
  for (std::size_t i = 0; i < snapshot.memory.size(); ++i) {
    if ((present[i / 8] >> i % 8 & 1) == 0) continue;
    const std::span<const u8> from = a.take(Snapshot::granule_size);
    auto granule = std::make_shared<Snapshot::Granule>();
    std::copy(from.begin(), from.end(), granule->begin());
    snapshot.memory[i] = std::move(granule);
  }
  for (unsigned i = 0; i < snapshot.disks.size(); ++i)
    snapshot.disks[i] = decode_disk(a, header.disks[i]);
  a.require(a.at_end(), "its length");
  return snapshot;
}

}  // namespace faultline
