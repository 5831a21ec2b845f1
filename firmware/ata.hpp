// ATA disks by programmed I/O, as INT 13h and the POST use them.
// [ATA-1]
#pragma once

#include "firmware/bios_data.hpp"

namespace firmware {

/// INT 13h status codes. [PC/AT TR "ROM BIOS", INT 13h]
enum class DiskStatus : u8 {
  Ok = 0x00,
  InvalidParameter = 0x01,
  AddressMarkNotFound = 0x02,
  SectorNotFound = 0x04,
  ResetFailed = 0x05,
  DmaBoundary = 0x09,
  BadSector = 0x0A,
  UncorrectableData = 0x10,
  ControllerFailure = 0x20,
  SeekFailed = 0x40,
  Timeout = 0x80,
  NotReady = 0xAA,
  WriteFault = 0xCC,
};

/// One detected disk; kept in the EBDA, copied to the stack to be used. Multiple of four bytes.
struct Drive {
  u16 base;   // command block: 1F0h or 170h
  u8 device;  // 0 or 1 on that channel
  u8 reserved;
  u32 sectors_total;
  u16 cylinders, heads;  // logical geometry, as AH=08h tells it
  u16 sectors_per_track;
  u16 physical_cylinders, physical_heads, physical_sectors;
};
static_assert(sizeof(Drive) == 20);

inline constexpr unsigned max_drives = 4;

/// Finds the disks of both channels and fills the EBDA table; returns how many there are.
u8 detect_drives();
Drive load_drive(unsigned index);

enum class Transfer : u8 { Read, Write, Verify };

/// Moves `count` sectors between the disk and segment:offset; `count` becomes what was done.
DiskStatus transfer_sectors(const Drive& drive, Transfer direction, u32 lba, u16& count,
                            u16 segment, u16 offset);
/// IDENTIFY DEVICE into ebda::identify_buffer.
DiskStatus identify(const Drive& drive);
DiskStatus reset_channel(const Drive& drive);

}  // namespace firmware
