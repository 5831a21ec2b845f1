// The arena's page tables: eight pages around a 4 MB boundary, and the data frames behind them.
#pragma once

#include "tests/peers/image/case.hpp"

namespace peers {

/// Kernel and window mappings; then paging is on.
void start_paging();

/// Random entries, brought into memory and TLB along the case's history.
void map_arena(Case& c, bool i486);

/// An address near a page boundary of the arena, or in the middle of a page; `room` bytes below and
/// behind it are still in the filled zones.
u32 arena_address(Random& random);

/// Fills the zones of all frames with their pattern, and the used part of the window's stack with
/// the landing's address.
void fill_frames();
/// Write behind a linear address of the arena, where a page is present, or of the window's stack.
void poke(u32 linear, u8 value);
void poke16(u32 linear, u32 value);
void poke32(u32 linear, u32 value);

/// Clears the trap frame of ring 0 that ends at `end`, should it lie in the filled zone.
void forget_trap_frame(u32 end);

/// The A and D bits now: two PDEs (A), then eight PTEs (D, A), first entry highest.
u32 accessed_and_dirty();
/// The entries as they were meant: two PDEs, then eight PTEs.
u32 wanted_entry(u32 index);
/// Linear address of the first page.
u32 arena_start();
/// Everything else in the entries, and everything in the zones.
u32 digest_tables(u32 seed);
u32 digest_frames(u32 seed);

inline u32 fold(u32 sum, u32 value) { return (sum << 5 | sum >> 27) + (value ^ sum >> 3); }

}  // namespace peers
