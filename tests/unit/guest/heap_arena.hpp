// Pages for a heap on the host: reservations from one arena, so that all of a heap lies within 2
// GB.
#pragma once

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <map>

#include "guest/ntdll/heap_manager.hpp"

/// Commits are counted.
struct ArenaPages {
  static constexpr rtl::u32 arena_size = 1u << 30;
  static inline char* arena = nullptr;
  static inline rtl::u32 reserved = 0;
  static inline rtl::u32 committed = 0;
  static inline rtl::u32 commit_limit = ~rtl::u32{0};
  static inline std::map<void*, rtl::u32> reservations;

  static void reset() {
    if (arena == nullptr) {
      arena = static_cast<char*>(
          mmap(nullptr, arena_size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
    } else {
      mmap(arena, arena_size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED,
           -1, 0);
    }
    reserved = committed = 0;
    commit_limit = ~rtl::u32{0};
    reservations.clear();
  }
  static rtl::u32 page_size() { return 4096; }
  static void* reserve(rtl::u32 size) {
    if (reserved + size > arena_size) return nullptr;
    void* base = arena + reserved;
    reserved += (size + 0xFFFF) & ~0xFFFFu;
    reservations[base] = size;
    return base;
  }
  static bool commit(void* address, rtl::u32 size) {
    if (committed + size > commit_limit) return false;
    committed += size;
    return mprotect(address, size, PROT_READ | PROT_WRITE) == 0;
  }
  static void release(void* address) {
    ASSERT_EQ(reservations.count(address), 1u);
    mprotect(address, reservations[address], PROT_NONE);
    reservations.erase(address);
  }
};
