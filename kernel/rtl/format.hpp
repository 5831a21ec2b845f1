// printf-like formatting into a buffer: %s %c %d %u %x %X %p %wZ, width and zero padding, %%.
#pragma once

#include <cstdarg>
#include <cstddef>

/// Writes at most `size` characters with the terminating NUL; returns the length written.
/// %wZ takes a UNICODE_STRING*, its characters above FFh shown as '?'.
std::size_t RtlFormatV(char* buffer, std::size_t size, const char* format, std::va_list arguments);
std::size_t RtlFormat(char* buffer, std::size_t size, const char* format, ...);
