// The CPU's registers as text.
#pragma once

#include <string>

#include "cpu/engine.hpp"

namespace faultline {

/// Every register of the CPU, as several lines for a person who wants to know how a run ended.
std::string post_mortem(const CpuContext& context);

}  // namespace faultline
