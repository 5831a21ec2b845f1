// Snapshots: what is shared, what is copied, and the hash of it all.
#include "machine/snapshot.hpp"

#include <xxhash.h>

#include <algorithm>

namespace faultline {
namespace {

constexpr Snapshot::Granule zeros{};

std::span<const u8> bytes_of(const std::shared_ptr<const Snapshot::Granule>& granule) {
  return granule ? std::span<const u8>(*granule) : std::span<const u8>(zeros);
}

bool same(std::span<const u8> a, std::span<const u8> b) {
  return std::memcmp(a.data(), b.data(), a.size()) == 0;
}

std::shared_ptr<const Snapshot::Granule> keep(std::span<const u8> granule,
                                              const std::shared_ptr<const Snapshot::Granule>* old) {
  if (old != nullptr && same(granule, bytes_of(*old))) return *old;
  if (same(granule, zeros)) return nullptr;
  auto copy = std::make_shared<Snapshot::Granule>();
  std::copy(granule.begin(), granule.end(), copy->begin());
  return copy;
}

void require_reversible(Machine& machine) {
  for (unsigned i = 0; i < 4; ++i) {
    const DiskImage* disk = machine.disk(i);
    if (disk != nullptr && !disk->reversible())
      throw SnapshotError(
          "disk " + std::to_string(i) +
          " writes to its file, which no snapshot could bring back (see --overlay)");
  }
}

}  // namespace

Snapshot take_snapshot(Machine& machine, const Snapshot* before) {
  require_reversible(machine);
  Snapshot snapshot{.clock = machine.clocks(),
                    .instructions = machine.context().state.instructions,
                    .board = machine.save_board(),
                    .memory = {},
                    .disks = {}};
  const std::span<const u8> ram = machine.memory().ram();
  const std::size_t granules = ram.size() / Snapshot::granule_size;
  snapshot.memory.reserve(granules);
  for (std::size_t i = 0; i < granules; ++i) {
    snapshot.memory.push_back(keep(ram.subspan(i * Snapshot::granule_size, Snapshot::granule_size),
                                   before != nullptr ? &before->memory[i] : nullptr));
  }
  for (unsigned i = 0; i < snapshot.disks.size(); ++i)
    if (const DiskImage* disk = machine.disk(i)) snapshot.disks[i] = disk->state();
  return snapshot;
}

void restore_snapshot(Machine& machine, const Snapshot& snapshot) {
  require_reversible(machine);
  const std::span<u8> ram = machine.memory().ram();
  if (snapshot.memory.size() * Snapshot::granule_size != ram.size())
    throw SnapshotError("the snapshot is of a machine with another memory size");
  machine.observe(nullptr);  // what code the engine has kept is of memory as it was
  for (std::size_t i = 0; i < snapshot.memory.size(); ++i) {
    const std::span<u8> to = ram.subspan(i * Snapshot::granule_size, Snapshot::granule_size);
    const std::span<const u8> from = bytes_of(snapshot.memory[i]);
    if (!same(to, from)) std::copy(from.begin(), from.end(), to.begin());
  }
  for (unsigned i = 0; i < snapshot.disks.size(); ++i)
    if (DiskImage* disk = machine.disk(i)) disk->restore(snapshot.disks[i]);
  machine.load_board(snapshot.board);
}

u64 state_hash(Machine& machine) {
  std::unique_ptr<XXH3_state_t, XXH_errorcode (*)(XXH3_state_t*)> state(XXH3_createState(),
                                                                        XXH3_freeState);
  XXH3_64bits_reset(state.get());
  const auto add = [&](std::span<const u8> bytes) {
    XXH3_64bits_update(state.get(), bytes.data(), bytes.size());
  };
  add(machine.save_board());
  add(machine.memory().ram());
  ArchiveWriter disks;
  for (unsigned i = 0; i < 4; ++i) {
    const DiskImage* disk = machine.disk(i);
    DiskState contents = disk != nullptr ? disk->state() : DiskState{};
    for (const auto& [lba, sector] : contents.written) {
      disks.scalar(lba);
      disks.raw(*sector);
    }
    disks(contents.faults);
  }
  add(disks.bytes);
  return XXH3_64bits_digest(state.get());
}

}  // namespace faultline
