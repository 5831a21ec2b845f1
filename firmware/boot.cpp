// INT 11h, 12h, 17h in a line each, and INT 18h and 19h: starting the boot sector.
#include "firmware/ata.hpp"
#include "firmware/bios_data.hpp"
#include "firmware/console.hpp"
#include "firmware/processor.hpp"
#include "firmware/registers.hpp"

extern "C" [[noreturn]] void start_boot_sector(arch::u32 drive);

namespace firmware {

extern "C" void int11(Registers& r) { r.ax() = bda::equipment; }
extern "C" void int12(Registers& r) { r.ax() = bda::memory_kilobytes; }
extern "C" void int17(Registers& r) { r.ah() = 0x01; }  // time-out: there is no printer port

extern "C" void int18(Registers&) {
  print("No bootable disk. Give the machine a disk with a boot sector and reset it.\n");
  halt_for_ever();
}

extern "C" void int19(Registers&) {
  constexpr u16 boot_sector = 0x7C00;
  u16 count = 1;
  if (bda::disk_count == 0) asm volatile("int $0x18");
  if (transfer_sectors(load_drive(0), Transfer::Read, 0, count, 0, boot_sector) != DiskStatus::Ok) {
    print("Disk 80h: read error in the boot sector\n");
    asm volatile("int $0x18");
  }
  if (far_read<u16>(0, boot_sector + 510) != 0xAA55) asm volatile("int $0x18");
  start_boot_sector(0x80);
}

}  // namespace firmware
