// Scan codes: between the keyboard's set 2 and the PC's set 1, and from ASCII on a US keyboard.
#pragma once

#include <vector>

#include "arch/integers.hpp"

namespace faultline {

/// The 8042's translation of a byte from the keyboard. [PC/AT TR, Keyboard Controller]
arch::u8 set1_of_set2(arch::u8 code);
/// Its inverse for make codes 01-7F; 0 where set 1 has no key.
arch::u8 set2_of_set1(arch::u8 make);
/// Set 1 bytes of typing that character: press and release, with shift or control around them.
/// Empty for a character the keyboard does not have.
std::vector<arch::u8> keystrokes_of(char character);

}  // namespace faultline
