// Three commands of QEMU's monitor in its own layout, because tools for gdb read them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cpu/engine.hpp"

namespace faultline::gdb {

/// "info registers", "info mem" and "info tlb"; nothing for any other command. [QEMU]
std::optional<std::string> qemu_answer(const CpuContext& context, std::string_view command);

}  // namespace faultline::gdb
