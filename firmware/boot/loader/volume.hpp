// The FAT16 volume the loader came from, read-only. [FAT]
#pragma once

#include "arch/integers.hpp"

namespace loader {

using namespace arch;

struct File {
  u32 first_cluster = 0, size = 0;
};

/// Reads the volume's parameters from the boot sector in memory, and the whole FAT.
void mount_volume();
u32 boot_drive();
u32 partition_lba();

/// `name` is the directory's own form: eleven characters, blank padded.
bool find_file(const char* name, File& file);
/// Reads [offset, offset + length), which must lie inside the file.
void read_file(const File& file, u32 offset, void* to, u32 length);

}  // namespace loader
