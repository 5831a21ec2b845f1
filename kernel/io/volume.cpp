// Mounting: the boot partition first, then every other one in the order of drive letters.
#include "kernel/io/volume.hpp"

#include "kernel/io/console.hpp"
#include "kernel/io/disk.hpp"
#include "kernel/io/system_volume.hpp"
#include "kernel/ke/bugcheck.hpp"
#include "kernel/ke/clock.hpp"
#include "kernel/mm/boot_paging.hpp"
#include "kernel/mm/pool.hpp"
#include "kernel/rtl/format.hpp"
#include "kernel/rtl/memory.hpp"

namespace {

constexpr ULONG vcb_tag = PoolTag("Vcb "), first_bios_disk = 0x80;

constinit VCB* IopVolumes[IoMostVolumes] = {};  // by drive letter

FatTimestamp current_fat_time() { return IoTimeToFat(KeQuerySystemTime()); }

NTSTATUS mount(unsigned disk, ULONG sector, char letter) {
  BlockDevice* device = IoGetDisk(disk);
  if (device == nullptr) return STATUS_NO_SUCH_DEVICE;
  auto* vcb = static_cast<VCB*>(ExAllocatePoolWithTag(NonPagedPool, sizeof(VCB), vcb_tag));
  if (vcb == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  RtlZeroMemory(vcb, sizeof *vcb);
  const NTSTATUS status = vcb->Fat.mount(*device, sector, current_fat_time);
  if (!NT_SUCCESS(status)) {
    ExFreePool(vcb);
    return status;
  }
  ExInitializeFastMutex(&vcb->Lock);
  InitializeListHead(&vcb->OpenFiles);
  vcb->Disk = device;
  vcb->DiskNumber = disk;
  vcb->DriveLetter = letter;
  IopVolumes[letter - IoFirstDriveLetter] = vcb;
  return STATUS_SUCCESS;
}

}  // namespace

void IoMountVolumes() {
  IoInitializeDisks();
  const ULONG drive = KeLoaderBlock.boot_drive, boot_sector = KeLoaderBlock.boot_partition_lba;
  const unsigned boot_disk = drive - first_bios_disk;
  NTSTATUS status = mount(boot_disk, boot_sector, IoFirstDriveLetter);
  if (!NT_SUCCESS(status)) {
    KeBugCheckEx(INACCESSIBLE_BOOT_DEVICE, drive, static_cast<ULONG>(status), boot_sector, 0);
  }
  IoPartitionTable tables[IoMostDisks];
  for (unsigned disk = 0; disk < IoDiskCount(); ++disk) {
    tables[disk].read(*IoGetDisk(disk), [disk](const char* why, arch::u32 sector) {
      DbgPrint("Disk %u: %s, sector %u: skipped\n", disk, why, sector);
    });
  }
  char letter = IoFirstDriveLetter;
  IoOrderPartitions(tables, IoDiskCount(), boot_disk, boot_sector,
                    [&](unsigned disk, const IoPartition& partition) {
                      if (letter == 'Z') return;
                      status = mount(disk, partition.first, static_cast<char>(letter + 1));
                      if (NT_SUCCESS(status)) {
                        ++letter;
                      } else {
                        DbgPrint(
                            "Disk %u: the partition at sector %u can't be mounted, status %08X\n",
                            disk, partition.first, status);
                      }
                    });
}

VCB& IoSystemVolume() { return *IopVolumes[0]; }

VCB* IoFindVolume(char letter) {
  if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
  return letter >= IoFirstDriveLetter && letter <= 'Z' ? IopVolumes[letter - IoFirstDriveLetter]
                                                       : nullptr;
}

ULONG IoDriveMap() {
  ULONG map = 0;
  for (unsigned i = 0; i < IoMostVolumes; ++i) {
    if (IopVolumes[i] != nullptr) map |= 1u << (IoFirstDriveLetter - 'A' + i);
  }
  return map;
}
