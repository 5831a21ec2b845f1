// The boot loader: memory map, options, kernel, and the jump into it.
#include "arch/loader_parameter_block.hpp"
#include "firmware/boot/loader/bios.hpp"
#include "firmware/boot/loader/boot_options.hpp"
#include "firmware/boot/loader/fatal.hpp"
#include "firmware/boot/loader/kernel_image.hpp"
#include "firmware/boot/loader/layout.h"
#include "firmware/boot/loader/memory.hpp"
#include "firmware/boot/loader/memory_map.hpp"
#include "firmware/boot/loader/volume.hpp"

extern "C" [[noreturn]] void enter_kernel(arch::u32 entry, arch::u32 loader_parameter_block);

namespace loader {

extern "C" [[noreturn]] void loader_main() {
  if (!open_a20()) fatal("Boot loader: A20 stays closed", StopCode::InsufficientResources);
  mount_volume();
  RamRanges ram;
  query_memory(ram);

  auto& block = *reinterpret_cast<LoaderParameterBlock*>(LOADER_DATA);
  memset(&block, 0, sizeof block);
  block.magic = LoaderParameterBlock::magic_value;
  block.size = sizeof block;
  block.boot_drive = boot_drive();
  block.boot_partition_lba = partition_lba();
  read_boot_options(block.load_options, sizeof block.load_options);

  const KernelImage kernel = load_kernel(extended_memory_end(ram));
  block.kernel_base = kernel.physical_base;
  block.kernel_size = kernel.size;
  describe_memory(ram, block);
  enter_kernel(kernel.entry, LOADER_DATA + kernel_segment_base);
}

}  // namespace loader
