// An exception on its way to the IDT, and how two of them combine. [386 §9.8.8]
#pragma once

#include <optional>

#include "arch/vector.hpp"
#include "mmu/clock.hpp"

namespace faultline {

/// A fault or trap raised by the processor itself.
struct Exception {
  Vector vector = Vector::DE;
  u32 error_code = 0;
};

enum class DoubleFault : u8 { Serial, Double, Shutdown };

/// What happens when `second` comes up while `first` is being delivered. [386 §9.8.8 table 9-3]
constexpr DoubleFault combine(std::optional<Vector> first, Vector second) {
  auto contributory = [](Vector v) {
    return v == Vector::DE || (v >= Vector::TS && v <= Vector::GP);
  };
  if (!first) return DoubleFault::Serial;
  if (*first == Vector::DF) return DoubleFault::Shutdown;
  if (*first == Vector::PF)
    return contributory(second) || second == Vector::PF ? DoubleFault::Double : DoubleFault::Serial;
  return contributory(*first) && contributory(second) ? DoubleFault::Double : DoubleFault::Serial;
}

}  // namespace faultline
