// Sectors by INT 13h AH=42h into the bounce buffer; the cluster chain from the FAT in memory.
#include "firmware/boot/loader/volume.hpp"

#include "firmware/boot/loader/bios.hpp"
#include "firmware/boot/loader/fatal.hpp"
#include "firmware/boot/loader/layout.h"
#include "firmware/boot/loader/memory.hpp"

namespace loader {
namespace {

constexpr u32 sector_size = 512, bounce_sectors = 64, entry_size = 32, max_fat_sectors = 256;
constexpr u32 end_of_chain = 0xFFF8;

/// The BIOS parameter block. [FAT "Boot Sector and BPB"]
struct [[gnu::packed]] BootSector {
  u8 jump[3], oem_name[8];
  u16 bytes_per_sector;
  u8 sectors_per_cluster;
  u16 reserved_sectors;
  u8 fat_count;
  u16 root_entries, sectors16;
  u8 media;
  u16 sectors_per_fat, sectors_per_track, heads;
  u32 hidden_sectors, sectors32;
  u8 drive;
};

struct [[gnu::packed]] DirectoryEntry {
  char name[11];
  u8 attributes;
  u8 other[14];
  u16 first_cluster;
  u32 size;
};
static_assert(sizeof(DirectoryEntry) == entry_size);

const BootSector& boot_sector() { return *reinterpret_cast<const BootSector*>(BOOT_SECTOR); }

struct Volume {
  u32 fat_start, root_start, data_start, sectors_per_cluster, cluster_limit;
} volume;

/// At most 64 sectors, to BOUNCE_BUFFER.
void read_sectors(u32 lba, u32 count) {
  struct [[gnu::packed]] {
    u8 size = 16, reserved = 0;
    u16 count = 0, offset = 0, segment = BOUNCE_BUFFER >> 4;
    u32 lba_low = 0, lba_high = 0;
  } packet;
  packet.count = static_cast<u16>(count);
  packet.lba_low = lba;
  BiosRegisters r;
  r.vector = 0x13;
  r.eax = 0x4200;
  r.edx = boot_drive();
  const u32 at = reinterpret_cast<u32>(&packet);
  r.ds = static_cast<u16>(at >> 4);
  r.esi = at & 15;
  call_bios(&r);
  if (r.carry()) fatal("Boot loader: disk read error", StopCode::InaccessibleBootDevice);
}

u32 next_cluster(u32 cluster) {
  const u32 next = reinterpret_cast<const u16*>(FAT_BUFFER)[cluster];
  if (next < end_of_chain && (next < 2 || next >= volume.cluster_limit)) {
    fatal("Boot loader: the FAT is damaged", StopCode::InaccessibleBootDevice);
  }
  return next;
}

}  // namespace

u32 boot_drive() { return boot_sector().drive; }
u32 partition_lba() { return boot_sector().hidden_sectors; }

void mount_volume() {
  const BootSector& b = boot_sector();
  const u32 sectors = b.sectors16 != 0 ? b.sectors16 : b.sectors32;
  if (b.bytes_per_sector != sector_size || b.sectors_per_cluster == 0 || b.fat_count == 0 ||
      b.sectors_per_fat == 0 || b.sectors_per_fat > max_fat_sectors) {
    fatal("Boot loader: not a FAT16 volume", StopCode::InaccessibleBootDevice);
  }
  volume.fat_start = b.hidden_sectors + b.reserved_sectors;
  volume.root_start = volume.fat_start + u32{b.fat_count} * b.sectors_per_fat;
  volume.data_start = volume.root_start + (b.root_entries * entry_size + 511) / sector_size;
  volume.sectors_per_cluster = b.sectors_per_cluster;
  const u32 data = b.hidden_sectors + sectors - volume.data_start;
  volume.cluster_limit = 2 + data / b.sectors_per_cluster;
  if (volume.cluster_limit > b.sectors_per_fat * sector_size / 2) {
    fatal("Boot loader: the FAT is damaged", StopCode::InaccessibleBootDevice);
  }
  for (u32 done = 0; done < b.sectors_per_fat;) {
    const u32 left = b.sectors_per_fat - done;
    const u32 count = left < bounce_sectors ? left : bounce_sectors;
    read_sectors(volume.fat_start + done, count);
    memcpy(reinterpret_cast<void*>(FAT_BUFFER + done * sector_size),
           reinterpret_cast<const void*>(BOUNCE_BUFFER), count * sector_size);
    done += count;
  }
}

bool find_file(const char* name, File& file) {
  for (u32 lba = volume.root_start; lba < volume.data_start; ++lba) {
    read_sectors(lba, 1);
    const auto* entries = reinterpret_cast<const DirectoryEntry*>(BOUNCE_BUFFER);
    for (u32 i = 0; i < sector_size / entry_size; ++i) {
      const DirectoryEntry& entry = entries[i];
      if (entry.name[0] == 0) return false;  // none was ever used from here on
      constexpr u8 volume_label_or_directory = 0x18;
      if ((entry.attributes & volume_label_or_directory) != 0) continue;
      if (memcmp(entry.name, name, sizeof entry.name) != 0) continue;
      file = {entry.first_cluster, entry.size};
      return true;
    }
  }
  return false;
}

void read_file(const File& file, u32 offset, void* to, u32 length) {
  const u32 cluster_size = volume.sectors_per_cluster * sector_size;
  auto* out = static_cast<u8*>(to);
  u32 cluster = file.first_cluster;
  for (u32 skip = offset / cluster_size; skip != 0; --skip) {
    cluster = cluster < volume.cluster_limit ? next_cluster(cluster) : cluster;
  }
  u32 within = offset % cluster_size;
  while (length != 0) {
    if (cluster < 2 || cluster >= volume.cluster_limit) {
      fatal("Boot loader: a file is shorter than its directory entry says",
            StopCode::InaccessibleBootDevice);
    }
    // As many neighbouring clusters as fit the bounce buffer.
    u32 run = 1;
    while ((run + 1) * volume.sectors_per_cluster <= bounce_sectors &&
           run * cluster_size - within < length &&
           next_cluster(cluster + run - 1) == cluster + run) {
      ++run;
    }
    const u32 lba = volume.data_start + (cluster - 2) * volume.sectors_per_cluster;
    const u32 first = within / sector_size, in_sector = within % sector_size;
    u32 bytes = run * cluster_size - within;
    if (bytes > length) bytes = length;
    u32 sectors = (in_sector + bytes + sector_size - 1) / sector_size;
    if (sectors > bounce_sectors) {  // a cluster larger than the buffer
      sectors = bounce_sectors;
      bytes = sectors * sector_size - in_sector;
    }
    read_sectors(lba + first, sectors);
    memcpy(out, reinterpret_cast<const u8*>(BOUNCE_BUFFER) + in_sector, bytes);
    out += bytes;
    length -= bytes;
    within += bytes;
    for (; within >= cluster_size; within -= cluster_size) {
      cluster = length != 0 ? next_cluster(cluster) : cluster;
    }
  }
}

}  // namespace loader
