// The environment's four layouts in memory: seven words of 16 or 32 bits. [387 §2.2.5 figures 2-7
// to 2-10]
#pragma once

#include <array>

#include "cpu/state/x87_state.hpp"

namespace faultline::x87 {

/// Real also means virtual-8086 mode: pointers are 20-bit addresses there.
enum class Pointers : u8 { Real, Protected };

inline constexpr unsigned environment_words = 7;
/// Control, status, tags, instruction pointer (two words), operand pointer (two words). Of 32-bit
/// words the reserved halves hold ones.
using Environment = std::array<u32, environment_words>;

Environment environment_of(const X87State& state, Pointers pointers, bool wide);
void load_environment(X87State& state, const Environment& image, Pointers pointers, bool wide);

/// Two bits a register, by physical number: valid, zero, special, empty. [387 §2.2.4]
u16 tag_word(const X87State& state);

}  // namespace faultline::x87
