// A micro-step in words and as JSON.
#pragma once

#include <string>

#include "debugger/stop_report.hpp"
#include "mmu/micro_step.hpp"

namespace faultline {

std::string_view name_of(MicroEvent event);  // "TLB look-up"
/// "PTE read: 00345067 at 0039F008 for 00402062".
std::string to_text(const MicroStep& step);
Json to_json(const MicroStep& step);

}  // namespace faultline
