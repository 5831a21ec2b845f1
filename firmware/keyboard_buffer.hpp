// Key strokes: shift state bits, the US layout, and the ring buffer between INT 09h and INT 16h.
// [PC/AT TR "ROM BIOS", keyboard encoding]
#pragma once

#include "firmware/bios_data.hpp"

namespace firmware {

// Shift flags, 40:17; their counterparts in 40:18 say which key is down.
inline constexpr u8 right_shift = 0x01, left_shift = 0x02, ctrl = 0x04, alt = 0x08,
                    scroll_lock = 0x10, num_lock = 0x20, caps_lock = 0x40, insert = 0x80;
inline constexpr u8 shifted = right_shift | left_shift;
inline constexpr u8 left_ctrl = 0x01, left_alt = 0x02, pause_held = 0x08;  // 40:18
inline constexpr u8 last_was_e1 = 0x01, last_was_e0 = 0x02, right_ctrl = 0x04,
                    right_alt = 0x08;  // 40:96

inline u16 next_slot(u16 slot) {
  slot = static_cast<u16>(slot + 2);
  return slot == bda::keyboard_buffer_end ? u16{bda::keyboard_buffer_start} : slot;
}

/// Puts a key stroke behind the others; a full buffer loses it.
inline void store_key(u8 scan, u8 character) {
  const u16 tail = bda::keyboard_tail, next = next_slot(tail);
  if (next == bda::keyboard_head) return;  // full
  far_write<u16>(bda::segment, tail, static_cast<u16>(scan << 8 | character));
  bda::keyboard_tail = next;
}

}  // namespace firmware
