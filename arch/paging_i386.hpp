// The 80386 scheme: 4 KB pages, 10/10/12, hardware A and D bits. [386 §5.2]
#pragma once

#include "arch/paging.hpp"

namespace arch {

struct PagingI386 {
  static constexpr const char* name = "i386";
  static constexpr unsigned page_shift = 12, table_bits = 10, directory_bits = 10;
  static constexpr u32 page_table_base = 0xC0000000;
  static constexpr bool hardware_accessed_dirty = true;
  static constexpr bool single_page_flush = false;  // INVLPG is the 486's [486 §26 INVLPG]
  static constexpr bool write_protect_always = false;  // supervisor obeys R/W only with CR0.WP

  // Entry bits. [386 §5.2.3, §5.2.4] [486 §5.3.3]
  static constexpr u32 P = 1u << 0, RW = 1u << 1, US = 1u << 2, PWT = 1u << 3, PCD = 1u << 4,
                       A = 1u << 5, D = 1u << 6;
  // Bits 11:9 are free for the operating system; NT's use of them is in kernel/mm.

  static constexpr PageEntry decode(u32 raw) {
    return {bit(raw, 0), bit(raw, 1), bit(raw, 2), bit(raw, 5), bit(raw, 6), raw >> page_shift};
  }
  static constexpr u32 encode(const PageEntry& e) {
    return (e.present ? P : 0) | (e.writable ? RW : 0) | (e.user ? US : 0) | (e.accessed ? A : 0) |
           (e.dirty ? D : 0) | e.frame << page_shift;
  }
  /// PCD and PWT of a page, for the 486. [486 §5.3.3]
  static constexpr u8 cache_control(u32 raw) { return static_cast<u8>(raw >> 3 & 3); }
  static constexpr u32 with_accessed(u32 raw) { return raw | A; }
  static constexpr u32 with_dirty(u32 raw) { return raw | D; }
};

static_assert(PagingScheme<PagingI386>);
static_assert(Geometry<PagingI386>::directory_base == 0xC0300000);

}  // namespace arch
