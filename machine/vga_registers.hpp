// Ports, register indices and bits of the VGA. [VGA]
#pragma once

#include <array>

#include "arch/integers.hpp"

namespace faultline::vga {

using arch::u16;
using arch::u8;

namespace port {
inline constexpr u16 first = 0x3B4, last = 0x3DA;
inline constexpr u16 attribute = 0x3C0, attribute_read = 0x3C1, misc_write = 0x3C2, enable = 0x3C3,
                     sequencer_index = 0x3C4, sequencer = 0x3C5, pel_mask = 0x3C6,
                     dac_read_index = 0x3C7, dac_write_index = 0x3C8, dac_data = 0x3C9,
                     feature_read = 0x3CA, misc_read = 0x3CC, graphics_index = 0x3CE,
                     graphics = 0x3CF;
inline constexpr u16 crtc_index = 0x3D4, crtc = 0x3D5, status1 = 0x3DA;
inline constexpr u16 mono_to_color = 0x20;  // 3B4h, 3B5h and 3BAh answer in monochrome modes
}  // namespace port

namespace misc {
inline constexpr u8 color = 1 << 0, memory_enable = 1 << 1, clock_28_mhz = 1 << 2;
}
namespace sequencer {
inline constexpr unsigned clocking = 1, map_mask = 2, character_map = 3, memory_mode = 4;
inline constexpr u8 eight_dots = 1 << 0, screen_off = 1 << 5;  // clocking
inline constexpr u8 not_odd_even = 1 << 2, chain4 = 1 << 3;    // memory mode
}  // namespace sequencer
namespace crtc {
inline constexpr unsigned horizontal_total = 0x00, horizontal_end = 0x01, vertical_total = 0x06,
                          overflow = 0x07, maximum_scan_line = 0x09, cursor_start = 0x0A,
                          cursor_end = 0x0B, start_high = 0x0C, start_low = 0x0D,
                          cursor_high = 0x0E, cursor_low = 0x0F, retrace_start = 0x10,
                          retrace_end = 0x11, vertical_end = 0x12, offset = 0x13, underline = 0x14,
                          mode = 0x17;
inline constexpr u8 cursor_off = 1 << 5, double_scan = 1 << 7, doubleword = 1 << 6,
                    byte_mode = 1 << 6, protect = 1 << 7;
}  // namespace crtc
namespace graphics {
inline constexpr unsigned set_reset = 0, enable_set_reset = 1, color_compare = 2, function = 3,
                          read_map = 4, mode = 5, miscellaneous = 6, color_dont_care = 7,
                          bit_mask = 8;
inline constexpr u8 read_compare = 1 << 3, shift256 = 1 << 6;  // mode
inline constexpr u8 graphics_mode = 1 << 0;                    // miscellaneous
}  // namespace graphics
namespace attribute {
inline constexpr unsigned mode = 0x10, plane_enable = 0x12, color_select = 0x14;
inline constexpr u8 line_graphics = 1 << 2, blink = 1 << 3, palette_high = 1 << 7;  // mode
inline constexpr u8 palette_source = 1 << 5;                                        // index
}  // namespace attribute

/// The registers of mode 3, 80 x 25 text in 720 x 400. [VGA, Mode tables]
inline constexpr u8 mode3_misc = 0x67;
inline constexpr std::array<u8, 5> mode3_sequencer{0x03, 0x00, 0x03, 0x00, 0x02};
inline constexpr std::array<u8, 25> mode3_crtc{0x5F, 0x4F, 0x50, 0x82, 0x55, 0x81, 0xBF, 0x1F, 0x00,
                                               0x4F, 0x0D, 0x0E, 0x00, 0x00, 0x00, 0x00, 0x9C, 0x8E,
                                               0x8F, 0x28, 0x1F, 0x96, 0xB9, 0xA3, 0xFF};
inline constexpr std::array<u8, 9> mode3_graphics{0x00, 0x00, 0x00, 0x00, 0x00,
                                                  0x10, 0x0E, 0x00, 0xFF};
inline constexpr std::array<u8, 21> mode3_attribute{0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x14,
                                                    0x07, 0x38, 0x39, 0x3A, 0x3B, 0x3C, 0x3D,
                                                    0x3E, 0x3F, 0x0C, 0x00, 0x0F, 0x08, 0x00};

}  // namespace faultline::vga
