// Machine time: one counter of CPU clocks, read by everyone, advanced by the CPU.
#pragma once

#include "tlb/vocabulary.hpp"  // brings arch:: into faultline::

namespace faultline {

/// `now` and `deadline` are in CPU clocks since reset. The CPU runs until now >= deadline; a device
/// that needs the CPU's attention sooner lowers `deadline`.
struct Clock {
  u64 now = 0;
  u64 deadline = 0;
};

}  // namespace faultline
