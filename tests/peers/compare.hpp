// The three machines beside each other, and ours beside the record.
#pragma once

#include <ostream>

#include "tests/peers/witness.hpp"

namespace faultline::peers {

/// Runs a plan on all three; true if every difference is explained. Prints what it found, and adds
/// to `record` what `check` will ask for.
bool compare(const Plan& plan, const Programs& programs, std::ostream& record);

/// Runs a plan on ours; true if it answers as the file of records says.
bool check(const Plan& plan, const Programs& programs, const std::string& file);

}  // namespace faultline::peers
