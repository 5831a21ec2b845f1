// The ATA protocol by polling: select, command, one DRQ block a sector. [ATA-1 §9]
#include "firmware/ata.hpp"

#include "arch/ports.hpp"
#include "firmware/processor.hpp"

namespace firmware {
namespace {

// Registers of the command block. [ATA-1 §7.2]
constexpr u16 data = 0, error = 1, sector_count = 2, lba_low = 3, lba_mid = 4, lba_high = 5,
              device_head = 6, status = 7, command = 7;
constexpr u16 control_offset = 0x206;  // device control and alternate status
constexpr u8 ERR = 0x01, DRQ = 0x08, DF = 0x20, DRDY = 0x40, BSY = 0x80;
constexpr u8 nIEN = 0x02, SRST = 0x04, control_fixed = 0x08;
constexpr u8 read_sectors = 0x20, write_sectors = 0x30, verify_sectors = 0x40,
             identify_device = 0xEC;
constexpr u8 error_uncorrectable = 0x40, error_bad_block = 0x80;

void write_control(const Drive& d, u8 value) {
  outb(static_cast<u16>(d.base + control_offset), control_fixed | value);
}

/// 400 ns for the status to become valid: four reads of the alternate one. [ATA-1 §9]
void settle(const Drive& d) {
  for (int i = 0; i < 4; ++i) inb(static_cast<u16>(d.base + control_offset));
}

/// Status once BSY is clear, or with BSY set when it never was.
u8 wait_not_busy(const Drive& d) {
  u8 value = BSY;
  for (u32 i = 0; i < poll_limit; ++i) {
    value = inb(static_cast<u16>(d.base + status));
    if ((value & BSY) == 0) break;
  }
  return value;
}

DiskStatus decode_error(const Drive& d, u8 value) {
  if ((value & BSY) != 0) return DiskStatus::Timeout;
  if ((value & DF) != 0) return DiskStatus::ControllerFailure;
  if ((value & ERR) == 0) return DiskStatus::Ok;
  const u8 reason = inb(static_cast<u16>(d.base + error));
  if ((reason & error_uncorrectable) != 0) return DiskStatus::UncorrectableData;
  if ((reason & error_bad_block) != 0) return DiskStatus::BadSector;
  return DiskStatus::SectorNotFound;
}

DiskStatus wait_data(const Drive& d) {
  const u8 value = wait_not_busy(d);
  const DiskStatus result = decode_error(d, value);
  if (result != DiskStatus::Ok) return result;
  return (value & DRQ) != 0 ? DiskStatus::Ok : DiskStatus::ControllerFailure;
}

void issue(const Drive& d, u8 code, u32 lba, u8 count) {
  write_control(d, nIEN);  // polled: IRQ 14 stays with whoever uses it
  outb(static_cast<u16>(d.base + device_head),
       static_cast<u8>(0xE0 | d.device << 4 | (lba >> 24 & 15)));
  settle(d);
  wait_not_busy(d);
  outb(static_cast<u16>(d.base + sector_count), count);
  outb(static_cast<u16>(d.base + lba_low), static_cast<u8>(lba));
  outb(static_cast<u16>(d.base + lba_mid), static_cast<u8>(lba >> 8));
  outb(static_cast<u16>(d.base + lba_high), static_cast<u8>(lba >> 16));
  outb(static_cast<u16>(d.base + command), code);
  settle(d);
}

void read_block(const Drive& d, u16 segment, u16 offset) {
  u32 to = offset, words = 256;
  asm volatile("pushw %%es; movw %w3, %%es; rep insw; popw %%es"
               : "+D"(to), "+c"(words)
               : "d"(static_cast<u16>(d.base + data)), "r"(segment)
               : "memory");
}

void write_block(const Drive& d, u16 segment, u16 offset) {
  u32 from = offset, words = 256;
  asm volatile("pushw %%ds; movw %w3, %%ds; rep outsw; popw %%ds"
               : "+S"(from), "+c"(words)
               : "d"(static_cast<u16>(d.base + data)), "r"(segment)
               : "memory");
}

/// Whether a device answers: its registers hold what is written and its status makes sense.
bool present(const Drive& d) {
  outb(static_cast<u16>(d.base + device_head), static_cast<u8>(0xE0 | d.device << 4));
  settle(d);
  outb(static_cast<u16>(d.base + sector_count), 0x55);
  outb(static_cast<u16>(d.base + lba_low), 0xAA);
  if (inb(static_cast<u16>(d.base + sector_count)) != 0x55 ||
      inb(static_cast<u16>(d.base + lba_low)) != 0xAA) {
    return false;
  }
  const u8 value = wait_not_busy(d);
  return (value & (BSY | DRDY)) == DRDY;
}

u16 identify_word(unsigned n) {
  return far_read<u16>(ebda::segment, ebda::identify_buffer + n * 2);
}

/// Logical geometry: the drive's own while its cylinders fit the ten bits of INT 13h, else the
/// LBA-assisted one. [ATA-1]
void choose_geometry(Drive& d) {
  d.physical_cylinders = identify_word(1);
  d.physical_heads = identify_word(3);
  d.physical_sectors = identify_word(6);
  d.sectors_total = identify_word(60) | u32{identify_word(61)} << 16;
  u32 heads = d.physical_heads, sectors = d.physical_sectors;
  if (heads == 0 || heads > 255 || sectors == 0 || sectors > 63) heads = 16, sectors = 63;
  if (d.sectors_total / (heads * sectors) > 1024) {
    sectors = 63;
    for (heads = 16; heads < 255 && d.sectors_total / (heads * sectors) > 1024;) {
      heads = heads * 2 > 255 ? 255 : heads * 2;
    }
  }
  u32 cylinders = d.sectors_total / (heads * sectors);
  if (cylinders == 0) cylinders = 1;
  if (cylinders > 1024) cylinders = 1024;
  d.cylinders = static_cast<u16>(cylinders);
  d.heads = static_cast<u16>(heads);
  d.sectors_per_track = static_cast<u16>(sectors);
}

void store_drive(unsigned index, const Drive& drive) {
  const auto* words = reinterpret_cast<const u16*>(&drive);
  for (unsigned i = 0; i < sizeof(Drive) / 2; ++i) {
    far_write<u16>(ebda::segment, ebda::drives + index * sizeof(Drive) + i * 2, words[i]);
  }
}

}  // namespace

Drive load_drive(unsigned index) {
  Drive drive;
  auto* words = reinterpret_cast<u16*>(&drive);
  for (unsigned i = 0; i < sizeof(Drive) / 2; ++i) {
    words[i] = far_read<u16>(ebda::segment, ebda::drives + index * sizeof(Drive) + i * 2);
  }
  return drive;
}

DiskStatus identify(const Drive& drive) {
  issue(drive, identify_device, 0, 0);
  const DiskStatus result = wait_data(drive);
  if (result == DiskStatus::Ok) read_block(drive, ebda::segment, ebda::identify_buffer);
  write_control(drive, 0);
  return result;
}

DiskStatus reset_channel(const Drive& drive) {
  write_control(drive, SRST | nIEN);
  settle(drive);
  write_control(drive, 0);
  settle(drive);
  return (wait_not_busy(drive) & BSY) == 0 ? DiskStatus::Ok : DiskStatus::ResetFailed;
}

u8 detect_drives() {
  u8 found = 0;
  for (unsigned position = 0; position < 4; ++position) {
    Drive drive{};
    drive.base = position < 2 ? port::ide_primary : port::ide_secondary;
    drive.device = static_cast<u8>(position & 1);
    if (!present(drive) || identify(drive) != DiskStatus::Ok) continue;
    const bool has_lba = (identify_word(49) & 0x0200) != 0;
    if ((identify_word(0) & 0x8000) != 0 || !has_lba) continue;  // ATAPI, or older than LBA
    choose_geometry(drive);
    store_drive(found++, drive);
  }
  return found;
}

DiskStatus transfer_sectors(const Drive& drive, Transfer direction, u32 lba, u16& count,
                            u16 segment, u16 offset) {
  const u16 wanted = count;
  count = 0;
  if (lba >= drive.sectors_total || wanted > drive.sectors_total - lba) {
    return DiskStatus::SectorNotFound;
  }
  DiskStatus result = DiskStatus::Ok;
  while (count < wanted && result == DiskStatus::Ok) {
    const u16 left = static_cast<u16>(wanted - count);
    const u8 run = static_cast<u8>(left < 128 ? left : 128);
    const u8 code = direction == Transfer::Read    ? read_sectors
                    : direction == Transfer::Write ? write_sectors
                                                   : verify_sectors;
    issue(drive, code, lba + count, run);
    for (u8 i = 0; i < run && direction != Transfer::Verify; ++i) {
      result = wait_data(drive);
      if (result != DiskStatus::Ok) break;
      segment = static_cast<u16>(segment + (offset >> 4));  // no wrap inside a sector
      offset &= 15;
      if (direction == Transfer::Read) {
        read_block(drive, segment, offset);
      } else {
        write_block(drive, segment, offset);
      }
      offset = static_cast<u16>(offset + 512);
      settle(drive);
      if (direction == Transfer::Read) ++count;
    }
    if (direction == Transfer::Read) continue;
    if (result == DiskStatus::Ok) result = decode_error(drive, wait_not_busy(drive));
    if (result == DiskStatus::Ok) count = static_cast<u16>(count + run);
  }
  write_control(drive, 0);
  return result;
}

}  // namespace firmware
