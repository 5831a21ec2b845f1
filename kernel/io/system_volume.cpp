// FAT's time stamps.
#include "kernel/io/system_volume.hpp"


namespace {

constexpr LONGLONG seconds_to_nt = 10'000'000;
constexpr ULONG fat_epoch_year = 1980, nt_epoch_year = 1601;

bool is_leap(ULONG year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

ULONG days_in_month(ULONG year, ULONG month) {
  constexpr UCHAR days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return days[month - 1] + (month == 2 && is_leap(year) ? 1u : 0u);
}

/// Days from 1601-01-01 to January 1 of a year.
ULONG days_before_year(ULONG year) {
  const ULONG years = year - nt_epoch_year;
  return years * 365 + years / 4 - years / 100 + years / 400;
}

}  // namespace

FatTimestamp IoTimeToFat(LONGLONG time) {
  const auto seconds = static_cast<ULONGLONG>(time / seconds_to_nt);
  ULONG days = static_cast<ULONG>(seconds / 86400);
  const ULONG of_day = static_cast<ULONG>(seconds % 86400);
  ULONG year = fat_epoch_year;
  if (days < days_before_year(year)) return {0, 0x0021};  // 1980-01-01
  while (days >= days_before_year(year + 1)) ++year;
  days -= days_before_year(year);
  ULONG month = 1;
  for (; days >= days_in_month(year, month); ++month) days -= days_in_month(year, month);
  return {static_cast<USHORT>((of_day / 3600) << 11 | (of_day / 60 % 60) << 5 | of_day % 60 / 2),
          static_cast<USHORT>((year - fat_epoch_year) << 9 | month << 5 | (days + 1))};
}

LONGLONG IoTimeFromFat(const FatTimestamp& stamp) {
  const ULONG year = fat_epoch_year + (stamp.date >> 9);
  const ULONG month = stamp.date >> 5 & 15, day = stamp.date & 31;
  if (month < 1 || month > 12 || day < 1) return 0;
  ULONG days = days_before_year(year) + day - 1;
  for (ULONG m = 1; m < month; ++m) days += days_in_month(year, m);
  const ULONG of_day =
      (stamp.time >> 11) * 3600u + (stamp.time >> 5 & 63u) * 60u + (stamp.time & 31u) * 2u;
  return (LONGLONG{days} * 86400 + of_day) * seconds_to_nt;
}

