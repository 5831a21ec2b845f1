// CPU models are data: a feature mask, a clock column, reset values.
#pragma once

#include <span>
#include <string_view>

#include "mmu/clock.hpp"

namespace faultline {

/// Which column of the instruction table's clocks a model reads.
enum class ClockColumn : u8 { I386, I486 };

/// The numeric coprocessor: none, a 387 beside the 386, or the unit on the 486's chip.
enum class FpuKind : u8 { None, I387, I486 };

struct Model {
  std::string_view name;         // as on the command line: "i486sx"
  std::string_view description;  // one line for --help
  ClockColumn column;
  u8 family;              // 3 or 4: first family whose instructions it has
  bool write_protect;     // CR0.WP, CR0.AM, EFLAGS.AC exist [486 §4.1]
  bool invlpg;            // from the 486 on; in the Alpha build on every model, as TBIS
  u16 reset_dx;           // DH component id, DL stepping [386 §10.1]
  u32 clock_hz;           // nominal frequency: turns clocks into seconds for the board
  u32 address_limit_mb;   // RAM the address pins reach, in MB
  FpuKind fpu = FpuKind::None;
};

std::span<const Model> models();
/// The model of that name, or nullptr.
const Model* find_model(std::string_view name);
const Model& default_model();

}  // namespace faultline
