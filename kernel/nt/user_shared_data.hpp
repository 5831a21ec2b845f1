// KUSER_SHARED_DATA: one page, read-only for user mode at 7FFE0000h, written by the kernel.
#pragma once

#include "kernel/nt/layout.hpp"
#include "kernel/nt/types.hpp"

/// Read High1Time, LowPart, High2Time until both highs agree.
struct KSYSTEM_TIME {
  ULONG LowPart;
  LONG High1Time, High2Time;
};

struct KUSER_SHARED_DATA {
  volatile ULONG TickCountLow;  // timer interrupts since boot
  ULONG TickCountMultiplier;    // milliseconds a tick in 8.24 fixed point
  volatile KSYSTEM_TIME InterruptTime;
  volatile KSYSTEM_TIME SystemTime;  // 100 ns since 1601-01-01
  volatile KSYSTEM_TIME TimeZoneBias;
  USHORT ImageNumberLow, ImageNumberHigh;
  WCHAR NtSystemRoot[260];
  ULONG MaxStackTraceDepth, CryptoExponent, TimeZoneId, Reserved2[8], NtProductType;
  BOOLEAN ProductTypeIsValid;
  ULONG NtMajorVersion, NtMinorVersion;
};
static_assert(offsetof(KUSER_SHARED_DATA, SystemTime) == 0x14);
static_assert(offsetof(KUSER_SHARED_DATA, ImageNumberLow) == 0x2C);
static_assert(offsetof(KUSER_SHARED_DATA, NtSystemRoot) == 0x30);
static_assert(offsetof(KUSER_SHARED_DATA, NtMajorVersion) == 0x26C);

inline const KUSER_SHARED_DATA* SharedUserData() {
  return reinterpret_cast<const KUSER_SHARED_DATA*>(MM_SHARED_USER_DATA_VA);
}
