// FAT16 on the disk: boot sector, directory entries, values of the FAT. [FAT]
#pragma once

#include "arch/integers.hpp"

namespace fat {

using namespace arch;

inline constexpr u32 sector_size = 512, entry_size = 32, entries_per_sector = 16;
inline constexpr u32 fat_entries_per_sector = sector_size / 2;

// What a FAT entry says about its cluster. [FAT "FAT Data Structure"]
inline constexpr u16 free_cluster = 0x0000, first_data_cluster = 2, bad_cluster = 0xFFF7,
                     end_of_chain = 0xFFF8, last_cluster_mark = 0xFFFF;
inline constexpr u32 min_clusters = 4085, max_clusters = 65524;  // what makes a volume FAT16

// First byte of a directory entry's name.
inline constexpr u8 never_used = 0x00, deleted = 0xE5, stands_for_e5 = 0x05;

/// The first 62 bytes of the volume. [FAT "Boot Sector and BPB"]
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
  u8 drive, reserved, extended_signature;
  u32 serial_number;
  char label[11], type[8];
};
static_assert(sizeof(BootSector) == 62);

struct [[gnu::packed]] DirectoryEntry {
  u8 name[11];
  u8 attributes;
  u8 lower_case;  // Windows NT: bit 3 base name, bit 4 extension
  u8 created_centiseconds;
  u16 created_time, created_date, accessed_date;
  u16 cluster_high;  // FAT32 only
  u16 written_time, written_date;
  u16 first_cluster;
  u32 size;

  bool is_long_name() const { return (attributes & 0x3F) == 0x0F; }
  bool is_label() const { return (attributes & 0x08) != 0; }
  bool is_directory() const { return (attributes & 0x10) != 0; }
  bool is_unused() const { return name[0] == never_used || name[0] == deleted; }
};
static_assert(sizeof(DirectoryEntry) == entry_size);

/// An 8.3 name as a directory holds it: upper case, blank padded.
struct ShortName {
  u8 byte[11];
  friend constexpr bool operator==(const ShortName&, const ShortName&) = default;
};

/// "HELLO.EXE" from a directory's name; `text` has room for 13 characters.
void format_short_name(const u8* name, char* text);
/// False when `text` (of `length` characters) is no 8.3 name.
bool parse_short_name(const char* text, u32 length, ShortName& name);

}  // namespace fat
