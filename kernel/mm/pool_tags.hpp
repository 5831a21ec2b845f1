// Use of a pool by tag. A table of fixed size, so that counting needs no pool itself; the host's
// tests run it.
#pragma once

#include "arch/integers.hpp"

struct PoolTagUsage {
  arch::u32 tag, allocations, frees, bytes;  // bytes in use now
};

/// Entries stay for good, so what was allocated under one is freed under it. The last entry takes
/// every tag that comes when the others are taken.
template <arch::u32 capacity>
class PoolTagTable {
 public:
  static constexpr arch::u32 overflow_tag = 0x6C66764F;  // "Ovfl"

  void allocated(arch::u32 tag, arch::u32 bytes) {
    PoolTagUsage& usage = usage_of(tag);
    ++usage.allocations;
    usage.bytes += bytes;
  }
  void freed(arch::u32 tag, arch::u32 bytes) {
    PoolTagUsage& usage = usage_of(tag);
    ++usage.frees;
    usage.bytes -= bytes;
  }

  arch::u32 count() const { return count_; }
  const PoolTagUsage& operator[](arch::u32 index) const { return entries_[index]; }

 private:
  static_assert(capacity >= 2);

  PoolTagUsage& usage_of(arch::u32 tag) {
    for (arch::u32 i = 0; i < count_; ++i) {
      if (entries_[i].tag == tag) return entries_[i];
    }
    if (count_ == capacity) return entries_[capacity - 1];
    PoolTagUsage& added = entries_[count_++];
    added.tag = count_ == capacity ? overflow_tag : tag;
    return added;
  }

  PoolTagUsage entries_[capacity] = {};
  arch::u32 count_ = 0;
};
