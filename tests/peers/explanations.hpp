// The known differences of Bochs and QEMU, each with its reason.
#pragma once

#include <span>

#include "tests/peers/witness.hpp"

namespace faultline::peers {

/// A set of fields.
using Fields = u32;
constexpr Fields only() { return 0; }
template <class... More>
constexpr Fields only(Field first, More... more) {
  return 1u << first | only(more...);
}
inline constexpr Fields everything = (1u << field_count) - 1;

Fields differences(const Line& ours, const Line& peer);

struct Explanation {
  const char* key;
  Machine peer;
  /// The fields this explains in such a pair; 0 if it does not apply.
  Fields (*explains)(const Line& ours, const Line& peer);
  const char* reason;  // with the manual's section
};
extern const std::span<const Explanation> explanations;

}  // namespace faultline::peers
