// Segment descriptors, gates and selectors. [386 §5.1.1, §6.3, §7.2, §9.5]
#pragma once

#include "arch/integers.hpp"

namespace arch {

/// A 16-bit selector: index 15:3, TI 2, RPL 1:0. [386 §5.1.3]
struct Selector {
  u16 value = 0;
  constexpr unsigned rpl() const { return value & 3; }
  constexpr bool local() const { return (value & 4) != 0; }
  constexpr u32 offset() const { return value & 0xFFF8u; }
  constexpr bool null() const { return (value & 0xFFFC) == 0; }
  friend constexpr bool operator==(Selector, Selector) = default;
};

/// The four type bits of a system descriptor. [386 §6.3.1.1 table 6-1]
enum class SystemType : u8 {
  TSS16 = 1, LDT = 2, TSS16Busy = 3, CallGate16 = 4, TaskGate = 5, InterruptGate16 = 6,
  TrapGate16 = 7, TSS32 = 9, TSS32Busy = 11, CallGate32 = 12, InterruptGate32 = 14, TrapGate32 = 15,
};

/// Access byte: P 7, DPL 6:5, S 4, type 3:0. Type of code and data segments. [386 §5.1.1]
namespace segment_access {
inline constexpr u8 accessed = 1, writable = 2, readable = 2, expand_down = 4, conforming = 4,
                    code = 8, S = 0x10, P = 0x80;
inline constexpr u8 kernel_code = 0x9A, kernel_data = 0x92, user_code = 0xFA, user_data = 0xF2;
inline constexpr unsigned DPL_shift = 5;
}  // namespace segment_access

/// Byte 6, high nibble: G 3, D/B 2, AVL 0.
namespace segment_flags {
inline constexpr u8 G = 8, D = 4, AVL = 1;
}

/// The eight bytes of a descriptor as two little-endian dwords.
struct Descriptor {
  u32 low = 0;
  u32 high = 0;

  constexpr u32 base() const {
    return low >> 16 | (high & 0xFF) << 16 | (high & 0xFF000000u);
  }
  constexpr u32 raw_limit() const { return (low & 0xFFFF) | (high & 0x000F0000u); }
  constexpr bool granular() const { return bit(high, 23); }
  /// Offset of the last byte, granularity applied.
  constexpr u32 limit() const {
    return granular() ? raw_limit() << 12 | 0xFFF : raw_limit();
  }
  constexpr bool big() const { return bit(high, 22); }
  constexpr u8 access() const { return static_cast<u8>(high >> 8); }
  constexpr unsigned type() const { return access() & 15; }
  constexpr SystemType system_type() const { return static_cast<SystemType>(type()); }
  constexpr bool is_segment() const { return (access() & segment_access::S) != 0; }
  constexpr bool is_code() const { return is_segment() && (access() & segment_access::code) != 0; }
  constexpr unsigned dpl() const { return access() >> 5 & 3; }
  constexpr bool present() const { return (access() & segment_access::P) != 0; }
  // Gates. [386 §6.3.4]
  constexpr u32 gate_offset() const { return (low & 0xFFFF) | (high & 0xFFFF0000u); }
  constexpr Selector gate_selector() const { return {static_cast<u16>(low >> 16)}; }
  constexpr unsigned gate_parameters() const { return high & 31; }
};
static_assert(sizeof(Descriptor) == 8);

/// A code, data or TSS descriptor; limit counts bytes or, with G, 4 KB units.
constexpr Descriptor make_segment(u32 base, u32 limit, u8 access, u8 flags) {
  return {(limit & 0xFFFF) | base << 16,
          (base >> 16 & 0xFF) | u32{access} << 8 | (limit & 0xF0000u) | u32{flags} << 20 |
              (base & 0xFF000000u)};
}

constexpr Descriptor make_gate(Selector selector, u32 offset, SystemType type, unsigned dpl) {
  return {(offset & 0xFFFF) | u32{selector.value} << 16,
          (offset & 0xFFFF0000u) | 0x8000u | dpl << 13 | static_cast<u32>(type) << 8};
}

/// The 32-bit task state segment. [386 §7.1]
struct TaskStateSegment {
  u32 link, esp0, ss0, esp1, ss1, esp2, ss2, cr3, eip, eflags, eax, ecx, edx, ebx, esp, ebp, esi,
      edi, es, cs, ss, ds, fs, gs, ldt;
  u16 trap, io_map_base;
};
static_assert(sizeof(TaskStateSegment) == 104);

}  // namespace arch
