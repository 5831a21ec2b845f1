// A small board for the MMU's tests: memory, a page directory, and faults as C++ exceptions.
#pragma once

#include <memory>

#include "arch/paging_alpha.hpp"
#include "arch/paging_i386.hpp"
#include "mmu/mmu.hpp"

namespace faultline::testing_support {

struct Silent {
  static constexpr bool watching = false;
};

/// What raise() throws. (The emulator leaves by longjmp; the MMU must not care.)
struct Raised {
  PageFault fault;
};

inline FaultSink throwing_sink() {
  return {nullptr, [](void*, PageFault fault) { throw Raised{fault}; }};
}

/// Rights of a page or a table, in the low three bits of an entry.
enum Rights : u32 { None = 0, Present = 1, Writable = 2, User = 4 };

/// The entry with these rights by the scheme's manual, in literal bits: i386 P 0, R/W 1, U/S 2,
/// frame 31:12; Alpha V 0, Owner 1, Dirty 2, PFN 31:9.
template <class P>
constexpr u32 raw_entry(u32 rights, u32 frame) {
  if constexpr (std::is_same_v<P, PagingI386>) {
    return rights | frame << 12;
  } else {
    return (rights & Present) | (rights & Writable ? 4 : 0) | (rights & User ? 2 : 0) | frame << 9;
  }
}

template <class P>
struct Board {
  static constexpr u32 page_size = std::is_same_v<P, PagingI386> ? 0x1000 : 0x2000;
  static constexpr u32 table_span = std::is_same_v<P, PagingI386> ? 0x400000 : 0x1000000;
  static constexpr u32 directory = 0x100000;
  static constexpr u32 first_table = 0x110000;  // one page each, in order of directory index

  PhysicalMemory memory{2u << 20};
  MmuState<P> state{};
  Clock clock{};
  Mmu<P, Silent> mmu{state, memory, clock, throwing_sink(), Silent{}};

  Board() {
    state.registers.cr3 = directory;
    state.registers.cr0 = cr0::PE | cr0::PG;
    mmu.drop_shadow();
  }

  static u32 pde_at(u32 linear) { return directory + linear / table_span * 4; }
  static u32 table_of(u32 linear) { return first_table + linear / table_span * page_size; }
  static u32 pte_at(u32 linear) { return table_of(linear) + linear % table_span / page_size * 4; }

  u32 word(u32 physical) { return memory.read<u32>({physical}); }
  void set_word(u32 physical, u32 value) { memory.write<u32>({physical}, value); }

  void map_table(u32 linear, u32 rights) {
    set_word(pde_at(linear), raw_entry<P>(rights, table_of(linear) / page_size));
  }
  void map(u32 linear, u32 physical, u32 rights, u32 table_rights = Present | Writable | User) {
    map_table(linear, table_rights);
    set_word(pte_at(linear), raw_entry<P>(rights, physical / page_size));
  }

  /// The fault of an access, or a fault with an error code of all ones when there is none.
  template <class Action>
  static PageFault fault_of(Action&& action) {
    try {
      action();
    } catch (const Raised& raised) {
      return raised.fault;
    }
    return {{0}, ~u32{0}};
  }
};

inline constexpr u32 no_fault = ~u32{0};
inline constexpr Privilege S = Privilege::Supervisor;
inline constexpr Privilege U = Privilege::User;

}  // namespace faultline::testing_support
