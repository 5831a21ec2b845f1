// The physical address space as the caller maps it.
#include <algorithm>
#include <cstring>

#include "api/engine.hpp"

namespace faultline::api {

u32 CallbackDevice::mmio_read(u32 offset, unsigned bytes) {
  return read_ == nullptr ? ~u32{0} : read_(&engine_, offset, bytes, user_);
}

void CallbackDevice::mmio_write(u32 offset, unsigned bytes, u32 value) {
  if (write_ != nullptr) write_(&engine_, offset, bytes, value, user_);
}

constexpr u64 space_size = u64{1} << 32;

namespace {

/// FAULTLINE_OK when [address, address + size) may be mapped now.
int check_place(const faultline_engine& engine, u32 address, u32 size) {
  if (!engine.stopped()) return FAULTLINE_ERROR_RUNNING;
  const u32 inside = PhysicalMemory::granule_size - 1;
  if (size == 0 || (address & inside) != 0 || (size & inside) != 0 ||
      u64{address} + size > space_size)
    return FAULTLINE_ERROR_ALIGNMENT;
  const bool overlap = std::ranges::any_of(engine.ranges, [&](const Range& range) {
    return range.covers(address) || range.address - address < size;
  });
  return overlap ? FAULTLINE_ERROR_OVERLAP : FAULTLINE_OK;
}

/// Notes the range, then maps it: what cannot be noted is not mapped.
template <class Map>
int map_range(faultline_engine* engine, u32 address, u32 size, RangeKind kind, Map map) {
  return guarded([&]() -> int {
    if (engine == nullptr) return FAULTLINE_ERROR_ARGUMENT;
    if (const int error = check_place(*engine, address, size)) return error;
    auto& range = engine->ranges.emplace_back(Range{address, size, kind, nullptr, nullptr});
    try {
      map(range);
    } catch (...) {
      engine->ranges.pop_back();
      throw;
    }
    return FAULTLINE_OK;
  });
}

}  // namespace
}  // namespace faultline::api

using faultline::HostMemory;
using faultline::PhysicalMemory;
using faultline::u32;
using faultline::u64;
using faultline::u8;
using faultline::api::guarded;
using faultline::api::map_range;
using faultline::api::Range;
using faultline::api::RangeKind;

const Range* faultline_engine::range_at(u32 address) const {
  const auto found =
      std::ranges::find_if(ranges, [&](const Range& range) { return range.covers(address); });
  return found == ranges.end() ? nullptr : &*found;
}

int faultline_engine::check_memory(u32 address, u64 size, bool write) const {
  while (size != 0) {
    const Range* range = range_at(address);
    if (range == nullptr || range->kind == RangeKind::Device) return FAULTLINE_ERROR_UNMAPPED;
    if (write && range->kind == RangeKind::Rom) return FAULTLINE_ERROR_READ_ONLY;
    const u64 inside = range->size - (address - range->address);
    if (size <= inside) break;
    if (address + inside >= faultline::api::space_size) return FAULTLINE_ERROR_UNMAPPED;
    size -= inside;
    address += static_cast<u32>(inside);
  }
  return FAULTLINE_OK;
}

extern "C" {

int faultline_map_ram(faultline_engine* engine, uint32_t address, uint32_t size) {
  return map_range(engine, address, size, RangeKind::Ram, [&](Range& range) {
    range.bytes = std::make_unique<HostMemory>(size);
    engine->memory.map_memory({address}, {range.bytes->as<u8>(), size},
                              PhysicalMemory::Stores::Taken);
  });
}

int faultline_map_host(faultline_engine* engine, uint32_t address, uint32_t size, void* bytes) {
  if (bytes == nullptr) return FAULTLINE_ERROR_ARGUMENT;
  return map_range(engine, address, size, RangeKind::Ram, [&](Range&) {
    engine->memory.map_memory({address}, {static_cast<u8*>(bytes), size},
                              PhysicalMemory::Stores::Taken);
  });
}

int faultline_map_rom(faultline_engine* engine, uint32_t address, uint32_t size,
                      const void* image) {
  if (image == nullptr) return FAULTLINE_ERROR_ARGUMENT;
  return map_range(engine, address, size, RangeKind::Rom, [&](Range& range) {
    range.bytes = std::make_unique<HostMemory>(size);
    std::memcpy(range.bytes->as<u8>(), image, size);
    engine->memory.map_memory({address}, {range.bytes->as<u8>(), size},
                              PhysicalMemory::Stores::Ignored);
  });
}

int faultline_map_device(faultline_engine* engine, uint32_t address, uint32_t size,
                         faultline_device_read read, faultline_device_write write, void* user) {
  return map_range(engine, address, size, RangeKind::Device, [&](Range& range) {
    range.device = std::make_unique<faultline::api::CallbackDevice>(*engine, read, write, user);
    engine->memory.map_device({address}, size, *range.device);
  });
}

int faultline_unmap(faultline_engine* engine, uint32_t address) {
  return guarded([&]() -> int {
    if (engine == nullptr) return FAULTLINE_ERROR_ARGUMENT;
    if (!engine->stopped()) return FAULTLINE_ERROR_RUNNING;
    const auto range = std::ranges::find(engine->ranges, address, &Range::address);
    if (range == engine->ranges.end()) return FAULTLINE_ERROR_UNMAPPED;
    engine->drop_cores();  // with the code they have decoded there
    engine->memory.unmap({address}, range->size);
    engine->ranges.erase(range);
    return FAULTLINE_OK;
  });
}

int faultline_read_physical(faultline_engine* engine, uint32_t address, void* to, size_t size) {
  return guarded([&]() -> int {
    if (engine == nullptr || (to == nullptr && size != 0)) return FAULTLINE_ERROR_ARGUMENT;
    if (const int error = engine->check_memory(address, size, false)) return error;
    engine->memory.read_bytes({address}, {static_cast<u8*>(to), size});
    return FAULTLINE_OK;
  });
}

int faultline_write_physical(faultline_engine* engine, uint32_t address, const void* from,
                             size_t size) {
  return guarded([&]() -> int {
    if (engine == nullptr || (from == nullptr && size != 0)) return FAULTLINE_ERROR_ARGUMENT;
    if (const int error = engine->check_memory(address, size, true)) return error;
    engine->memory.write_bytes({address}, {static_cast<const u8*>(from), size});
    return FAULTLINE_OK;
  });
}

}  // extern "C"
