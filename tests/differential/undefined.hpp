// What of a case can be compared: the manual leaves some results and flags undefined.
#pragma once

#include "tests/differential/case_generator.hpp"

namespace faultline::differential {

/// The result itself is undefined: nothing is compared.
bool undefined_result(const Encoding& encoding, const Registers& before);
/// The flags to compare: those the row does not leave undefined for this operand.
u32 defined_flags(const Encoding& encoding, const Registers& before);

}  // namespace faultline::differential
