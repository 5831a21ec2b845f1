#include "cpu/interpreter/cores.hpp"
#include "cpu/interpreter/run_loop.hpp"

namespace faultline {

std::unique_ptr<Engine> make_table_core(CpuContext& context, Unwatched observer) {
  return std::make_unique<Core<Timing::Table, Unwatched>>(context, observer);
}

}  // namespace faultline
