// KTRAP_FRAME: what trap entry saves, at NT's offsets.
#pragma once

#include "kernel/nt.hpp"

struct KTRAP_FRAME {
  ULONG DbgEbp, DbgEip, DbgArgMark, DbgArgPointer, TempSegCs, TempEsp;
  ULONG Dr0, Dr1, Dr2, Dr3, Dr6, Dr7;
  ULONG SegGs, SegEs, SegDs;
  ULONG Edx, Ecx, Eax;
  ULONG PreviousPreviousMode, ExceptionList, SegFs;
  ULONG Edi, Esi, Ebx, Ebp;
  ULONG ErrCode;  // the vector for interrupts
  ULONG Eip, SegCs, EFlags;
  ULONG HardwareEsp, HardwareSegSs;  // pushed on a change of privilege only
  ULONG V86Es, V86Ds, V86Fs, V86Gs;

  bool from_user() const { return (SegCs & 3) != 0; }
};
static_assert(offsetof(KTRAP_FRAME, SegGs) == 0x30 && offsetof(KTRAP_FRAME, Eax) == 0x44);
static_assert(offsetof(KTRAP_FRAME, ErrCode) == 0x64 && offsetof(KTRAP_FRAME, Eip) == 0x68);
static_assert(sizeof(KTRAP_FRAME) == 0x8C);

/// Above the user-mode trap frame a kernel stack keeps room for the V86 segments, as in NT.
inline constexpr ULONG KTRAP_FRAME_V86_SIZE = 16;
inline constexpr ULONG KTRAP_FRAME_SIZE = sizeof(KTRAP_FRAME);

enum KPROCESSOR_MODE : UCHAR { KernelMode = 0, UserMode = 1 };
