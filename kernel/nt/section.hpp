// Section objects as user mode sees them.
#pragma once

#include "kernel/nt/types.hpp"

inline constexpr ACCESS_MASK SECTION_QUERY = 0x0001, SECTION_MAP_WRITE = 0x0002,
                             SECTION_MAP_READ = 0x0004, SECTION_MAP_EXECUTE = 0x0008,
                             SECTION_EXTEND_SIZE = 0x0010, SECTION_ALL_ACCESS = 0x000F001F;

inline constexpr ULONG SEC_BASED = 0x00200000, SEC_NO_CHANGE = 0x00400000, SEC_FILE = 0x00800000,
                       SEC_IMAGE = 0x01000000, SEC_RESERVE = 0x04000000, SEC_COMMIT = 0x08000000,
                       SEC_NOCACHE = 0x10000000;

/// Does a clone of the process get the view?
enum SECTION_INHERIT : LONG { ViewShare = 1, ViewUnmap = 2 };

enum SECTION_INFORMATION_CLASS : LONG { SectionBasicInformation = 0 };

struct SECTION_BASIC_INFORMATION {
  PVOID BaseAddress;  // of based sections
  ULONG AllocationAttributes;
  LARGE_INTEGER MaximumSize;
};
static_assert(sizeof(SECTION_BASIC_INFORMATION) == 16);
