// A snapshot file is its prefix, the header, the payload compressed by zstd, and a checksum of all
// that.
#include "machine/snapshot_file.hpp"

#include <xxhash.h>
#include <zstd.h>

#include <algorithm>

#include "machine/snapshot_payload.hpp"

namespace faultline {
namespace {

// 89h and the line ends as PNG has them: a file that was sent as text shows it at once.
constexpr u8 magic[8] = {0x89, 'F', 'L', 'S', '\r', '\n', 0x1A, '\n'};
constexpr std::size_t checksum_size = sizeof(u64);
constexpr u32 largest_header = 64 << 10;
constexpr int compression_level = 3;

struct Prefix {
  u32 version = snapshot_format;
  u32 header = 0;               // bytes of it
  u64 stored = 0, payload = 0;  // bytes: compressed, and not
  void archive(auto& a) { a(version, header, stored, payload); }
};
constexpr std::size_t prefix_size = sizeof magic + 2 * sizeof(u32) + 2 * sizeof(u64);

u64 checksum(std::span<const u8> bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

[[noreturn]] void refuse(const std::string& name, const std::string& why) {
  throw SnapshotError(name + ": " + why);
}

Prefix check_prefix(const std::string& name, std::span<const u8> bytes) {
  if (!begins_as_snapshot(bytes))
    refuse(name, bytes.empty() ? "is empty, and no snapshot" : "is no snapshot");
  if (bytes.size() < prefix_size + checksum_size) refuse(name, "the snapshot is truncated");
  ArchiveReader reader(bytes.subspan(sizeof magic));
  Prefix prefix;
  reader(prefix);
  if (prefix.version != snapshot_format) {
    refuse(name, "is a snapshot of format " + std::to_string(prefix.version) +
                     "; this version reads format " + std::to_string(snapshot_format));
  }
  const u64 around = prefix_size + checksum_size + u64{prefix.header};
  if (prefix.header > largest_header || prefix.stored > ~u64{0} - around)
    refuse(name, "the snapshot is damaged: its lengths make no sense");
  if (around + prefix.stored > bytes.size()) {
    refuse(name, "the snapshot is truncated: it has " + std::to_string(bytes.size()) + " of its " +
                     std::to_string(around + prefix.stored) + " bytes");
  }
  if (around + prefix.stored < bytes.size()) {
    refuse(name,
           "the snapshot is damaged: " + std::to_string(bytes.size() - around - prefix.stored) +
               " bytes follow its end");
  }
  u64 stored = 0;
  ArchiveReader(bytes.last(checksum_size)).scalar(stored);
  if (checksum(bytes.first(bytes.size() - checksum_size)) != stored)
    refuse(name, "the snapshot is damaged: its checksum does not fit its contents");
  return prefix;
}

/// As much as was promised; what a damaged file might promise is bounded by `most`.
std::vector<u8> decompress(std::span<const u8> stored, u64 size, u64 most) {
  const auto damaged = [] {
    throw SnapshotError("the snapshot is damaged: its payload cannot be decompressed");
  };
  if (size > most) damaged();
  std::vector<u8> payload;
  constexpr std::size_t part = 1 << 20;
  const std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx*)> context(ZSTD_createDCtx(),
                                                                        ZSTD_freeDCtx);
  ZSTD_inBuffer in{stored.data(), stored.size(), 0};
  for (std::size_t rest = 1; rest != 0;) {
    const std::size_t had = payload.size();
    payload.resize(static_cast<std::size_t>(std::min<u64>(size, had + part)));
    ZSTD_outBuffer out{payload.data() + had, payload.size() - had, 0};
    const std::size_t read = in.pos;
    rest = ZSTD_decompressStream(context.get(), &out, &in);
    if (ZSTD_isError(rest) != 0) damaged();
    if (rest != 0 && out.pos == 0 && in.pos == read) damaged();  // it asks for more than there is
    payload.resize(had + out.pos);
  }
  if (in.pos != in.size || payload.size() != size) damaged();
  return payload;
}

SnapshotFile decode(const std::string& name, std::span<const u8> bytes, bool whole) {
  const Prefix prefix = check_prefix(name, bytes);
  SnapshotFile file{.name = name,
                    .header = {},
                    .snapshot = {},
                    .file_bytes = bytes.size(),
                    .payload_bytes = prefix.payload};
  try {
    ArchiveReader reader(bytes.subspan(prefix_size, prefix.header));
    reader(file.header);
    reader.require(reader.at_end(), "the length of its header");
    if (!whole) return file;
    const std::vector<u8> payload = decompress(
        bytes.subspan(prefix_size + prefix.header, static_cast<std::size_t>(prefix.stored)),
        prefix.payload, largest_payload(file.header));
    file.snapshot = decode_payload(file.header, payload);
  } catch (const SnapshotError& error) {
    refuse(name, error.what());
  }
  return file;
}

}  // namespace

bool begins_as_snapshot(std::span<const u8> bytes) {
  return bytes.size() >= sizeof magic &&
         std::equal(std::begin(magic), std::end(magic), bytes.begin());
}

std::vector<u8> encode_snapshot(const SnapshotHeader& header, const Snapshot& snapshot) {
  const std::vector<u8> payload = encode_payload(snapshot);
  std::vector<u8> stored(ZSTD_compressBound(payload.size()));
  const std::size_t size = ZSTD_compress(stored.data(), stored.size(), payload.data(),
                                         payload.size(), compression_level);
  if (ZSTD_isError(size) != 0) throw SnapshotError(ZSTD_getErrorName(size));
  ArchiveWriter head;
  head(const_cast<SnapshotHeader&>(header));
  ArchiveWriter a;
  a.raw(magic);
  Prefix prefix{
      .header = static_cast<u32>(head.bytes.size()), .stored = size, .payload = payload.size()};
  a(prefix);
  a.raw(head.bytes);
  a.raw(std::span(stored).first(size));
  a.scalar(checksum(a.bytes));
  return std::move(a.bytes);
}

SnapshotFile decode_snapshot(const std::string& name, std::span<const u8> bytes) {
  return decode(name, bytes, true);
}
SnapshotFile decode_snapshot_header(const std::string& name, std::span<const u8> bytes) {
  return decode(name, bytes, false);
}

}  // namespace faultline
