// Looks at the kernel's locks after each instruction, and now and then only when they stay held.
#include "debugger/vmm_probe.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace faultline {

using arch::u64;

namespace {

// A machine that is busy for long is looked at every few instructions only.
constexpr u64 exact_tries = 1 << 16, coarse_step = 64;  // clocks

}  // namespace

VmmMoment VmmProbe::moment() {
  if (!data_) {
    const auto objects = KernelObjects::find(memory_, data_block_);
    if (!objects) return VmmMoment::NotUp;
    data_ = objects->data();
  }
  return vmm_moment(memory_, *data_);
}

VmmProbe::Arrival VmmProbe::run_on(u64 most) {
  const u64 start = machine_.clocks(), end = start + most;
  for (u64 tries = 0; moment() != VmmMoment::Quiescent; ++tries) {
    if (machine_.clocks() >= end) return Arrival::Late;
    const u64 step = tries < exact_tries ? 1 : coarse_step;
    if (machine_.run_for(std::min(step, end - machine_.clocks())).ended()) return Arrival::Ended;
  }
  longest_ = std::max(longest_, machine_.clocks() - start);
  return Arrival::Quiescent;
}

VmmViolations VmmProbe::check() {
  ++checks_;
  return news(check_vmm(machine_, data_block_));
}

std::optional<VmmViolations> VmmProbe::check_next() {
  constexpr u64 patience = 60;  // seconds
  return check_next(patience * machine_.context().model.clock_hz);
}

std::optional<VmmViolations> VmmProbe::check_next(u64 most) {
  switch (run_on(most)) {
    case Arrival::Quiescent:
      return check();
    case Arrival::Late:
      return news({{"quiescence",
                    {},
                    0,
                    0,
                    0,
                    fmt::format("no moment without a lock in {} clocks; held now: {}", most,
                                vmm_lock_name(memory_, *data_))}});
    case Arrival::Ended:
      break;
  }
  return std::nullopt;
}

VmmViolations VmmProbe::news(VmmViolations found) {
  std::erase_if(found, [&](const VmmViolation& violation) {
    return !told_.insert(to_text(violation)).second;
  });
  return found;
}

}  // namespace faultline
