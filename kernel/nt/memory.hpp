// Virtual memory as user mode sees it: protections, allocation types, region information.
#pragma once

#include "kernel/nt/types.hpp"

inline constexpr ULONG PAGE_NOACCESS = 0x01, PAGE_READONLY = 0x02, PAGE_READWRITE = 0x04,
                       PAGE_WRITECOPY = 0x08, PAGE_EXECUTE = 0x10, PAGE_EXECUTE_READ = 0x20,
                       PAGE_EXECUTE_READWRITE = 0x40, PAGE_EXECUTE_WRITECOPY = 0x80,
                       PAGE_GUARD = 0x100, PAGE_NOCACHE = 0x200;

inline constexpr ULONG MEM_COMMIT = 0x1000, MEM_RESERVE = 0x2000, MEM_DECOMMIT = 0x4000,
                       MEM_RELEASE = 0x8000, MEM_FREE = 0x10000, MEM_PRIVATE = 0x20000,
                       MEM_MAPPED = 0x40000, MEM_TOP_DOWN = 0x100000, MEM_IMAGE = 0x1000000;

inline constexpr ULONG MAP_PROCESS = 1, MAP_SYSTEM = 2;  // where NtLockVirtualMemory locks

enum MEMORY_INFORMATION_CLASS : LONG { MemoryBasicInformation = 0 };

struct MEMORY_BASIC_INFORMATION {
  PVOID BaseAddress;
  PVOID AllocationBase;
  ULONG AllocationProtect;
  SIZE_T RegionSize;
  ULONG State;
  ULONG Protect;
  ULONG Type;
};
using PMEMORY_BASIC_INFORMATION = MEMORY_BASIC_INFORMATION*;
static_assert(sizeof(MEMORY_BASIC_INFORMATION) == 28);
