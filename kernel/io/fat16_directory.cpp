// Directories: finding, adding and erasing entries, and following paths.
#include "kernel/io/fat16.hpp"

using namespace arch;
using namespace fat;

/// Loads the sector with the cursor's entry; STATUS_NO_MORE_FILES past the directory's end.
NTSTATUS FatVolume::load_entry(Cursor& cursor, u32& sector) {
  if (cursor.first_cluster == 0) {
    if (cursor.index >= root_entries_) return STATUS_NO_MORE_FILES;
    sector = root_start_ + cursor.index / entries_per_sector;
    return load_sector(sector);
  }
  const u32 per_cluster = sectors_per_cluster_ * entries_per_sector;
  const u32 wanted = cursor.index / per_cluster;
  if (wanted >= cluster_count_) return STATUS_FILE_CORRUPT_ERROR;  // the chain is a ring
  if (cursor.cluster == 0 || wanted < cursor.chain_index) {
    if (!is_data_cluster(cursor.first_cluster)) return STATUS_FILE_CORRUPT_ERROR;
    cursor.cluster = cursor.first_cluster;
    cursor.chain_index = 0;
  }
  while (cursor.chain_index < wanted) {
    u16 next = 0;
    const NTSTATUS status = next_cluster(cursor.cluster, next);
    if (!NT_SUCCESS(status)) return status;
    if (next == 0) return STATUS_NO_MORE_FILES;
    cursor.cluster = next;
    ++cursor.chain_index;
  }
  sector = cluster_sector(cursor.cluster) + cursor.index % per_cluster / entries_per_sector;
  return load_sector(sector);
}

NTSTATUS FatVolume::find_entry(u16 directory, const ShortName& name, Found& found) {
  Cursor cursor{directory};
  u32 long_entries = 0;
  for (;; ++cursor.index) {
    u32 sector = 0;
    const NTSTATUS status = load_entry(cursor, sector);
    if (status == STATUS_NO_MORE_FILES) return STATUS_OBJECT_NAME_NOT_FOUND;
    if (!NT_SUCCESS(status)) return status;
    const u32 offset = cursor.index % entries_per_sector * entry_size;
    const DirectoryEntry& entry = loaded_entry(offset);
    if (entry.name[0] == never_used) return STATUS_OBJECT_NAME_NOT_FOUND;
    if (entry.name[0] != deleted && entry.is_long_name()) {
      ++long_entries;
      continue;
    }
    bool same = !entry.is_unused() && !entry.is_label();
    for (u32 i = 0; i < sizeof name.byte && same; ++i) same = entry.name[i] == name.byte[i];
    if (same) {
      found = {entry, directory, cursor.index, long_entries, sector, offset, false};
      return STATUS_SUCCESS;
    }
    long_entries = 0;
  }
}

NTSTATUS FatVolume::find_unused_entry(u16 directory, u32& index) {
  Cursor cursor{directory};
  for (;; ++cursor.index) {
    u32 sector = 0;
    NTSTATUS status = load_entry(cursor, sector);
    if (status == STATUS_NO_MORE_FILES) {
      if (directory == 0) return STATUS_DISK_FULL;  // the root cannot grow
      status = extend_directory(directory);
      if (NT_SUCCESS(status)) index = cursor.index;
      return status;
    }
    if (!NT_SUCCESS(status)) return status;
    if (loaded_entry(cursor.index % entries_per_sector * entry_size).is_unused()) {
      index = cursor.index;
      return STATUS_SUCCESS;
    }
  }
}

NTSTATUS FatVolume::extend_directory(u16 directory) {
  u16 last = directory;
  for (u32 steps = 0;; ++steps) {
    u16 next = 0;
    if (const NTSTATUS status = next_cluster(last, next); !NT_SUCCESS(status)) return status;
    if (next == 0) break;
    if (steps == cluster_count_) return STATUS_FILE_CORRUPT_ERROR;
    last = next;
  }
  u16 added = 0;
  if (const NTSTATUS status = allocate_chain(1, added); !NT_SUCCESS(status)) return status;
  NTSTATUS status = zero_cluster(added);
  if (NT_SUCCESS(status)) status = set_fat(last, added);
  if (!NT_SUCCESS(status)) free_chain(added);
  return status;
}

NTSTATUS FatVolume::write_entry(u16 directory, u32 index, const DirectoryEntry& entry,
                                Found& written) {
  Cursor cursor{directory};
  cursor.index = index;
  u32 sector = 0;
  if (const NTSTATUS status = load_entry(cursor, sector); !NT_SUCCESS(status)) return status;
  const u32 offset = index % entries_per_sector * entry_size;
  loaded_entry(offset) = entry;
  written = {entry, directory, index, 0, sector, offset, false};
  return store_sector();
}

/// Marks the entry and its long name's parts deleted, or with `count` the latter only.
NTSTATUS FatVolume::erase_entry(const Found& found, u32 count) {
  for (u32 i = 0; i < count; ++i) {
    Cursor cursor{found.directory};
    cursor.index = found.index - found.long_entries + i;
    u32 sector = 0;
    if (const NTSTATUS status = load_entry(cursor, sector); !NT_SUCCESS(status)) return status;
    loaded_entry(cursor.index % entries_per_sector * entry_size).name[0] = deleted;
    if (const NTSTATUS status = store_sector(); !NT_SUCCESS(status)) return status;
  }
  return STATUS_SUCCESS;
}

NTSTATUS FatVolume::is_directory_empty(u16 directory) {
  for (Cursor cursor{directory};; ++cursor.index) {
    u32 sector = 0;
    const NTSTATUS status = load_entry(cursor, sector);
    if (status == STATUS_NO_MORE_FILES) return STATUS_SUCCESS;
    if (!NT_SUCCESS(status)) return status;
    const DirectoryEntry& entry = loaded_entry(cursor.index % entries_per_sector * entry_size);
    if (entry.name[0] == never_used) return STATUS_SUCCESS;
    if (entry.is_unused() || entry.is_label() || entry.name[0] == '.') continue;
    return STATUS_DIRECTORY_NOT_EMPTY;
  }
}

/// Follows all components but the last; `name` is that one. The root itself has neither.
NTSTATUS FatVolume::resolve_parent(const char* path, u16& directory, ShortName& name,
                                   bool& is_root) {
  const auto separates = [](char c) { return c == '\\' || c == '/'; };
  directory = 0;
  is_root = true;
  for (;;) {
    while (separates(*path)) ++path;
    if (*path == 0) return STATUS_SUCCESS;  // "\" or a trailing separator: the name stands
    if (!is_root) {                         // one more component: the last name is a directory
      Found found;
      const NTSTATUS status = find_entry(directory, name, found);
      if (status == STATUS_OBJECT_NAME_NOT_FOUND) return STATUS_OBJECT_PATH_NOT_FOUND;
      if (!NT_SUCCESS(status)) return status;
      if (!found.entry.is_directory()) return STATUS_OBJECT_PATH_NOT_FOUND;
      directory = found.entry.first_cluster;
    }
    u32 length = 0;
    while (path[length] != 0 && !separates(path[length])) ++length;
    if (!parse_short_name(path, length, name)) return STATUS_OBJECT_NAME_INVALID;
    path += length;
    is_root = directory == 0 && name.byte[0] == '.';  // the root has no "." of its own
  }
}

NTSTATUS FatVolume::resolve(const char* path, Found& found) {
  u16 directory = 0;
  ShortName name{};
  bool is_root = false;
  const NTSTATUS status = resolve_parent(path, directory, name, is_root);
  if (!NT_SUCCESS(status)) return status;
  if (!is_root) {
    const NTSTATUS search = find_entry(directory, name, found);
    // ".." of a directory in the root names cluster 0: the root.
    if (!NT_SUCCESS(search) || found.entry.first_cluster != 0 || !found.entry.is_directory()) {
      return search;
    }
  }
  found = {};
  found.entry.attributes = fat_attribute::directory;
  found.is_root = true;
  return STATUS_SUCCESS;
}

/// STATUS_INVALID_PARAMETER when `directory` lies in `ancestor` or is it.
NTSTATUS FatVolume::is_inside(u16 directory, u16 ancestor) {
  ShortName parent{};
  parse_short_name("..", 2, parent);
  for (u32 depth = 0; directory != 0; ++depth) {
    if (directory == ancestor) return STATUS_INVALID_PARAMETER;
    if (depth == cluster_count_) return STATUS_FILE_CORRUPT_ERROR;
    Found found;
    const NTSTATUS status = find_entry(directory, parent, found);
    if (!NT_SUCCESS(status)) return STATUS_FILE_CORRUPT_ERROR;
    directory = found.entry.first_cluster;
  }
  return STATUS_SUCCESS;
}

DirectoryEntry FatVolume::new_entry(const ShortName& name, u8 attributes) const {
  DirectoryEntry entry{};
  for (u32 i = 0; i < sizeof name.byte; ++i) entry.name[i] = name.byte[i];
  entry.attributes = attributes;
  const FatTimestamp now = clock_();
  entry.created_time = entry.written_time = now.time;
  entry.created_date = entry.written_date = entry.accessed_date = now.date;
  return entry;
}
