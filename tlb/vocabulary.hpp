// Brings the treaty's vocabulary (integers, addresses, paging schemes) into the emulator's
// namespace.
#pragma once

#include "arch/address.hpp"
#include "arch/integers.hpp"

namespace faultline {

using namespace arch;  // the treaty's integer and address types are this project's vocabulary

}  // namespace faultline
