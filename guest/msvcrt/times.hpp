// Seconds since 1970 and NT's ticks of 100 ns since 1601.
#pragma once

#include "guest/msvcrt/msvcrt.hpp"

namespace c {

inline constexpr LONGLONG ticks_a_second = 10'000'000, seconds_1601_to_1970 = 11'644'473'600;

constexpr LONGLONG seconds_of(LONGLONG ticks) {
  return ticks / ticks_a_second - seconds_1601_to_1970;
}
constexpr LONGLONG ticks_of(LONGLONG seconds) {
  return (seconds + seconds_1601_to_1970) * ticks_a_second;
}
inline LONGLONG now() {
  FILETIME time;
  GetSystemTimeAsFileTime(&time);
  return static_cast<LONGLONG>(time.dwHighDateTime) << 32 | time.dwLowDateTime;
}

}  // namespace c
