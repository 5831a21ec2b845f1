// The parts of the ROM that run in 32-bit protected mode: RAM test and block move. Compiled without
// -m16; they may use no constants of the ROM, since DS is flat here.
#include "firmware/protected_mode.hpp"

namespace firmware {
namespace {

constexpr u32 block_size = 0x10000;

volatile u32& dword(u32 address) { return *reinterpret_cast<volatile u32*>(address); }

/// Every data line both ways, alone: a walking one and a walking zero.
bool data_lines_work(u32 address) {
  for (u32 pattern = 1; pattern != 0; pattern <<= 1) {
    dword(address) = pattern;
    dword(address + 4) = ~pattern;  // recharges the bus: no reading back of floating lines
    if (dword(address) != pattern || dword(address + 4) != ~pattern) return false;
  }
  return true;
}

/// Dwords that differ in one address line each, all holding their own address.
template <class Visit>
void for_each_line(u32 block, u32 to, Visit visit) {
  visit(block);
  for (u32 line = 4; line < block_size && block + line < to; line <<= 1) visit(block + line);
}

}  // namespace

extern "C" u32 test_memory(u32 memory_test) {
  const auto& test = *reinterpret_cast<const MemoryTest*>(memory_test);
  const u32 from = test.from, to = test.to;
  for (u32 block = from; block < to; block += block_size) {
    if (!data_lines_work(block)) return block;
    for_each_line(block, to, [](u32 address) { dword(address) = ~address; });
  }
  // Only now read back: lines above bit 15 that stick make one block appear in another's place.
  u32 bad = to;
  for (u32 block = from; block < to && bad == to; block += block_size) {
    for_each_line(block, to, [&](u32 address) {
      if (bad == to && dword(address) != ~address) bad = address;
      dword(address) = 0;
    });
  }
  return bad;
}

extern "C" u32 move_block(u32 block_move) {
  const auto& move = *reinterpret_cast<const BlockMove*>(block_move);
  u32 source = move.source, destination = move.destination, words = move.words;
  asm volatile("rep movsw" : "+S"(source), "+D"(destination), "+c"(words) : : "memory");
  return 0;
}

}  // namespace firmware
