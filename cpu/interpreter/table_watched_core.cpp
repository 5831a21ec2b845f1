#include "cpu/interpreter/cores.hpp"
#include "cpu/interpreter/run_loop.hpp"

namespace faultline {

std::unique_ptr<Engine> make_table_watched_core(CpuContext& context, Watched observer) {
  return std::make_unique<Core<Timing::Table, Watched>>(context, observer);
}

}  // namespace faultline
