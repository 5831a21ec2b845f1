// The kernel half of the address space.
// 80000000  KSEG0: physical memory, the kernel image at 80100000 in it
// C0000000  page tables, mapped by the directory's entry for itself
// E1000000  paged pool
// F0000000  nonpaged pool
// F8000000  system PTEs: kernel stacks
// FFC00000  frames side by side while paging files are read or written, for 8 transfers
// FFC80000  frames side by side while files are
// FFDF0000  the kernel's view of KUSER_SHARED_DATA; the PCR is the last page below FFE00000
#pragma once

#include "arch/loader_parameter_block.hpp"
#include "kernel/nt/layout.hpp"

inline constexpr ULONG KSEG0_BASE = arch::kernel_segment_base;
inline constexpr ULONG MM_KSEG0_SIZE = 0x20000000;  // the most RAM the kernel uses
inline constexpr ULONG MM_PAGED_POOL_START = 0xE1000000, MM_PAGED_POOL_SIZE = 0x01000000;
inline constexpr ULONG MM_NONPAGED_POOL_START = 0xF0000000, MM_NONPAGED_POOL_SIZE = 0x01000000;
inline constexpr ULONG MM_SYSTEM_PTE_START = 0xF8000000, MM_SYSTEM_PTE_SIZE = 0x01000000;
// In the page table of KI_USER_SHARED_DATA:
inline constexpr ULONG MM_PAGING_WINDOWS = 0xFFC00000, MM_PAGING_WINDOWS_SIZE = 0x80000;
inline constexpr ULONG MM_FILE_WINDOW = 0xFFC80000, MM_FILE_WINDOW_SIZE = 0x10000;
inline constexpr ULONG MM_KERNEL_STACK_SIZE = PageGeometry::round_up(0x3000);

template <class T = void>
T* MiFrameToKseg0(ULONG frame) {
  return reinterpret_cast<T*>(KSEG0_BASE + (frame << PAGE_SHIFT));
}
inline ULONG MiKseg0ToPhysical(const void* address) {
  return reinterpret_cast<ULONG>(address) - KSEG0_BASE;
}
