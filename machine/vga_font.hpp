// The font a text mode starts with: code page 437 in cells of 8 x 16.
#pragma once

#include <array>

#include "arch/integers.hpp"

namespace faultline {

/// One byte a row from the top, bit 7 the leftmost pixel.
using Glyph = std::array<arch::u8, 16>;
using Font = std::array<Glyph, 256>;

const Font& default_font();

}  // namespace faultline
