// The frames behind the arena: filled, written and digested by their physical addresses.
#include "arch/paging_i386.hpp"
#include "tests/peers/image/arena.hpp"

namespace peers {
namespace {

u32* table(u32 address) { return reinterpret_cast<u32*>(address); }

u32 physical_of(u32 linear) {
  if (linear - window::stack < 0x1000) return linear - window::stack + physical::stack;
  const u32 page = (linear - arena_start()) >> 12;
  if (page >= arena_pages || (wanted_entry(2 + page) & PagingI386::P) == 0) return 0;
  return (wanted_entry(2 + page) & 0xFFFFF000u) + (linear & 0xFFF);
}

u32* zone(u32 frame) { return table(physical::frames + frame * 0x1000); }

constexpr u32 window_stack = physical::stack + window::first_filled - window::stack;
constexpr u32 window_stack_dwords = (window::end_filled - window::first_filled) / 4;

template <class F>
void for_each_zone_dword(F&& visit) {
  for (u32 frame = 0; frame < frame_count; ++frame) {
    u32* at = zone(frame);
    for (u32 i = 0; i < 16; ++i) visit(at[i], frame * 64 + i);
    for (u32 i = 0x1F0; i < 0x210; ++i) visit(at[i], frame * 64 + i);
    for (u32 i = 0x3F0; i < 0x400; ++i) visit(at[i], frame * 64 + i);
  }
}

}  // namespace

void fill_frames() {
  for_each_zone_dword([](u32& dword, u32 i) {
    dword = (0x9D2C5680u * (i + 1) ^ i << 9) & 0xDBDBDBDB;  // at no offset AC or ID for POPF
  });
  for (u32 i = 0; i < window_stack_dwords; ++i) {
    table(window_stack)[i] = window::code + window::landing;
  }
}

void poke(u32 linear, u8 value) {
  if (const u32 at = physical_of(linear); at != 0) *reinterpret_cast<u8*>(at) = value;
}
void poke16(u32 linear, u32 value) {
  poke(linear, static_cast<u8>(value)), poke(linear + 1, static_cast<u8>(value >> 8));
}
void poke32(u32 linear, u32 value) { poke16(linear, value), poke16(linear + 2, value >> 16); }

void forget_trap_frame(u32 end) {
  for (u32 at = end - sizeof(TrapFrame) + 8; at != end; at += 4) {
    if (at >= window::first_filled && at < window::end_filled) poke32(at, 0);
  }
}

u32 digest_frames(u32 sum) {
  for_each_zone_dword([&](u32& dword, u32) { sum = fold(sum, dword); });
  for (u32 i = 0; i < window_stack_dwords; ++i) sum = fold(sum, table(window_stack)[i]);
  return sum;
}

}  // namespace peers
