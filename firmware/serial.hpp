// The 16550A serial port.
#pragma once

#include "arch/integers.hpp"

namespace firmware {

using namespace arch;

/// Finds the port by its scratch register and sets 9600 8N1.
bool initialise_serial(u16 base);

}  // namespace firmware
