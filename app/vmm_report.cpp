// A violation's keys are to_text's words.
#include "app/vmm_report.hpp"

#include <fmt/format.h>

namespace faultline::app {

nlohmann::ordered_json VmmReport::to_json(u64 cycle, const VmmViolation& violation) {
  return {{"cycle", cycle},
          {"invariant", violation.invariant},
          {"process", violation.process},
          {"address", fmt::format("0x{:08X}", violation.address)},
          {"pte", fmt::format("0x{:08X}", violation.pte)},
          {"frame", violation.frame},
          {"expected", violation.expected}};
}

}  // namespace faultline::app
