// Registers, bits, commands and times of an ATA drive. [ATA-1 §7, §9]
#pragma once

#include "arch/integers.hpp"

namespace faultline::ata {

using arch::u8;

namespace reg {
inline constexpr unsigned error = 1, features = 1, sector_count = 2, sector_number = 3,
                          cylinder_low = 4, cylinder_high = 5, drive_head = 6, status = 7,
                          command = 7;
}

/// [ATA-1 §7.2.13]
namespace status {
inline constexpr u8 error = 1 << 0, data_request = 1 << 3, seek_complete = 1 << 4,
                    write_fault = 1 << 5, ready = 1 << 6, busy = 1 << 7;
}

/// [ATA-1 §7.2.9]
namespace error {
inline constexpr u8 aborted = 1 << 2, id_not_found = 1 << 4, uncorrectable = 1 << 6;
}

/// [ATA-1 §7.2.6]
namespace control {
inline constexpr u8 no_interrupt = 1 << 1, soft_reset = 1 << 2;
}

/// [ATA-1 §7.2.8]
namespace drive_head {
inline constexpr u8 head = 0x0F, drive1 = 1 << 4, lba = 1 << 6, always_one = 0xA0;
}

/// [ATA-1 §9, table 10]
enum Command : u8 {
  Recalibrate = 0x10,
  ReadSectors = 0x20,
  ReadSectorsOnce = 0x21,
  WriteSectors = 0x30,
  WriteSectorsOnce = 0x31,
  WriteVerify = 0x3C,
  VerifySectors = 0x40,
  VerifySectorsOnce = 0x41,
  Seek = 0x70,
  Diagnose = 0x90,
  InitializeParameters = 0x91,
  StandbyImmediateOld = 0x94,
  IdleImmediateOld = 0x95,
  StandbyOld = 0x96,
  IdleOld = 0x97,
  CheckPowerOld = 0x98,
  SleepOld = 0x99,
  ReadMultiple = 0xC4,
  WriteMultiple = 0xC5,
  SetMultiple = 0xC6,
  StandbyImmediate = 0xE0,
  IdleImmediate = 0xE1,
  Standby = 0xE2,
  Idle = 0xE3,
  CheckPower = 0xE5,
  Sleep = 0xE6,
  FlushCache = 0xE7,
  Identify = 0xEC,
  SetFeatures = 0xEF,
};

inline constexpr u8 diagnostic_passed = 0x01;
inline constexpr unsigned max_multiple = 16;

// A drive of the time with its track in the cache: 300 us to find a sector, 5 MB/s after that.
inline constexpr unsigned find_us = 300, sector_us = 100, command_us = 20, reset_us = 2000;

}  // namespace faultline::ata
