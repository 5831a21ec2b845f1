// The hidden part of a segment register, loaded with it. [386 §5.1.4]
#pragma once

#include "arch/descriptor.hpp"
#include "mmu/clock.hpp"

namespace faultline {

struct DescriptorCache {
  u16 selector = 0;
  u8 access = 0;     // the descriptor's access byte; 0 = null or unusable in protected mode
  u8 dpl = 0;        // of SS this is CPL
  bool big = false;  // D/B bit
  u32 base = 0;
  u32 limit = 0;  // offset of the last byte, granularity applied

  // Derived by derive(): the highest offset that a plain read or write may touch without a closer
  // look, or -1. Expand-down and execute-only segments always take the closer look.
  s64 read_top = -1;
  s64 write_top = -1;

  constexpr void derive();
  /// Every access takes the closer look: while alignment is checked.
  constexpr void close() { read_top = write_top = -1; }
  constexpr bool usable() const { return (access & segment_access::P) != 0; }
  constexpr bool code() const { return (access & segment_access::code) != 0; }
  constexpr bool writable() const { return !code() && (access & segment_access::writable) != 0; }
  constexpr bool readable() const { return !code() || (access & segment_access::readable) != 0; }
  constexpr bool expand_down() const {
    return !code() && (access & segment_access::expand_down) != 0;
  }
};

/// A bit for each of the 16 types of segment that a plain access may use.
constexpr u32 plain_types(bool write) {
  u32 types = 0;
  for (u8 type = 0; type < 16; ++type) {
    const DescriptorCache d{.access = type};
    if (!d.expand_down() && (write ? d.writable() : d.readable())) types |= 1u << type;
  }
  return types;
}

constexpr void DescriptorCache::derive() {
  constexpr u32 reads = plain_types(false), writes = plain_types(true);
  const unsigned type = access & 15u;
  read_top = usable() && bit(reads, type) ? s64{limit} : -1;
  write_top = usable() && bit(writes, type) ? s64{limit} : -1;
}

/// GDTR and IDTR. [386 §4.1.2]
struct TableRegister {
  u32 base = 0;
  u16 limit = 0;
};

}  // namespace faultline
