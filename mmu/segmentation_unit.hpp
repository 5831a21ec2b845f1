// The segmentation unit's rules as plain predicates: what a descriptor allows. [386 §6.3]
#pragma once

#include "mmu/descriptor_cache.hpp"

namespace faultline {

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
