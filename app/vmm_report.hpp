// What the checks of the memory manager found, for a person or as JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "app/output.hpp"
#include "debugger/vmm_check.hpp"

namespace faultline::app {

/// One line each, as they come; or kept for one JSON object (docs/debugger.md).
class VmmReport {
 public:
  explicit VmmReport(bool json) : json_(json) {}
  /// `put` gets whole lines, newline included.
  template <class Put>
  void add(u64 cycle, const VmmViolations& found, Put put) {
    for (const VmmViolation& violation : found) {
      if (json_) {
        violations_.push_back(to_json(cycle, violation));
      } else {
        put("cycle " + std::to_string(cycle) + ": " + to_text(violation) + '\n');
      }
    }
  }
  const nlohmann::ordered_json& violations() const { return violations_; }

 private:
  static nlohmann::ordered_json to_json(u64 cycle, const VmmViolation& violation);
  bool json_;
  nlohmann::ordered_json violations_ = nlohmann::ordered_json::array();
};

}  // namespace faultline::app
