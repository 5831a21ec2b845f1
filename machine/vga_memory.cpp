// VGA memory: how the CPU's bytes reach the four planes. [VGA, Graphics Controller]
#include "machine/vga.hpp"
#include "machine/vga_registers.hpp"

namespace faultline {

namespace {
namespace gc = vga::graphics;

struct Window {
  u32 base, size;
};
// Miscellaneous register bits 3:2, relative to A0000h.
constexpr std::array<Window, 4> windows{
    {{0x00000, 0x20000}, {0x00000, 0x10000}, {0x10000, 0x8000}, {0x18000, 0x8000}}};

u8 combine(unsigned function, u8 data, u8 latch) {
  switch (function) {
    case 1:
      return data & latch;
    case 2:
      return data | latch;
    case 3:
      return data ^ latch;
    default:
      return data;
  }
}
}  // namespace

/// Which plane byte an offset into the window means; plane is the one that the address selects.
bool Vga::decode_memory(u32 offset, PlaneAddress& at) const {
  if (!(misc_output_ & vga::misc::memory_enable)) return false;
  const Window window = windows[graphics_[gc::miscellaneous] >> 2 & 3];
  if (offset < window.base || offset - window.base >= window.size) return false;
  const u32 address = (offset - window.base) % plane_size;
  const u8 mode = sequencer_[vga::sequencer::memory_mode];
  if (mode & vga::sequencer::chain4) {
    at = {address & ~3u, address & 3, static_cast<u8>(1u << (address & 3))};
  } else if (!(mode & vga::sequencer::not_odd_even)) {
    at = {address & ~1u, address & 1, static_cast<u8>(address & 1 ? 0x0A : 0x05)};
  } else {
    at = {address, graphics_[gc::read_map] & 3u, 0x0F};
  }
  return true;
}

u8 Vga::read_byte(u32 offset) {
  PlaneAddress at{};
  if (!decode_memory(offset, at)) return 0xFF;
  latch_ = memory_[at.address];
  if (!(graphics_[gc::mode] & gc::read_compare)) {
    const bool odd_even = at.planes == 0x05 || at.planes == 0x0A;
    return latch_[odd_even ? (graphics_[gc::read_map] & 2u) | at.plane : at.plane];
  }
  u8 equal = 0xFF;
  for (unsigned plane = 0; plane < 4; ++plane) {
    if (!(graphics_[gc::color_dont_care] >> plane & 1)) continue;
    const u8 wanted = graphics_[gc::color_compare] >> plane & 1 ? 0xFF : 0;
    equal &= static_cast<u8>(~(latch_[plane] ^ wanted));
  }
  return equal;
}

u8 Vga::plane_value(unsigned plane, u8 data) const {
  const unsigned rotation = graphics_[gc::function] & 7;
  const unsigned function = graphics_[gc::function] >> 3 & 3;
  const u8 rotated = static_cast<u8>(data >> rotation | data << (8 - rotation));
  const u8 latch = latch_[plane];
  const u8 set = graphics_[gc::set_reset] >> plane & 1 ? 0xFF : 0;
  u8 mask = graphics_[gc::bit_mask];
  u8 value = 0;
  switch (graphics_[gc::mode] & 3) {
    case 0:
      value =
          combine(function, graphics_[gc::enable_set_reset] >> plane & 1 ? set : rotated, latch);
      break;
    case 1:
      return latch;
    case 2:
      value = combine(function, data >> plane & 1 ? 0xFF : 0, latch);
      break;
    case 3:
      mask &= rotated;
      value = combine(function, set, latch);
      break;
  }
  return static_cast<u8>((value & mask) | (latch & ~mask));
}

void Vga::write_byte(u32 offset, u8 data) {
  PlaneAddress at{};
  if (!decode_memory(offset, at)) return;
  const u8 planes = at.planes & sequencer_[vga::sequencer::map_mask];
  for (unsigned plane = 0; plane < 4; ++plane) {
    if (planes >> plane & 1) memory_[at.address][plane] = plane_value(plane, data);
  }
  ++generation_;
}

u32 Vga::mmio_read(u32 offset, unsigned bytes) {
  u32 value = 0;
  for (unsigned i = 0; i < bytes; ++i) value |= u32{read_byte(offset + i)} << (8 * i);
  return value;
}

void Vga::mmio_write(u32 offset, unsigned bytes, u32 value) {
  for (unsigned i = 0; i < bytes; ++i) write_byte(offset + i, static_cast<u8>(value >> (8 * i)));
}

}  // namespace faultline
