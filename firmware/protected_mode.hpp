// 32-bit functions of the ROM, and how real-mode code calls them.
#pragma once

#include "arch/integers.hpp"

namespace firmware {

using namespace arch;

using ProtectedFunction = u32 (*)(u32);

/// Calls `function` in flat protected mode; pass addresses as linear ones.
extern "C" u32 call_protected(ProtectedFunction function, u32 argument);

/// Argument of test_memory: [from, to), both multiples of 64 KB but for the last block's end.
struct MemoryTest {
  u32 from, to;
};
/// Returns the physical address of the first bad dword, or `to` when all is well.
extern "C" u32 test_memory(u32 memory_test);

struct BlockMove {
  u32 source, destination, words;
};
extern "C" u32 move_block(u32 block_move);

/// Linear address of an object on the services' stack, which lies in the segment SS.
inline u32 linear_address(const void* on_stack) {
  u16 ss;
  asm("movw %%ss, %0" : "=r"(ss));
  return ss * 16u + reinterpret_cast<u32>(on_stack);
}

}  // namespace firmware
