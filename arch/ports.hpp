// The board's I/O ports, RAM map and interrupt lines: the PC/AT's, and a few of our own.
#pragma once

#include "arch/integers.hpp"

namespace arch {

namespace port {
inline constexpr u16 pic_master_command = 0x20, pic_master_data = 0x21;
inline constexpr u16 pit_counter0 = 0x40, pit_counter1 = 0x41, pit_counter2 = 0x42,
                     pit_control = 0x43;
inline constexpr u16 keyboard_data = 0x60, system_control_b = 0x61, keyboard_status = 0x64;
inline constexpr u16 cmos_index = 0x70, cmos_data = 0x71;
inline constexpr u16 post = 0x80;
inline constexpr u16 system_control_a = 0x92;  // fast A20 (bit 1) and reset (bit 0)
inline constexpr u16 pic_slave_command = 0xA0, pic_slave_data = 0xA1;
inline constexpr u16 numeric_error_clear = 0xF0;  // any write lowers IRQ 13
inline constexpr u16 debug_console = 0xE9;        // one byte out: one character
inline constexpr u16 exit_register = 0xEC;        // 32-bit write: ends the run with this exit code
inline constexpr u16 bugcheck_register = 0xF8;    // 32-bit write: the kernel stopped with this code
inline constexpr u16 debug_exit = 0xF4;           // write v: ends the run, status (v << 1) | 1
inline constexpr u16 ide_secondary = 0x170, ide_primary = 0x1F0;
inline constexpr u16 ide_secondary_control = 0x376, ide_primary_control = 0x3F6;
inline constexpr u16 vga_crtc_index = 0x3D4, vga_crtc_data = 0x3D5, vga_status1 = 0x3DA;
inline constexpr u16 com1 = 0x3F8;
}  // namespace port

namespace irq {
inline constexpr unsigned timer = 0, keyboard = 1, cascade = 2, com1 = 4, rtc = 8, numeric = 13,
                          ide_primary = 14, ide_secondary = 15;
}

/// Physical memory map of the board. RAM is 0..640 KB and 1 MB..top; addresses in bytes.
namespace memory_map {
inline constexpr u32 conventional_end = 0xA0000;
inline constexpr u32 vga_window = 0xA0000, vga_text = 0xB8000, vga_end = 0xC0000;
inline constexpr u32 rom_end = 0x100000;  // the ROM ends here, and again at 4 GB
inline constexpr u32 extended = 0x100000;
}  // namespace memory_map

/// CMOS cells beyond the clock's. [PC/AT Technical Reference]
namespace cmos {
inline constexpr u8 status_a = 0x0A, status_b = 0x0B, status_c = 0x0C, status_d = 0x0D,
                    shutdown = 0x0F, equipment = 0x14, base_memory_low = 0x15,
                    base_memory_high = 0x16, extended_memory_low = 0x17,
                    extended_memory_high = 0x18,  // KB above 1 MB, at most 65535
    century = 0x32, extended_64k_low = 0x34, extended_64k_high = 0x35;  // 64 KB units above 16 MB
}

/// The low byte of what INT 11h tells, and the CMOS cell. [PC/AT TR, CMOS RAM]
namespace equipment {
inline constexpr u8 numeric = 1 << 1, colour_80 = 0x20;
}

inline constexpr u32 pit_hz = 1193182;

}  // namespace arch
