// What is compressed in a snapshot file: the board, RAM without its zeros, written sectors.
#pragma once

#include "machine/snapshot_file.hpp"

namespace faultline {

std::vector<u8> encode_payload(const Snapshot& snapshot);
/// Throws SnapshotError.
Snapshot decode_payload(const SnapshotHeader& header, std::span<const u8> bytes);
/// No payload of such a machine is longer.
u64 largest_payload(const SnapshotHeader& header);

}  // namespace faultline
