#include "cpu/interpreter/cores.hpp"
#include "cpu/interpreter/run_loop.hpp"

namespace faultline {

std::unique_ptr<Engine> make_untimed_core(CpuContext& context, Unwatched observer) {
  return std::make_unique<Core<Timing::None, Unwatched>>(context, observer);
}

}  // namespace faultline
