// The screen as the firmware writes to it: the text page of INT 10h.
#pragma once

#include "arch/integers.hpp"

namespace firmware {

using namespace arch;

void teletype(u8 character, u8 page);
void print(const char* rom_string);
void print_decimal(u32 value);
void print_hex(u32 value, unsigned digits);

}  // namespace firmware
