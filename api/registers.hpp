// Which register a number of the header names, and how the state holds it.
#pragma once

#include "api/engine.hpp"

namespace faultline::api {

/// The hidden part of a register from FAULTLINE_ES to FAULTLINE_TR; null for another number.
constexpr DescriptorCache* segment_of(State& state, int reg) {
  if (reg == FAULTLINE_LDTR) return &state.ldtr;
  if (reg == FAULTLINE_TR) return &state.tr;
  if (reg < FAULTLINE_ES || reg > FAULTLINE_GS) return nullptr;
  return &state.segment[reg - FAULTLINE_ES];
}

constexpr bool is_general(int reg) { return reg >= FAULTLINE_EAX && reg <= FAULTLINE_EDI; }
constexpr bool is_debug(int reg) { return reg >= FAULTLINE_DR0 && reg <= FAULTLINE_DR7; }
/// DR4 and DR5 are no registers of their own.
constexpr unsigned debug_number(int reg) {
  const auto number = static_cast<unsigned>(reg - FAULTLINE_DR0);
  return number < 4 ? number : number + 2;
}

/// TRn, where the model has it: TR3 to TR5 test the 486's cache, TR6 and TR7 the TLB.
constexpr bool is_test(int reg) { return reg >= FAULTLINE_TR3 && reg <= FAULTLINE_TR7; }
constexpr unsigned test_number(int reg) { return static_cast<unsigned>(reg - FAULTLINE_TR3) + 3; }
constexpr bool has_test_register(const Model& model, unsigned number) {
  return model.has(number < 6 ? CacheTest : TlbTest);
}

/// Loads a selector with its hidden part; an error leaves the register alone.
int load_selector(faultline_engine& engine, int reg, u16 selector);

}  // namespace faultline::api
