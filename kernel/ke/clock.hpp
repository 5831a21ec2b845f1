// Time: the 100 Hz clock interrupt, interrupt time, system time, the performance counter.
#pragma once

#include "kernel/nt.hpp"

inline constexpr ULONG KeClockHz = 100;
inline constexpr ULONG KeTimeIncrement = 10'000'000 / KeClockHz;  // 100 ns a tick

void KiInitializeClock();
ULONG KeGetTickCount();            // ticks
ULONGLONG KeQueryInterruptTime();  // 100 ns since boot
/// Of a timeout: negative is from now on, positive a system time.
ULONGLONG KeInterruptTimeOf(LARGE_INTEGER timeout);
LONGLONG KeQuerySystemTime();      // 100 ns since 1601-01-01
LONGLONG KeBootTime();
LONGLONG KeQueryPerformanceCounter();  // counts of the 8254, 1193182 a second
