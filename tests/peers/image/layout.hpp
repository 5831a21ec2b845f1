// Where things lie. Below 4 MB linear is physical, for the supervisor only.
#pragma once

#include "arch/integers.hpp"

namespace peers {

using namespace arch;

namespace physical {
// What SGDT and ESP can tell must not depend on how this was compiled.
inline constexpr u32 stack_end = 0x39000,  // of the program's own stack, which starts at tables
    tables = 0x3D000,                      // IDT, GDT, LDT, TSS
    case_stack = 0x3F000;                  // ESP0, and ESP of ring 0
inline constexpr u32 directory = 0x40000, kernel_table = 0x41000, window_table = 0x42000,
                     arena_tables = 0x43000,  // two
    frames = 0x45000,                         // four, behind the arena's pages
    code = 0x49000, stack = 0x4A000, end = 0x4B000;
}  // namespace physical

/// The window: a page of code and one of stack that every ring may use.
namespace window {
inline constexpr u32 code = 0x400000, stack = 0x401000;
inline constexpr u32 snippet = 0x100, landing = 0x800;  // offsets in the code page
inline constexpr u32 first_filled = stack + 0xB40, end_filled = stack + 0xC20;
inline constexpr u32 inner_stack2 = stack + 0xB80, inner_stack1 = stack + 0xBC0,
                     return_stack = stack + 0xBE0, initial_stack = stack + 0xC00;
}  // namespace window

/// The arena: eight pages around a boundary of 4 MB, mapped at random.
inline constexpr u32 arena_pages = 8, frame_count = 4;

/// Selectors of the GDT. Flat code and data of a ring: code(ring), data(ring).
namespace selector {
constexpr u16 code(u32 ring) { return static_cast<u16>((1 + 2 * ring) * 8 + ring); }
constexpr u16 data(u32 ring) { return static_cast<u16>((2 + 2 * ring) * 8 + ring); }
inline constexpr u16 task = 9 * 8, local_table = 10 * 8;
/// Code whose base is the code page: of each ring, then conforming of DPL 0.
constexpr u16 landing(u32 which) { return static_cast<u16>((11 + which) * 8); }
inline constexpr u32 first_slot = 16;
}  // namespace selector

/// Descriptors under test: four in the GDT, four in the LDT.
inline constexpr u32 slot_count = 8, slots_in_gdt = 4;

/// How a case ends when nothing faults: the interrupt behind the access, or where a far transfer
/// lands.
inline constexpr u8 done_vector = 0x40, landed_vector = 0x41, test_vector = 0x50;

}  // namespace peers
