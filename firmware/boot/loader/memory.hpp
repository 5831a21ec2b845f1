// Bytes: what the compiler may call, and the loader uses.
#pragma once

#include "arch/integers.hpp"

extern "C" {
void* memcpy(void* to, const void* from, arch::u32 count);
void* memset(void* to, int value, arch::u32 count);
int memcmp(const void* a, const void* b, arch::u32 count);
}
