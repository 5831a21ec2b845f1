// Operations on names: enumerate, query, make directories, remove, rename.
#include "kernel/io/fat16.hpp"

using namespace arch;
using namespace fat;

namespace {

void describe(const DirectoryEntry& entry, FatDirectoryInformation& information) {
  information = {};
  format_short_name(entry.name, information.name);
  information.attributes = entry.attributes;
  information.size = entry.is_directory() ? 0 : entry.size;
  information.created = {entry.created_time, entry.created_date};
  information.written = {entry.written_time, entry.written_date};
}

}  // namespace

NTSTATUS FatVolume::read_directory(FatFile& directory, u32& cursor,
                                   FatDirectoryInformation& information) {
  if (!directory.is_directory()) return STATUS_NOT_A_DIRECTORY;
  Cursor at{directory.first_cluster};
  for (at.index = cursor;; ++at.index) {
    u32 sector = 0;
    const NTSTATUS status = load_entry(at, sector);
    if (!NT_SUCCESS(status)) return status;
    const DirectoryEntry& entry = loaded_entry(at.index % entries_per_sector * entry_size);
    if (entry.name[0] == never_used) return STATUS_NO_MORE_FILES;
    if (entry.is_unused() || entry.is_label()) continue;
    describe(entry, information);
    cursor = at.index + 1;
    return STATUS_SUCCESS;
  }
}

NTSTATUS FatVolume::query(const char* path, FatDirectoryInformation& information) {
  Found found;
  const NTSTATUS status = resolve(path, found);
  if (!NT_SUCCESS(status)) return status;
  describe(found.entry, information);
  if (found.is_root) information.name[0] = 0;
  return STATUS_SUCCESS;
}

NTSTATUS FatVolume::create_directory(const char* path) {
  u16 parent = 0, cluster = 0;
  ShortName name{};
  bool is_root = false;
  NTSTATUS status = resolve_parent(path, parent, name, is_root);
  if (!NT_SUCCESS(status)) return status;
  Found found;
  if (is_root || NT_SUCCESS(status = find_entry(parent, name, found))) {
    return STATUS_OBJECT_NAME_COLLISION;
  }
  if (status != STATUS_OBJECT_NAME_NOT_FOUND) return status;
  u32 index = 0;
  if (!NT_SUCCESS(status = find_unused_entry(parent, index))) return status;
  if (!NT_SUCCESS(status = allocate_chain(1, cluster))) return status;

  // "." and ".." first, then the name that makes them reachable.
  status = zero_cluster(cluster);
  ShortName dot{};
  for (u32 dots = 1; dots <= 2 && NT_SUCCESS(status); ++dots) {
    parse_short_name("..", dots, dot);
    DirectoryEntry entry = new_entry(dot, fat_attribute::directory);
    entry.first_cluster = dots == 1 ? cluster : parent;
    status = write_entry(cluster, dots - 1, entry, found);
  }
  if (NT_SUCCESS(status)) {
    DirectoryEntry entry = new_entry(name, fat_attribute::directory);
    entry.first_cluster = cluster;
    status = write_entry(parent, index, entry, found);
  }
  if (!NT_SUCCESS(status)) free_chain(cluster);
  return status;
}

NTSTATUS FatVolume::remove(const char* path) {
  Found found;
  NTSTATUS status = resolve(path, found);
  if (!NT_SUCCESS(status)) return status;
  if (found.is_root || found.entry.name[0] == '.') return STATUS_CANNOT_DELETE;
  if ((found.entry.attributes & fat_attribute::read_only) != 0) return STATUS_CANNOT_DELETE;
  if (find_open(found) != nullptr) return STATUS_SHARING_VIOLATION;
  if (found.entry.is_directory()) {
    status = is_directory_empty(found.entry.first_cluster);
    if (!NT_SUCCESS(status)) return status;
  }
  // The name goes first: clusters lost to a failure in between harm nobody.
  status = erase_entry(found, found.long_entries + 1);
  if (!NT_SUCCESS(status) || found.entry.first_cluster == 0) return status;
  return free_chain(found.entry.first_cluster);
}

NTSTATUS FatVolume::rename(const char* from, const char* to) {
  Found source, target, written;
  NTSTATUS status = resolve(from, source);
  if (!NT_SUCCESS(status)) return status;
  if (source.is_root || source.entry.name[0] == '.') return STATUS_ACCESS_DENIED;
  u16 parent = 0;
  ShortName name{};
  bool is_root = false;
  if (!NT_SUCCESS(status = resolve_parent(to, parent, name, is_root))) return status;
  if (is_root) return STATUS_OBJECT_NAME_COLLISION;
  status = find_entry(parent, name, target);
  if (NT_SUCCESS(status)) {
    const bool itself = target.sector == source.sector && target.offset == source.offset;
    return itself ? STATUS_SUCCESS : STATUS_OBJECT_NAME_COLLISION;
  }
  if (status != STATUS_OBJECT_NAME_NOT_FOUND) return status;

  DirectoryEntry entry = source.entry;
  for (u32 i = 0; i < sizeof name.byte; ++i) entry.name[i] = name.byte[i];
  entry.lower_case = 0;
  if (parent == source.directory) {  // in place; a long name no longer fits
    status = erase_entry(source, source.long_entries);
    return NT_SUCCESS(status) ? write_entry(parent, source.index, entry, written) : status;
  }
  if (entry.is_directory()) {
    status = is_inside(parent, entry.first_cluster);
    if (!NT_SUCCESS(status)) return status;
  }
  u32 index = 0;
  if (!NT_SUCCESS(status = find_unused_entry(parent, index))) return status;
  FatFile* open = find_open(source);
  if (!NT_SUCCESS(status = write_entry(parent, index, entry, written))) return status;
  if (open != nullptr) {
    open->entry_sector = written.sector;
    open->entry_offset = written.offset;
  }
  status = erase_entry(source, source.long_entries + 1);
  if (!NT_SUCCESS(status) || !entry.is_directory()) return status;
  ShortName dots{};
  parse_short_name("..", 2, dots);
  if (!NT_SUCCESS(status = find_entry(entry.first_cluster, dots, target))) return status;
  target.entry.first_cluster = parent;
  return write_entry(entry.first_cluster, target.index, target.entry, written);
}
