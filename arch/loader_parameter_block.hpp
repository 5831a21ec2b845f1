// What our boot loader hands to the kernel. All addresses in it are physical.
#pragma once

#include "arch/integers.hpp"

namespace arch {

/// Entry contract: protected mode, paging off, interrupts off, A20 open. The loader's GDT gives CS
/// and the data segments base 0x80000000, so that the kernel image, linked at
/// kernel_image_base + its RVA and loaded at physical kernel_image_base - 0x80000000, runs at its
/// linked addresses before paging exists: segmentation adds 0x80000000 and wraps modulo 4 GB.
/// EBX holds the *offset* (physical + 0x80000000) of the LoaderParameterBlock; ESP is a valid
/// stack of at least 4 KB in the same segment. The kernel turns paging on itself.
inline constexpr u32 kernel_segment_base = 0x80000000;
inline constexpr u32 kernel_image_base = 0x80100000;

struct MemoryDescriptor {
  enum Type : u32 { Free = 1, LoaderTemporary = 2, KernelImage = 3, Firmware = 4 };
  u32 base = 0;  // physical, bytes
  u32 size = 0;  // bytes
  Type type = Free;
};

struct LoaderParameterBlock {
  static constexpr u32 magic_value = 0x4B424C46;  // "FLBK"
  static constexpr unsigned max_memory_descriptors = 16;
  u32 magic = 0;
  u32 size = 0;  // sizeof(LoaderParameterBlock), guards against a mismatched loader
  u32 kernel_base = 0, kernel_size = 0;     // physical, bytes; size is SizeOfImage
  u32 kernel_file_base = 0, kernel_file_size = 0;  // 0: the loader keeps no copy of the file
  u32 boot_drive = 0x80;                    // INT 13h number
  u32 boot_partition_lba = 0;               // first sector of the FAT16 volume
  u32 memory_descriptor_count = 0;
  MemoryDescriptor memory[max_memory_descriptors];
  /// Contents of \BOOT.INI's "options=" line, NUL-terminated: for example
  /// "RUN=HELLO.EXE one two" (see docs/kernel.md, "Boot options").
  char load_options[512] = {};
};

}  // namespace arch
