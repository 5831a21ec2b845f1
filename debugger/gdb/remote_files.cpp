// Operations on files that only gdb calls files.
#include "debugger/gdb/remote_files.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "debugger/gdb/packet.hpp"

namespace faultline::gdb {
namespace {

/// As the protocol numbers them. [GDB, Errno Values]
namespace file_error {
inline constexpr unsigned no_entry = 2, bad_descriptor = 9, invalid = 22, too_many = 23,
                          read_only = 30;
}

std::string failure(unsigned number) { return fmt::format("F-1,{:x}", number); }

std::string with_bytes(std::string_view bytes) {
  return fmt::format("F{:x};", bytes.size()).append(bytes);
}

void put(std::string& to, u64 value, unsigned bytes) {
  while (bytes-- != 0) to += static_cast<char>(value >> 8 * bytes);
}

/// struct stat as the protocol has it, big-endian. [GDB, struct stat]
std::string stat_of(u64 size) {
  constexpr u32 regular_readable = 0100444, block = 512;
  std::string stat;
  put(stat, 0, 4);  // device, inode
  put(stat, 0, 4);
  put(stat, regular_readable, 4);
  put(stat, 1, 4);  // links; then owner, group, device
  for (int i = 0; i < 3; ++i) put(stat, 0, 4);
  put(stat, size, 8);
  put(stat, block, 8);
  put(stat, (size + block - 1) / block, 8);
  for (int i = 0; i < 3; ++i) put(stat, 0, 4);  // times
  return stat;
}

}  // namespace

std::string RemoteFiles::answer(Fields& fields) {
  const std::string_view operation = fields.until(':');
  if (operation == "open") return open(fields);
  if (operation == "close") return close(fields);
  if (operation == "pread") return read(fields);
  if (operation == "fstat") return status(fields);
  if (operation == "setfs") return "F0";  // there is one file system
  if (operation == "pwrite" || operation == "unlink") return failure(file_error::read_only);
  if (operation == "readlink") return failure(file_error::invalid);
  return "";
}

std::string RemoteFiles::open(Fields& fields) {
  const auto name = from_hex(fields.until(','));
  const u64 flags = fields.number(8);
  fields.expect(',');
  fields.number(8);
  if (!name || !fields.complete()) return failure(file_error::invalid);
  constexpr u64 writing = 3;  // O_WRONLY or O_RDWR
  if ((flags & writing) != 0) return failure(file_error::read_only);
  const std::string path(name->begin(), name->end());
  if (path.empty() || !target_.file(path)) return failure(file_error::no_entry);
  const auto slot = std::ranges::find(open_, std::string());
  if (slot == open_.end()) return failure(file_error::too_many);
  *slot = path;
  return fmt::format("F{:x}", slot - open_.begin());
}

const std::string* RemoteFiles::path_of(u64 descriptor) const {
  return descriptor < open_.size() && !open_[descriptor].empty() ? &open_[descriptor] : nullptr;
}

std::string RemoteFiles::close(Fields& fields) {
  const u64 descriptor = fields.number(8);
  if (!fields.complete() || path_of(descriptor) == nullptr)
    return failure(file_error::bad_descriptor);
  open_[descriptor].clear();
  return "F0";
}

std::string RemoteFiles::read(Fields& fields) {
  const u64 descriptor = fields.number(8);
  fields.expect(',');
  const u64 length = std::min<u64>(fields.number(16), packet_size - 32);
  fields.expect(',');
  const u64 offset = fields.number(16);
  if (!fields.complete()) return failure(file_error::invalid);
  const std::string* path = path_of(descriptor);
  const auto bytes = path != nullptr ? target_.file(*path) : std::nullopt;
  if (!bytes) return failure(file_error::bad_descriptor);
  const std::string_view all(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  return with_bytes(offset < all.size() ? all.substr(offset, length) : std::string_view());
}

std::string RemoteFiles::status(Fields& fields) {
  const u64 descriptor = fields.number(8);
  const std::string* path = path_of(descriptor);
  const auto bytes = path != nullptr ? target_.file(*path) : std::nullopt;
  if (!fields.complete() || !bytes) return failure(file_error::bad_descriptor);
  return with_bytes(stat_of(bytes->size()));
}

}  // namespace faultline::gdb
