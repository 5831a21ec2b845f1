// The memory a fuzzed machine starts with: tables as the processor demands them, as far as the
// input leaves them alone, and a program of the input's bytes.
#pragma once

#include <vector>

#include "tests/fuzz/plan.hpp"

namespace faultline::fuzz {

std::vector<u8> make_image(const Plan& plan, Input& input);

}  // namespace faultline::fuzz
