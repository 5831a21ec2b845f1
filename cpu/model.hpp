// CPU models are data: features, a clock column, pins, reset values.
#pragma once

#include <algorithm>
#include <span>
#include <string_view>

#include "cpu/erratum.hpp"
#include "cpu/isa/attribute.hpp"

namespace faultline {

/// Which column of the instruction table's clocks is charged: the manual's of the 386 with its
/// slips put right, what the 386's microcode listing counts, the manual's of the 486.
enum class ClockColumn : u8 { I386, I386Microcode, I486 };

/// The numeric coprocessor: none, a 387 beside the 386, or the unit on the 486's chip.
enum class FpuKind : u8 { None, I387, I486 };

struct Model {
  std::string_view name;         // as on the command line: "i486sx"
  std::string_view description;  // one line for --help
  ClockColumn column;
  u8 family;     // 3 or 4: CR0, EFLAGS and exceptions are of that manual [486 App. B]
  u32 features;  // rows of the table that need one: cpu/isa/attribute.hpp
  u16 reset_dx;  // DH component id, DL stepping [386 §10.1]; also CPUID's signature
  u32 clock_hz;  // nominal frequency: turns clocks into seconds for the board
  FpuKind fpu = FpuKind::None;
  u8 address_lines = 32;
  u8 data_lines = 32;
  u32 errata = 0;  // what --errata brings out: cpu/erratum.hpp

  constexpr bool has(Attribute feature) const { return (features & feature) != 0; }
  /// RAM that a board gives it: what the pins reach, 256 MB at most.
  constexpr u32 address_limit_mb() const { return 1u << std::min(address_lines - 20, 8); }
};

std::span<const Model> models();
/// The model of that name, or nullptr.
const Model* find_model(std::string_view name);
const Model& default_model();

}  // namespace faultline
