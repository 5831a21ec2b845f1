// Addresses and raw entries in JSON are strings, as in the fault log: "0x00402062".
#pragma once

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>

#include "arch/integers.hpp"

namespace faultline::nt {

using Json = nlohmann::ordered_json;

inline std::string hex(arch::u32 value) { return fmt::format("0x{:08x}", value); }

}  // namespace faultline::nt
