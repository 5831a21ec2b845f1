// INT 13h: fixed disks by cylinder, head and sector, and the extensions by block number.
// [PC/AT TR "ROM BIOS", INT 13h] [EDD]
#include "firmware/ata.hpp"
#include "firmware/processor.hpp"
#include "firmware/registers.hpp"

namespace firmware {
namespace {

constexpr u8 first_fixed_disk = 0x80;

/// The disk address packet of AH=42h to 44h. [EDD "Device address packet"]
struct AddressPacket {
  u16 segment, offset;
  u8 size() const { return far_read<u8>(segment, offset); }
  u16 count() const { return far_read<u16>(segment, offset + 2u); }
  void set_count(u16 n) const { far_write<u16>(segment, offset + 2u, n); }
  u16 buffer_offset() const { return far_read<u16>(segment, offset + 4u); }
  u16 buffer_segment() const { return far_read<u16>(segment, offset + 6u); }
  u32 lba() const { return far_read<u32>(segment, offset + 8u); }
  u32 lba_high() const { return far_read<u32>(segment, offset + 12u); }
};

/// AH=02h to 04h: CH = cylinder 7:0, CL = cylinder 9:8 and sector, DH = head, AL = count.
DiskStatus transfer_by_cylinder(Registers& r, const Drive& drive, Transfer direction) {
  const u32 cylinder = r.ch() | (r.cl() & 0xC0u) << 2;
  const u32 sector = r.cl() & 0x3F, head = r.dh();
  u16 count = r.al();
  r.al() = 0;
  if (count == 0 || count > 128) return DiskStatus::InvalidParameter;
  if (sector == 0 || sector > drive.sectors_per_track || head >= drive.heads) {
    return DiskStatus::SectorNotFound;
  }
  const u32 lba = (cylinder * drive.heads + head) * drive.sectors_per_track + sector - 1;
  const DiskStatus result = transfer_sectors(drive, direction, lba, count, r.es, r.bx());
  r.al() = static_cast<u8>(count);
  return result;
}

DiskStatus transfer_by_packet(Registers& r, const Drive& drive, Transfer direction) {
  const AddressPacket packet{r.ds, r.si.word};
  if (packet.size() < 16) return DiskStatus::InvalidParameter;
  u16 count = packet.count();
  packet.set_count(0);
  if (count > 127) return DiskStatus::InvalidParameter;
  if (packet.lba_high() != 0) return DiskStatus::SectorNotFound;
  const DiskStatus result = transfer_sectors(drive, direction, packet.lba(), count,
                                             packet.buffer_segment(), packet.buffer_offset());
  packet.set_count(count);
  return result;
}

void tell_parameters(Registers& r, const Drive& drive) {
  const u16 last = static_cast<u16>(drive.cylinders - 1);
  r.ax() = 0;
  r.ch() = static_cast<u8>(last);
  r.cl() = static_cast<u8>(drive.sectors_per_track | (last >> 2 & 0xC0));
  r.dh() = static_cast<u8>(drive.heads - 1);
  r.dl() = bda::disk_count;
}

/// AH=48h: the 26-byte result buffer. [EDD "Get Drive Parameters"]
DiskStatus tell_extended_parameters(Registers& r, const Drive& drive) {
  const u16 at = r.si.word;
  if (far_read<u16>(r.ds, at) < 26) return DiskStatus::InvalidParameter;
  far_write<u16>(r.ds, at, 26);
  far_write<u16>(r.ds, at + 2u, 2);  // the geometry below is valid
  far_write<u32>(r.ds, at + 4u, drive.physical_cylinders);
  far_write<u32>(r.ds, at + 8u, drive.physical_heads);
  far_write<u32>(r.ds, at + 12u, drive.physical_sectors);
  far_write<u32>(r.ds, at + 16u, drive.sectors_total);
  far_write<u32>(r.ds, at + 20u, 0);
  far_write<u16>(r.ds, at + 24u, 512);
  return DiskStatus::Ok;
}

/// Services of an existing disk; false when AH names none.
bool serve(Registers& r, const Drive& drive, DiskStatus& result) {
  result = DiskStatus::Ok;
  switch (r.ah()) {
    case 0x00:
    case 0x0D:
      result = reset_channel(drive);
      return true;
    case 0x02:
      result = transfer_by_cylinder(r, drive, Transfer::Read);
      return true;
    case 0x03:
      result = transfer_by_cylinder(r, drive, Transfer::Write);
      return true;
    case 0x04:
      result = transfer_by_cylinder(r, drive, Transfer::Verify);
      return true;
    case 0x08:
      tell_parameters(r, drive);
      return true;
    case 0x09:  // geometry is the drive's own
    case 0x0C:  // ATA seeks by itself
    case 0x10:
    case 0x11:
    case 0x14:
      return true;
    case 0x41:  // installation check
      if (r.bx() != 0x55AA) return false;
      r.bx() = 0xAA55;
      r.cx() = 0x0001;  // disk address packets
      return true;
    case 0x42:
      result = transfer_by_packet(r, drive, Transfer::Read);
      return true;
    case 0x43:
      result = transfer_by_packet(r, drive, Transfer::Write);
      return true;
    case 0x44:
      result = transfer_by_packet(r, drive, Transfer::Verify);
      return true;
    case 0x47:
      return true;
    case 0x48:
      result = tell_extended_parameters(r, drive);
      return true;
    default:
      return false;
  }
}

void finish(Registers& r, DiskStatus result) {
  bda::disk_status = static_cast<u8>(result);
  r.ah() = static_cast<u8>(result);
  r.set_carry(result != DiskStatus::Ok);
}

/// AH=15h answers in AH itself: 3 = fixed disk, with its sectors in CX:DX; 0 = none.
void tell_type(Registers& r, bool exists) {
  r.ah() = 0;
  if (exists) {
    const u32 sectors = load_drive(r.dl() - first_fixed_disk).sectors_total;
    r.ah() = 3;
    r.cx() = static_cast<u16>(sectors >> 16);
    r.dx() = static_cast<u16>(sectors);
  }
  bda::disk_status = 0;
  r.set_carry(false);
}

}  // namespace

extern "C" void int13(Registers& r) {
  enable_interrupts();
  const u8 service = r.ah();
  const bool exists =
      r.dl() >= first_fixed_disk && r.dl() - first_fixed_disk < static_cast<u8>(bda::disk_count);
  if (service == 0x01) {
    const u8 last = bda::disk_status;
    finish(r, static_cast<DiskStatus>(last));
    return;
  }
  if (service == 0x15) return tell_type(r, exists);
  DiskStatus result = DiskStatus::InvalidParameter;
  if (exists) {
    const Drive drive = load_drive(r.dl() - first_fixed_disk);
    if (!serve(r, drive, result)) result = DiskStatus::InvalidParameter;
  } else if (service == 0x00 && r.dl() < first_fixed_disk) {
    result = DiskStatus::Ok;  // no diskette drives: nothing to reset
  }
  finish(r, result);
  if (service == 0x41 && result == DiskStatus::Ok) r.ah() = 0x21;  // version: EDD 1.1
}

}  // namespace firmware
