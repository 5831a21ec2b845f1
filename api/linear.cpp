// The debugger's peek and poke: linear addresses through the page tables, without side effects.
#include <algorithm>

#include "api/engine.hpp"
#include "mmu/peek.hpp"

namespace faultline::api {
namespace {

using Geometry = arch::Geometry<Paging>;

/// A part of a linear range that lies in one page.
struct Stretch {
  PhysicalAddress at;
  std::size_t offset, bytes;  // in the range
};

/// The parts of a range, all of them memory. Found before anything is stored, since a store may
/// change the page tables.
int find_stretches(const faultline_engine& engine, u32 address, std::size_t size, bool write,
                   std::vector<Stretch>& stretches) {
  if (size > u64{1} << 32) return FAULTLINE_ERROR_ARGUMENT;
  const Peek<Paging> peek(engine.context.mmu.registers, engine.memory);
  for (std::size_t done = 0; done < size;) {
    const u32 at = address + static_cast<u32>(done);
    const auto physical = peek.translate({at});
    if (!physical) return FAULTLINE_ERROR_NOT_PRESENT;
    const std::size_t room = Geometry::page_size - (at & Geometry::offset_mask);
    const std::size_t bytes = std::min(size - done, room);
    if (const int error = engine.check_memory(physical->value, bytes, write)) return error;
    stretches.push_back({*physical, done, bytes});
    done += bytes;
  }
  return FAULTLINE_OK;
}

}  // namespace
}  // namespace faultline::api

using faultline::u8;
using faultline::api::find_stretches;
using faultline::api::guarded;
using faultline::api::Stretch;

extern "C" {

int faultline_read_linear(faultline_engine* engine, uint32_t address, void* to, size_t size) {
  return guarded([&]() -> int {
    if (engine == nullptr || (to == nullptr && size != 0)) return FAULTLINE_ERROR_ARGUMENT;
    std::vector<Stretch> stretches;
    if (const int error = find_stretches(*engine, address, size, false, stretches)) return error;
    for (const Stretch& s : stretches)
      engine->memory.read_bytes(s.at, {static_cast<u8*>(to) + s.offset, s.bytes});
    return FAULTLINE_OK;
  });
}

int faultline_write_linear(faultline_engine* engine, uint32_t address, const void* from,
                           size_t size) {
  return guarded([&]() -> int {
    if (engine == nullptr || (from == nullptr && size != 0)) return FAULTLINE_ERROR_ARGUMENT;
    std::vector<Stretch> stretches;
    if (const int error = find_stretches(*engine, address, size, true, stretches)) return error;
    for (const Stretch& s : stretches)
      engine->memory.write_bytes(s.at, {static_cast<const u8*>(from) + s.offset, s.bytes});
    return FAULTLINE_OK;
  });
}

int faultline_translate(faultline_engine* engine, uint32_t linear, uint32_t* physical) {
  return guarded([&]() -> int {
    if (engine == nullptr || physical == nullptr) return FAULTLINE_ERROR_ARGUMENT;
    const faultline::Peek<faultline::Paging> peek(engine->context.mmu.registers, engine->memory);
    const auto at = peek.translate({linear});
    if (!at) return FAULTLINE_ERROR_NOT_PRESENT;
    *physical = at->value;
    return FAULTLINE_OK;
  });
}

}  // extern "C"
