// The heat map as a picture: a cell a PDE, and beside them the hottest page tables, a cell a PTE.
#pragma once

#include <string_view>

#include "debugger/trace/heat_map.hpp"
#include "machine/image.hpp"

namespace faultline {

/// Red tells writes, green fetches, blue reads, each by the logarithm of its count.
Image draw_heat(const AddressSpaceHeat& heat, std::string_view title);

}  // namespace faultline
