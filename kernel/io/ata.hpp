// Registers, bits and commands of an ATA drive, as far as the driver uses them. [ATA-1 §7.2, §9]
#pragma once

#include "arch/integers.hpp"

namespace ata {
using arch::u16;
using arch::u8;
inline constexpr u16 data = 0, error = 1, sector_count = 2, lba_low = 3, lba_mid = 4, lba_high = 5,
                     device_head = 6, status = 7, command = 7;
inline constexpr u16 control_offset = 0x206;  // device control; reads: alternate status
inline constexpr u8 ERR = 0x01, DRQ = 0x08, DF = 0x20, DRDY = 0x40, BSY = 0x80;
inline constexpr u8 nIEN = 0x02, SRST = 0x04, control_fixed = 0x08;
inline constexpr u8 lba_mode = 0xE0, device_shift = 4;
inline constexpr u8 read_sectors = 0x20, write_sectors = 0x30, read_multiple = 0xC4,
                    write_multiple = 0xC5, set_multiple = 0xC6, identify_device = 0xEC;
inline constexpr u16 identify_words = 256;
inline constexpr arch::u32 max_sectors = 256;  // a count of 0 says 256
}  // namespace ata
