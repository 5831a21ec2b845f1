// Packets about registers, memory and breakpoints.
#include <algorithm>

#include "debugger/gdb/server.hpp"

namespace faultline::gdb {

/// x in place of digits: there is no such value. [GDB, Packets, g]
std::string Server::register_text(unsigned number) const {
  std::vector<u8> value(target_.register_size(number));
  if (!target_.read_register(number, value)) return std::string(value.size() * 2, 'x');
  return to_hex(value);
}

Server::Reply Server::read_registers(Fields& fields) {
  if (!fields.complete()) return error::malformed;
  std::string all;
  for (unsigned i = 0; i < target_.register_count(); ++i) all += register_text(i);
  return all;
}

Server::Reply Server::write_registers(Fields& fields) {
  const auto all = from_hex(fields.rest());
  if (!all) return error::malformed;
  std::size_t size = 0;
  for (unsigned i = 0; i < target_.register_count(); ++i) size += target_.register_size(i);
  if (all->size() != size) return error::malformed;
  bool done = true;
  std::span<const u8> rest(*all);
  for (unsigned i = 0; i < target_.register_count(); ++i) {
    const std::size_t width = target_.register_size(i);
    done &= target_.write_register(i, rest.first(width));
    rest = rest.subspan(width);
  }
  return done ? "OK" : error::failed;
}

Server::Reply Server::read_register(Fields& fields) {
  const u32 number = fields.address();
  if (!fields.complete() || number >= target_.register_count()) return error::malformed;
  return register_text(number);
}

Server::Reply Server::write_register(Fields& fields) {
  const u32 number = fields.address();
  fields.expect('=');
  const auto value = from_hex(fields.rest());
  if (fields.failed() || !value || number >= target_.register_count() ||
      value->size() != target_.register_size(number)) {
    return error::malformed;
  }
  return target_.write_register(number, *value) ? "OK" : error::failed;
}

Server::Reply Server::read_memory(Fields& fields) {
  const u32 address = fields.address();
  fields.expect(',');
  const u64 length = fields.number(16);
  if (!fields.complete()) return error::malformed;
  std::vector<u8> bytes(std::min<u64>(length, packet_size / 2));
  const std::size_t there = target_.read_memory(address, bytes);
  if (there == 0 && length != 0) return error::no_memory;
  return to_hex(std::span<const u8>(bytes).first(there));
}

Server::Reply Server::write_memory(Fields& fields) {
  const u32 address = fields.address();
  fields.expect(',');
  const u64 length = fields.number(16);
  fields.expect(':');
  const auto bytes = from_hex(fields.rest());
  if (fields.failed() || !bytes || bytes->size() != length) return error::malformed;
  return target_.write_memory(address, *bytes) ? "OK" : error::no_memory;
}

Server::Reply Server::write_binary(Fields& fields) {
  const u32 address = fields.address();
  fields.expect(',');
  const u64 length = fields.number(16);
  fields.expect(':');
  const std::string_view bytes = fields.rest();
  if (fields.failed() || bytes.size() != length) return error::malformed;
  const auto* first = reinterpret_cast<const u8*>(bytes.data());
  return target_.write_memory(address, {first, bytes.size()}) ? "OK" : error::no_memory;
}

namespace {

struct Point {
  std::optional<PointKind> kind;  // nothing: one of a kind we do not have
  u32 address = 0, length = 0;
};

Point read_point(Fields& fields) {
  Point point;
  const u64 kind = fields.number();
  if (kind < point_kinds) point.kind = static_cast<PointKind>(kind);
  fields.expect(',');
  point.address = fields.address();
  fields.expect(',');
  point.length = fields.address();
  return point;
}

}  // namespace

Server::Reply Server::insert_point(Fields& fields) {
  const Point point = read_point(fields);
  if (!fields.complete()) return error::malformed;
  if (!point.kind) return "";
  return target_.insert(*point.kind, point.address, point.length) ? "OK" : error::failed;
}

Server::Reply Server::remove_point(Fields& fields) {
  const Point point = read_point(fields);
  if (!fields.complete()) return error::malformed;
  if (!point.kind) return "";
  return target_.remove(*point.kind, point.address, point.length) ? "OK" : error::failed;
}

}  // namespace faultline::gdb
