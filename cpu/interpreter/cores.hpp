// The cores that exist, each compiled in a file of its own.
#pragma once

#include <memory>

#include "cpu/engine.hpp"
#include "cpu/observer.hpp"

namespace faultline {

std::unique_ptr<Engine> make_untimed_core(CpuContext& context, Unwatched observer);
std::unique_ptr<Engine> make_untimed_watched_core(CpuContext& context, Watched observer);
std::unique_ptr<Engine> make_table_core(CpuContext& context, Unwatched observer);
std::unique_ptr<Engine> make_table_watched_core(CpuContext& context, Watched observer);

}  // namespace faultline
