// Which way of a set a fill replaces: the replacement state of a TLB, one object a set.
#pragma once

#include <concepts>

#include "tlb/vocabulary.hpp"

namespace faultline {

/// Replacement state of one set. `touch` records a use, `victim` names the way the next fill takes
/// when no other rule decides; with `invalid_first` an invalid way goes before it. `bits` is the
/// whole of it, for whoever shows it.
template <class R>
concept ReplacementPolicy = std::equality_comparable<R> && requires(R state, const R& constant) {
  { R::ways } -> std::convertible_to<unsigned>;
  { R::invalid_first } -> std::convertible_to<bool>;
  { state.touch(0u) } -> std::same_as<void>;
  { constant.victim() } -> std::same_as<unsigned>;
  { constant.bits() } -> std::same_as<u8>;
};

/// Pseudo-LRU, three bits for four ways. B0 picks the pair, B1 the way inside {0,1}, B2 inside
/// {2,3}; a use makes the bits on its path point away from it. [486HW, pseudo-LRU]
struct TreePseudoLru {
  static constexpr unsigned ways = 4;
  static constexpr bool invalid_first = true;
  static constexpr u8 B0 = 1, B1 = 2, B2 = 4;

  u8 state = 0;

  constexpr void touch(unsigned way) {
    // A byte a way: its path, and the bits of it that point away.
    constexpr u32 path = (B0 | B2) * 0x01010000u | (B0 | B1) * 0x0101u;
    constexpr u32 away = B2 << 16 | B0 << 8 | (B0 | B1);
    state = static_cast<u8>((state & ~(path >> 8 * way)) | away >> 8 * way);
  }
  constexpr unsigned victim() const {
    return (state & B0) == 0 ? ((state & B1) == 0 ? 0 : 1) : ((state & B2) == 0 ? 2 : 3);
  }
  constexpr u8 bits() const { return state; }
  void archive(auto& a) {
    a(state);
    a.require(state < 8, "a replacement state");
  }
  friend constexpr bool operator==(const TreePseudoLru&, const TreePseudoLru&) = default;
};

/// Not-last-used: a pointer names the next victim and steps on when the way it names is used, so
/// that it never rests on the way used last. (docs/mmu.md, "Alpha")
template <unsigned Ways>
struct NotLastUsed {
  static constexpr unsigned ways = Ways;
  static constexpr bool invalid_first = false;

  u8 pointer = 0;

  constexpr void touch(unsigned way) {
    if (way == pointer) pointer = static_cast<u8>((way + 1) % Ways);
  }
  constexpr unsigned victim() const { return pointer; }
  constexpr u8 bits() const { return pointer; }
  void archive(auto& a) {
    a(pointer);
    a.require(pointer < Ways, "a replacement state");
  }
  friend constexpr bool operator==(const NotLastUsed&, const NotLastUsed&) = default;
};

/// True when a use of `way` would change nothing: the condition under which a shadow record of it
/// may exist (docs/mmu.md, "The shadow").
template <ReplacementPolicy R>
constexpr bool touch_is_idle(R state, unsigned way) {
  R after = state;
  after.touch(way);
  return after == state;
}

static_assert(ReplacementPolicy<TreePseudoLru>);
static_assert(ReplacementPolicy<NotLastUsed<32>>);

}  // namespace faultline
