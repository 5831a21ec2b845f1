// Days, months and years, in the time of Greenwich.
#pragma once

#include "guest/msvcrt/times.hpp"

namespace c {

inline constexpr const char* days[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                       "Thursday", "Friday", "Saturday"};
inline constexpr const char* months[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};

constexpr bool leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }
/// Of the year; month 12 is its length.
constexpr int month_start(int month, int year) {
  constexpr int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
  return before[month] + (month > 1 && leap(year) ? 1 : 0);
}
/// Days from 1970-01-01 to the year's first.
constexpr LONGLONG days_to_year(int year) {
  const LONGLONG before = LONGLONG{year} - 1;
  return (LONGLONG{year} - 1970) * 365 + (before / 4 - 492) - (before / 100 - 19) +
         (before / 400 - 4);
}

/// The last second that the 64-bit functions know: the end of the year 3000.
inline constexpr LONGLONG last_second = days_to_year(3001) * 86400 - 1;

/// Of 0 and more seconds since 1970.
tm split_time(LONGLONG seconds);
/// The seconds of a time whose parts may be out of their bounds, below -1 or above the last one
/// too.
LONGLONG join_time(const tm& time);

}  // namespace c
