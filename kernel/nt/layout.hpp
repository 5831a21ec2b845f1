// The user half of the address space, selectors, and the addresses derived from the page size.
#pragma once

#include "arch/paging_selected.hpp"
#include "kernel/nt/types.hpp"

using PageGeometry = arch::Geometry<arch::Paging>;
inline constexpr ULONG PAGE_SIZE = PageGeometry::page_size;
inline constexpr ULONG PAGE_SHIFT = PageGeometry::page_shift;
inline constexpr ULONG MM_ALLOCATION_GRANULARITY = 0x10000;

// User addresses: 64 KB of no-man's land at both ends.
inline constexpr ULONG MM_LOWEST_USER_ADDRESS = 0x00010000;
inline constexpr ULONG MM_HIGHEST_USER_ADDRESS = 0x7FFEFFFF;
inline constexpr ULONG MM_USER_PROBE_ADDRESS = 0x7FFF0000;
inline constexpr ULONG MM_HIGHEST_VAD_ADDRESS = 0x7FFDFFFF;
inline constexpr ULONG MM_SHARED_USER_DATA_VA = 0x7FFE0000;

/// The PEB is the last page a VAD can describe; the TEBs lie below it, a page each.
inline constexpr ULONG MM_PEB_ADDRESS = MM_HIGHEST_VAD_ADDRESS + 1 - PAGE_SIZE;
inline constexpr ULONG MM_FIRST_TEB_ADDRESS = MM_PEB_ADDRESS - PAGE_SIZE;

// Selectors.
inline constexpr USHORT KGDT_R0_CODE = 0x08, KGDT_R0_DATA = 0x10, KGDT_R3_CODE = 0x1B,
                        KGDT_R3_DATA = 0x23, KGDT_TSS = 0x28, KGDT_R0_PCR = 0x30,
                        KGDT_R3_TEB = 0x3B;
