// Which processor a program expects when nobody says.
#pragma once

#include <span>
#include <string_view>

#include "arch/integers.hpp"
#include "cpu/model.hpp"

namespace faultline::app {

/// Does the PE32 image import from the library? False for an image whose tables lead nowhere.
bool imports_from(std::span<const arch::u8> image, std::string_view library);

/// Programs that import msvcrt.dll are compiled by compilers that take an i686 for granted, so they
/// get the model `compat`; all others the default model. [docs/models.md]
const Model& model_for_program(std::span<const arch::u8> image);

}  // namespace faultline::app
