#include "cpu/engine.hpp"

#include "cpu/interpreter/cores.hpp"

namespace faultline {

std::unique_ptr<Engine> make_engine(Timing timing, CpuContext& context, Observation* observation) {
  const bool table = timing == Timing::Table;
  if (observation == nullptr)
    return table ? make_table_core(context, {}) : make_untimed_core(context, {});
  const Watched watched{observation};
  return table ? make_table_watched_core(context, watched)
               : make_untimed_watched_core(context, watched);
}

}  // namespace faultline
