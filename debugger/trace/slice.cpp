#include "debugger/trace/slice.hpp"

#include <array>

namespace faultline {
namespace {

constexpr std::array<std::string_view, lane_count> lane_names = {"user", "kernel", "walker",  "tlb",
                                                                 "disk", "disk2",  "switches"};

}  // namespace

std::string_view name_of(Lane lane) { return lane_names[static_cast<unsigned>(lane)]; }

std::optional<Lane> lane_named(std::string_view name) {
  for (unsigned i = 0; i < lane_count; ++i) {
    if (lane_names[i] == name) return static_cast<Lane>(i);
  }
  return std::nullopt;
}

std::string_view name_of(Cause cause) {
  constexpr std::array<std::string_view, 7> names = {
      "",          "page fault", "system call",  "software interrupt",
      "interrupt", "exception",  "kernel thread"};
  return names[static_cast<unsigned>(cause)];
}

}  // namespace faultline
