// The translation buffers a paging scheme's machine has, and their shadows.
#pragma once

#include "tlb/host_shadow.hpp"

namespace faultline {

/// One part serves instruction fetches and data.
template <class Part>
struct Unified {
  static constexpr bool split = false;
  Part unified{};

  constexpr Part& data() { return unified; }
  constexpr const Part& data() const { return unified; }
  constexpr Part& instruction() { return unified; }
  constexpr const Part& instruction() const { return unified; }
  constexpr void for_each(auto&& action) { action(unified); }
  constexpr void for_each(auto&& action) const { action(unified); }
};

/// One part for data, one for instruction fetches.
template <class Data, class Instruction>
struct Split {
  static constexpr bool split = true;
  Data data_part{};
  Instruction instruction_part{};

  constexpr Data& data() { return data_part; }
  constexpr const Data& data() const { return data_part; }
  constexpr Instruction& instruction() { return instruction_part; }
  constexpr const Instruction& instruction() const { return instruction_part; }
  constexpr void for_each(auto&& action) { action(data_part), action(instruction_part); }
  constexpr void for_each(auto&& action) const { action(data_part), action(instruction_part); }
};

namespace detail {
template <PagingScheme P>
struct BuffersOf;

template <>
struct BuffersOf<PagingI386> {
  using Tlbs = Unified<Tlb<I386TlbGeometry>>;
  using Shadows = Unified<HostShadow<I386TlbGeometry>>;
};

template <>
struct BuffersOf<PagingAlpha> {
  using Tlbs = Split<Tlb<AlphaDataTlbGeometry>, Tlb<AlphaInstructionTlbGeometry>>;
  using Shadows = Split<HostShadow<AlphaDataTlbGeometry>, HostShadow<AlphaInstructionTlbGeometry>>;
};
}  // namespace detail

template <PagingScheme P>
using TranslationBuffers = typename detail::BuffersOf<P>::Tlbs;

template <PagingScheme P>
using HostShadows = typename detail::BuffersOf<P>::Shadows;

}  // namespace faultline
