// The 80 x 25 text screen.
#pragma once

#include <cstddef>

#include "arch/integers.hpp"

void HalInitializeDisplay();  // clears the screen
void HalDisplayText(const char* text, std::size_t length);
/// White on blue, from the top; for the stop screen.
void HalDisplayStopScreen(const char* text);
