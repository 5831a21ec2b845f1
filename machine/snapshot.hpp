// A whole machine at one boundary of its run, in the host's memory.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "machine/archive.hpp"
#include "machine/machine.hpp"

namespace faultline {

/// Parts that did not change are shared with the snapshot before.
struct Snapshot {
  static constexpr std::size_t granule_size = PhysicalMemory::granule_size;
  using Granule = std::array<u8, granule_size>;

  u64 clock = 0, instructions = 0;
  std::vector<u8> board;                               // Machine::save_board
  std::vector<std::shared_ptr<const Granule>> memory;  // RAM from address 0; null is zeros
  std::array<DiskState, 4> disks;
};

/// Throws SnapshotError when a disk could not be brought back (DiskImage::reversible).
Snapshot take_snapshot(Machine& machine, const Snapshot* before = nullptr);

/// The machine goes on from there to the clock and to the byte as it did then. It must be of the
/// same configuration. Afterwards nobody observes it. Throws SnapshotError, and then it is fit for
/// another one only.
void restore_snapshot(Machine& machine, const Snapshot& snapshot);

/// Of everything a snapshot keeps: equal machines, equal hashes.
u64 state_hash(Machine& machine);

}  // namespace faultline
