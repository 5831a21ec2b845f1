// Inputs whose programs are made of the instruction table's rows, so that they come farther than
// random bytes do.
#pragma once

#include <random>
#include <vector>

#include "mmu/clock.hpp"

namespace faultline::fuzz {

/// Bytes of an input before its program.
std::size_t header_size();

/// A complete instruction of a random row for the program of `input`, or now and then a short jump
/// back, lest there be no loops.
std::vector<u8> random_instruction(const std::vector<u8>& input, std::mt19937& random);

/// A whole input.
std::vector<u8> random_input(std::mt19937& random);

}  // namespace faultline::fuzz
