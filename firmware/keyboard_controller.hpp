// The 8042 as the firmware drives it. [PC/AT TR "Keyboard controller"]
#pragma once

#include "arch/integers.hpp"

namespace firmware {

using namespace arch;

/// Self-test, then translation and IRQ 1 on, keyboard enabled. False when a step fails.
bool initialise_keyboard_controller();
void write_controller_output(u8 value);
[[noreturn]] void reset_processor();

}  // namespace firmware
