// FAT16 volumes: mount, open by path, read, write, enumerate, rename, delete.
// [FAT]
#pragma once

#include "arch/integers.hpp"
#include "kernel/io/block_device.hpp"
#include "kernel/io/fat16_format.hpp"
#include "kernel/nt/status.hpp"

/// Date and time in FAT's packed form. [FAT "Date and Time Formats"]
struct FatTimestamp {
  arch::u16 time = 0;  // hours 15:11, minutes 10:5, seconds / 2 4:0
  arch::u16 date = 0;  // year - 1980 15:9, month 8:5, day 4:0
};

namespace fat_attribute {
inline constexpr arch::u8 read_only = 0x01, hidden = 0x02, system = 0x04, volume_label = 0x08,
                          directory = 0x10, archive = 0x20, long_name = 0x0F;
}

/// One name in a directory, as enumeration and `query` return it.
struct FatDirectoryInformation {
  char name[13] = {};  // "HELLO.EXE", NUL-terminated
  arch::u8 attributes = 0;
  arch::u32 size = 0;
  FatTimestamp created, written;
};

/// A file control block: one for each open file, however many handles share it.
struct FatFile {
  arch::u32 references = 0;    // 0: the slot is free
  arch::u32 entry_sector = 0;  // where its directory entry lives; 0: the root directory
  arch::u32 entry_offset = 0;
  arch::u32 size = 0;           // bytes; 0 for directories
  arch::u16 first_cluster = 0;  // 0: empty file, or the root directory
  arch::u8 attributes = 0;
  arch::u32 cached_index = 0;    // the chain position last visited: makes sequential I/O linear
  arch::u16 cached_cluster = 0;  // 0: nothing cached
  void* context = nullptr;       // of whoever opened it first; the volume leaves it alone

  bool is_directory() const { return (attributes & fat_attribute::directory) != 0; }
};

/// What to do when a name exists or does not; values of NT's CreateDisposition.
enum class FatDisposition : arch::u32 {
  Supersede = 0,
  Open = 1,
  Create = 2,
  OpenIf = 3,
  Overwrite = 4,
  OverwriteIf = 5,
};

/// A mounted volume. No allocation: file control blocks are a fixed pool, buffers are members
/// (about 4 KB in all). Not reentrant: the caller holds its own lock across each call. Every
/// write reaches the device before the call returns.
class FatVolume {
 public:
  static constexpr unsigned max_open_files = 64;
  using Clock = FatTimestamp (*)();

  /// Reads the boot sector at `partition_lba`. STATUS_UNRECOGNIZED_VOLUME when it isn't FAT16.
  NTSTATUS mount(BlockDevice& device, arch::u32 partition_lba, Clock clock);

  // Paths: "\\DIR\\NAME.EXT", either slash, any case, leading slash optional; "\\" is the root.
  NTSTATUS open(const char* path, FatFile*& file);  // files and directories
  NTSTATUS create(const char* path, FatDisposition disposition, FatFile*& file);
  NTSTATUS create_directory(const char* path);
  void close(FatFile* file);

  /// Short at end of file; STATUS_END_OF_FILE when `offset` is at or past it.
  NTSTATUS read(FatFile& file, arch::u32 offset, void* buffer, arch::u32 length,
                arch::u32& transferred);
  /// Extends the file as needed; a gap reads as zeros. On STATUS_DISK_FULL nothing is written.
  NTSTATUS write(FatFile& file, arch::u32 offset, const void* buffer, arch::u32 length,
                 arch::u32& transferred);
  NTSTATUS set_size(FatFile& file, arch::u32 size);  // truncates or extends with zeros
  /// The same without the zeros: what the disk held, which the caller is about to overwrite.
  NTSTATUS extend(FatFile& file, arch::u32 size);

  /// Read-only, hidden, system and archive as given; `written`, unless null, is when.
  NTSTATUS set_attributes(FatFile& file, arch::u8 attributes, const FatTimestamp* written);

  // Paging: pages of a file that lie in memory. `offset` and `length` are whole sectors.
  /// What lies past the end of the file is zeros.
  NTSTATUS read_pages(FatFile& file, arch::u32 offset, void* buffer, arch::u32 length);
  /// Up to the end of the file, its last sector as a whole. The directory entry stays as it is.
  NTSTATUS write_pages(FatFile& file, arch::u32 offset, const void* buffer, arch::u32 length);
  /// Where the sectors from `offset` on lie, one behind the other on the device: `length` of them
  /// at most, in bytes, are asked for, and the file's size and neighbouring clusters set a limit.
  NTSTATUS find_extent(FatFile& file, arch::u32 offset, arch::u32& sector, arch::u32& length);

  /// Call with cursor 0 first; STATUS_NO_MORE_FILES after the last name.
  NTSTATUS read_directory(FatFile& directory, arch::u32& cursor, FatDirectoryInformation& entry);
  NTSTATUS query(const char* path, FatDirectoryInformation& entry);
  NTSTATUS remove(const char* path);  // a file, or an empty directory; not one that is open
  NTSTATUS rename(const char* from, const char* to);  // may move; `to` must not exist

  // Files in few pieces.
  /// Adds one run of free clusters to the end of a file of whole clusters, `wanted` bytes or what
  /// the longest one has, in whole `unit`s, and attributes. They hold what the disk held.
  NTSTATUS append_run(FatFile& file, arch::u32 unit, arch::u32 wanted, arch::u8 attributes,
                      arch::u32& sector, arch::u32& length);

  NTSTATUS count_free_clusters(arch::u32& count);
  arch::u32 cluster_size() const { return sectors_per_cluster_ * BlockDevice::sector_size; }
  arch::u32 cluster_count() const { return cluster_count_; }
  arch::u32 serial_number() const { return serial_number_; }

 private:
  /// A place in a directory, moved on entry by entry.
  struct Cursor {
    arch::u16 first_cluster = 0;  // 0: the root directory
    arch::u32 index = 0;
    arch::u32 chain_index = 0;
    arch::u16 cluster = 0;  // number `chain_index` of the chain; 0: not begun
  };
  /// An entry found: a copy, and where it lies.
  struct Found {
    fat::DirectoryEntry entry;
    arch::u16 directory = 0;  // first cluster of the directory that holds it; 0: the root
    arch::u32 index = 0;
    arch::u32 long_entries = 0;  // parts of its long name, just before it
    arch::u32 sector = 0, offset = 0;
    bool is_root = false;  // the root itself, which has no entry
  };

  // fat16_chain.cpp: sectors and the FAT.
  NTSTATUS load_sector(arch::u32 sector);
  NTSTATUS store_sector();
  NTSTATUS load_fat_sector(arch::u32 index);
  NTSTATUS get_fat(arch::u16 cluster, arch::u16& value);
  NTSTATUS set_fat(arch::u16 cluster, arch::u16 value);
  NTSTATUS next_cluster(arch::u16 cluster, arch::u16& next);  // 0 after the last
  NTSTATUS find_free_cluster(arch::u16& cluster);
  NTSTATUS allocate_chain(arch::u32 count, arch::u16& first);
  NTSTATUS free_chain(arch::u16 first);
  NTSTATUS zero_cluster(arch::u16 cluster);
  bool is_data_cluster(arch::u32 cluster) const {
    return cluster >= fat::first_data_cluster && cluster < cluster_count_ + 2;
  }
  arch::u32 cluster_sector(arch::u16 cluster) const {
    return data_start_ + (cluster - 2u) * sectors_per_cluster_;
  }

  // fat16_directory.cpp: entries and paths.
  NTSTATUS load_entry(Cursor& cursor, arch::u32& sector);
  fat::DirectoryEntry& loaded_entry(arch::u32 offset) {
    return *reinterpret_cast<fat::DirectoryEntry*>(sector_ + offset);
  }
  NTSTATUS find_entry(arch::u16 directory, const fat::ShortName& name, Found& found);
  NTSTATUS find_unused_entry(arch::u16 directory, arch::u32& index);
  NTSTATUS write_entry(arch::u16 directory, arch::u32 index, const fat::DirectoryEntry& entry,
                       Found& written);
  NTSTATUS extend_directory(arch::u16 directory);
  NTSTATUS erase_entry(const Found& found, arch::u32 count_with_long_entries);
  NTSTATUS is_directory_empty(arch::u16 directory);
  NTSTATUS resolve_parent(const char* path, arch::u16& directory, fat::ShortName& name,
                          bool& is_root);
  NTSTATUS resolve(const char* path, Found& found);
  NTSTATUS is_inside(arch::u16 directory, arch::u16 ancestor);
  fat::DirectoryEntry new_entry(const fat::ShortName& name, arch::u8 attributes) const;

  // fat16_file.cpp: control blocks and sizes.
  FatFile* find_open(const Found& found);
  NTSTATUS open_found(const Found& found, FatFile*& file);
  NTSTATUS update_entry(FatFile& file);
  NTSTATUS resize_chain(FatFile& file, arch::u32 clusters);

  // fat16_contiguous.cpp: runs of free clusters.
  template <class Visit>
  NTSTATUS for_each_free_run(Visit visit);
  NTSTATUS link_run(arch::u32 first, arch::u32 count);

  // fat16_data.cpp: the bytes in a chain.
  NTSTATUS seek(FatFile& file, arch::u32 chain_index, arch::u16& cluster);
  NTSTATUS write_data(FatFile& file, arch::u32 offset, const arch::u8* from, arch::u32 length);
  NTSTATUS write_sectors(arch::u32 sector, const arch::u8* from, arch::u32 length);
  arch::u32 clusters_for(arch::u32 bytes) const {
    return bytes / cluster_size() + (bytes % cluster_size() != 0 ? 1 : 0);
  }

  BlockDevice* device_ = nullptr;
  Clock clock_ = nullptr;
  arch::u32 sectors_per_cluster_ = 0, cluster_count_ = 0, serial_number_ = 0;
  // Sector numbers on the device.
  arch::u32 fat_start_ = 0, sectors_per_fat_ = 0, fat_count_ = 0, root_start_ = 0,
            root_entries_ = 0, data_start_ = 0;
  arch::u16 allocation_hint_ = fat::first_data_cluster;  // where the search for space goes on
  // Buffers, written through: one for the FAT, one for directories and partial data sectors.
  static constexpr arch::u32 nothing = 0xFFFFFFFF;
  arch::u32 fat_loaded_ = nothing, sector_loaded_ = nothing;
  alignas(4) arch::u8 fat_[BlockDevice::sector_size] = {};
  alignas(4) arch::u8 sector_[BlockDevice::sector_size] = {};
  FatFile files_[max_open_files];
};
