// memcpy and its kind: freestanding C++ has no <cstring>.
#pragma once

#include <cstddef>

extern "C" {
void* memcpy(void* destination, const void* source, std::size_t count);
void* memmove(void* destination, const void* source, std::size_t count);
void* memset(void* destination, int value, std::size_t count);
int memcmp(const void* left, const void* right, std::size_t count);
std::size_t strlen(const char* text);
}

inline void RtlZeroMemory(void* destination, std::size_t count) { memset(destination, 0, count); }
