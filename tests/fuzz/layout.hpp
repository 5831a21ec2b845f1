// Where things lie in the 128 KB of a fuzzed machine; nothing is mapped beyond them.
#pragma once

#include "mmu/clock.hpp"

namespace faultline::fuzz::memory_map {

inline constexpr u32 vectors = 0;  // of real mode
inline constexpr u32 gdt = 0x1000, idt = 0x2000, task_state = 0x3000, second_task = 0x3800;
inline constexpr u32 handler = 0x4000;  // HLT, over and over
inline constexpr u32 directory = 0x8000, low_table = 0xA000, other_table = 0xC000;
inline constexpr u32 inner_stack_top = 0xE800, stack_top = 0xFF00;
inline constexpr u32 program = 0x10000, extent = 0x20000;  // code and data to the end

// Selectors.
inline constexpr u16 code0 = 0x08, data0 = 0x10, code3 = 0x1B, data3 = 0x23, tss = 0x28;
inline constexpr u16 first_segment_selector = 0x30;  // those of the six registers at the start
inline constexpr u16 second_tss = 0x60, first_free_selector = 0x68, gdt_limit = 0xFF;

}  // namespace faultline::fuzz::memory_map
