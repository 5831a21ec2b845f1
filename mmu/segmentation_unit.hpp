// The segmentation unit's rules as plain predicates: what a descriptor allows. [386 §6.3]
#pragma once

#include "mmu/descriptor_cache.hpp"

namespace faultline {

/// What a segment register holds after a descriptor was loaded into it. [386 §5.1.4] Written in
/// place: a copy of fields just written would wait for the host's store buffer.
constexpr void load_descriptor(DescriptorCache& cache, Selector selector, const Descriptor& d) {
  cache.selector = selector.value;
  cache.access = d.access();
  cache.dpl = static_cast<u8>(d.dpl());
  cache.big = d.big();
  cache.base = d.base();
  cache.limit = d.limit();
  cache.derive();
}
constexpr DescriptorCache cache_of(Selector selector, const Descriptor& d) {
  DescriptorCache cache;
  load_descriptor(cache, selector, d);
  return cache;
}

/// A selector that is a paragraph number. In real mode only selector and base change; virtual-8086
/// mode has 64 KB at privilege 3. [386 §14.1, §15.2]
constexpr void load_paragraph(DescriptorCache& d, u16 selector, bool virtual8086) {
  d.selector = selector;
  d.base = u32{selector} << 4;
  d.access = segment_access::kernel_data | segment_access::accessed;
  if (virtual8086) {
    d.access = segment_access::user_data | segment_access::accessed;
    d.dpl = 3;
    d.limit = 0xFFFF;
    d.big = false;
  }
  d.derive();
}

/// True when [offset, offset + bytes) lies inside the segment. An expand-down segment holds the
/// offsets above its limit, up to FFFF or FFFFFFFF by its B bit. [386 §6.3.1.2]
constexpr bool within_limit(const DescriptorCache& d, u32 offset, u32 bytes) {
  const u64 last = u64{offset} + bytes - 1;
  if (!d.expand_down()) return last <= d.limit;
  return offset > d.limit && last <= (d.big ? 0xFFFFFFFFu : 0xFFFFu);
}

/// Type and limit of an access through a loaded segment register.
constexpr bool permits(const DescriptorCache& d, u32 offset, u32 bytes, bool write) {
  return d.usable() && (write ? d.writable() : d.readable()) && within_limit(d, offset, bytes);
}

/// Privilege of a data segment load: DPL no more privileged than RPL and CPL; conforming code is
/// open to all. [386 §6.3.2]
constexpr bool data_privilege_allows(const Descriptor& d, unsigned cpl, unsigned rpl) {
  const bool conforming = d.is_code() && (d.access() & segment_access::conforming) != 0;
  return conforming || (d.dpl() >= cpl && d.dpl() >= rpl);
}

constexpr bool readable_segment(const Descriptor& d) {
  return d.is_segment() && (!d.is_code() || (d.access() & segment_access::readable) != 0);
}
constexpr bool writable_data(const Descriptor& d) {
  return d.is_segment() && !d.is_code() && (d.access() & segment_access::writable) != 0;
}
constexpr bool conforming_code(const Descriptor& d) {
  return d.is_code() && (d.access() & segment_access::conforming) != 0;
}

/// A transfer to a code segment without a gate. [386 §6.3.3]
constexpr bool code_privilege_allows(const Descriptor& d, unsigned cpl, unsigned rpl) {
  return conforming_code(d) ? d.dpl() <= cpl : rpl <= cpl && d.dpl() == cpl;
}

}  // namespace faultline
