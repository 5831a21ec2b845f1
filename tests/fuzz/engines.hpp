// The property that is fuzzed: with blocks and without, with the MMU's shadow and without it, the
// same state at the same clock.
#pragma once

#include <span>
#include <string>

#include "mmu/clock.hpp"

namespace faultline::fuzz {

/// Runs the input on all engines side by side. Empty when they agree; else what differs, after
/// which slice.
std::string disagreement(std::span<const u8> bytes);

}  // namespace faultline::fuzz
