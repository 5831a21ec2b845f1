// The BIOS data area at 40:0 and our extended one at 9FC0:0. [PC/AT TR Technical Reference,
// "ROM BIOS data areas"]
#pragma once

#include "firmware/far_memory.hpp"

namespace firmware {

namespace bda {
inline constexpr u16 segment = 0x40;
template <class T, u16 Offset>
using At = FarVariable<T, segment, Offset>;

inline constexpr FarArray<u16, segment, 0x00> serial_ports;
inline constexpr At<u16, 0x0E> extended_segment;
inline constexpr At<u16, 0x10> equipment;
inline constexpr At<u16, 0x13> memory_kilobytes;

inline constexpr At<u8, 0x17> shift_flags;
inline constexpr At<u8, 0x18> shift_flags2;
inline constexpr At<u8, 0x19> alt_keypad;
inline constexpr At<u16, 0x1A> keyboard_head;
inline constexpr At<u16, 0x1C> keyboard_tail;
inline constexpr At<u16, 0x80> keyboard_buffer_start;
inline constexpr At<u16, 0x82> keyboard_buffer_end;
inline constexpr At<u8, 0x96> keyboard_status3;

inline constexpr At<u8, 0x49> video_mode;
inline constexpr At<u16, 0x4A> columns;
inline constexpr At<u16, 0x4C> page_bytes;
inline constexpr At<u16, 0x4E> page_start;
inline constexpr FarArray<u16, segment, 0x50> cursor;  // row in the high byte, one a page
inline constexpr At<u16, 0x60> cursor_shape;
inline constexpr At<u8, 0x62> active_page;
inline constexpr At<u16, 0x63> crtc_port;
inline constexpr At<u8, 0x84> last_row;
inline constexpr At<u16, 0x85> character_height;
inline constexpr At<u8, 0x87> video_control;
inline constexpr At<u8, 0x88> video_switches;
inline constexpr At<u8, 0x89> video_flags;
inline constexpr At<u8, 0x8A> display_combination;

inline constexpr At<u32, 0x6C> ticks;
inline constexpr At<u8, 0x70> midnight;
inline constexpr At<u8, 0x71> break_flag;
inline constexpr At<u16, 0x72> reset_flag;
inline constexpr At<u8, 0x74> disk_status;
inline constexpr At<u8, 0x75> disk_count;
inline constexpr FarArray<u8, segment, 0x7C> serial_timeout;
}  // namespace bda

/// What the firmware keeps beyond the BDA, in the last kilobyte of base memory.
namespace ebda {
inline constexpr u16 segment = 0x9FC0;
inline constexpr u32 linear = 0x9FC00;
inline constexpr FarVariable<u8, segment, 0x00> kilobytes;
inline constexpr u16 fixed_disk_tables = 0x3D;  // two of 16 bytes, where INT 41h and 46h point
inline constexpr u16 drives = 0x100;            // Drive structures (disk_table.hpp)
inline constexpr u16 identify_buffer = 0x200;   // 512 bytes: IDENTIFY DEVICE data
}  // namespace ebda

/// The pointer in interrupt vector n.
inline void set_vector(u8 n, u16 offset, u16 segment = 0xF000) {
  far_write<u16>(0, n * 4u, offset);
  far_write<u16>(0, n * 4u + 2, segment);
}

}  // namespace firmware
