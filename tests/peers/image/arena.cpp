// Random two-level tables, and the ways they can have come into the TLB. [386 §5.2]
#include "tests/peers/image/arena.hpp"

#include "arch/paging_i386.hpp"
#include "tests/peers/image/processor.hpp"

namespace peers {

extern "C" const u8 bss_end;

namespace {

using Paging = PagingI386;

u32* table(u32 address) { return reinterpret_cast<u32*>(address); }

struct Entries {
  u32 directory[2];
  u32 pages[arena_pages];
};

u32 directory_index = 2;  // of the arena's first table
Entries wanted;

u32& directory_slot(u32 i) { return table(physical::directory)[directory_index + i]; }
u32& page_slot(u32 p) {
  return p < 4 ? table(physical::arena_tables)[1020 + p]
               : table(physical::arena_tables + 0x1000)[p - 4];
}
u32 page_address(u32 p) { return ((directory_index + 1) << 22) + (p - 4) * 0x1000; }

void write_entries(const Entries& entries) {
  for (u32 i = 0; i < 2; ++i) directory_slot(i) = entries.directory[i];
  for (u32 p = 0; p < arena_pages; ++p) page_slot(p) = entries.pages[p];
}

/// Bits 4:3 are PCD and PWT on the i486, reserved on the 386; 8:7 are reserved. [386 §5.2.3]
u32 random_rights(Random& random, bool i486) {
  u32 entry = random.chance(2, 3) ? Paging::RW : 0;
  if (random.chance(3, 4)) entry |= Paging::US;
  if (random.chance(1, 2)) entry |= Paging::A;
  if (i486) entry |= random.next() & (Paging::PWT | Paging::PCD);
  return entry | (random.next() & 0xE00);
}

/// An entry that is not present may hold anything else. [386 §5.2.3.1]
u32 absent(Random& random) { return random.next() & ~Paging::P; }

Entries random_entries(Random& random, bool i486) {
  Entries e;
  for (u32 i = 0; i < 2; ++i) {
    e.directory[i] = random.chance(1, 16) ? absent(random)
                                          : Paging::P | random_rights(random, i486) |
                                                (physical::arena_tables + i * 0x1000);
    if (random.chance(1, 2)) e.directory[i] |= Paging::US | Paging::RW;
  }
  for (u32& page : e.pages) {
    page = random.chance(1, 8) ? absent(random)
                               : Paging::P | random_rights(random, i486) |
                                     (physical::frames + random.below(frame_count) * 0x1000);
    if (random.chance(1, 2)) page |= Paging::D;
  }
  return e;
}

/// Reads a byte of some pages as the supervisor; a fault is no matter.
void touch_some(Random& random) {
  const u32 which = random.next();
  Entry entry{};
  entry.ds = entry.es = selector::data(0);
  entry.eip = window::code;  // mov al, [ebx]; int 40h
  entry.cs = selector::code(0);
  entry.eflags = 2;
  for (u32 p = 0; p < arena_pages; ++p) {
    if (!bit(which, p + 8)) continue;
    entry.ebx = page_address(p);
    enter_case(&entry);
  }
}

void map_after_others(Random& random, bool single) {
  const Entries others = [&] {
    Entries e = wanted;
    for (u32 i = 0; i < 2; ++i) e.directory[i] = physical::arena_tables + i * 0x1000 + 0x27;
    for (u32& page : e.pages) page = physical::frames + random.below(frame_count) * 0x1000 + 0x67;
    return e;
  }();
  write_entries(others);
  load_cr3(physical::directory);
  touch_some(random);
  write_entries(wanted);
  if (single) {
    for (u32 p = 0; p < arena_pages; ++p) invalidate_page(page_address(p));
  } else {
    load_cr3(physical::directory);
  }
}

/// Only entries that were not present change, so no TLB entry is stale.
void map_in_two_steps(Random& random) {
  const u32 hidden = random.next();
  Entries first = wanted;
  for (u32 i = 0; i < 2; ++i) {
    if (bit(hidden, i + 20) && bit(hidden, i + 22)) first.directory[i] &= ~Paging::P;
  }
  for (u32 p = 0; p < arena_pages; ++p) {
    if (bit(hidden, p)) first.pages[p] &= ~Paging::P;
  }
  write_entries(first);
  load_cr3(physical::directory);
  touch_some(random);
  for (u32 i = 0; i < 2; ++i) {
    if ((first.directory[i] & Paging::P) == 0) directory_slot(i) = wanted.directory[i];
  }
  for (u32 p = 0; p < arena_pages; ++p) {
    if ((first.pages[p] & Paging::P) == 0) page_slot(p) = wanted.pages[p];
  }
}

}  // namespace

void start_paging() {
  for (u32 i = 0; i < 5 * 1024; ++i) table(physical::directory)[i] = 0;
  table(physical::directory)[0] = physical::kernel_table | 0x63;
  table(physical::directory)[1] = physical::window_table | 0x67;
  // Only what is ours: elsewhere a stray access of ring 0 faults, whatever a BIOS left there.
  const auto map = [](u32 from, u32 to) {
    for (u32 at = from & ~0xFFFu; at < to; at += 0x1000) {
      table(physical::kernel_table)[at >> 12] = at | 0x63;
    }
  };
  map(0, 0x1000);
  map(0x7C00, reinterpret_cast<u32>(&bss_end));
  map(physical::stack_end, physical::end);
  table(physical::window_table)[0] = physical::code | 0x67;
  table(physical::window_table)[1] = physical::stack | 0x67;
  load_cr3(physical::directory);
  write_cr0(read_cr0() | 0x80000000u);
}

void map_arena(Case& c, bool i486) {
  for (u32 i = 0; i < 2; ++i) directory_slot(i) = 0;
  static constexpr u32 places[] = {2, 0x1FF, 0x2A5, 0x3FD};
  directory_index = c.random.pick(places);
  wanted = random_entries(c.random, i486);
  switch (c.history) {
    case History::Replaced:
    case History::Single:
      return map_after_others(c.random, c.history == History::Single);
    case History::Appeared:
      return map_in_two_steps(c.random);
    default:
      write_entries(wanted);
      load_cr3(physical::directory);
      if (c.history == History::Warm) touch_some(c.random);
  }
}

u32 arena_address(Random& random) {
  const u32 page = page_address(1 + random.below(arena_pages - 1));
  switch (random.below(8)) {
    case 0:
      return page + 0x7F0 - 0x1000 + random.below(32);
    case 1:
      return page - 32 + random.below(64);
    case 2:
      return page;
    default:
      return page - 8 + random.below(12);
  }
}

u32 accessed_and_dirty() {
  u32 bits = 0;
  for (u32 i = 0; i < 2; ++i) bits = bits << 1 | (directory_slot(i) >> 5 & 1);
  for (u32 p = 0; p < arena_pages; ++p) bits = bits << 2 | (page_slot(p) >> 5 & 3);
  return bits;
}

u32 wanted_entry(u32 index) {
  return index < 2 ? wanted.directory[index] : wanted.pages[index - 2];
}

u32 arena_start() { return page_address(0); }

u32 digest_tables(u32 sum) {
  constexpr u32 told = Paging::A | Paging::D;
  for (u32 i = 0; i < 2; ++i) sum = fold(sum, directory_slot(i) & ~told);
  for (u32 p = 0; p < arena_pages; ++p) sum = fold(sum, page_slot(p) & ~told);
  return sum;
}

}  // namespace peers
