// The first page directory, built while paging is off. Pointers work all the same: the loader's
// segments add 80000000h, so that an address of KSEG0 reaches the physical memory it will map.
#include "kernel/mm/boot_paging.hpp"

#include "kernel/ke/pcr.hpp"
#include "kernel/ke/processor.hpp"
#include "kernel/mm/layout.hpp"
#include "kernel/mm/pfn.hpp"
#include "kernel/rtl/memory.hpp"

MiBootPages MiBoot = {};

extern "C" {
arch::LoaderParameterBlock KeLoaderBlock = {};
ULONG KeI386Is486 = 0;

struct [[gnu::packed]] DescriptorTableRegister {
  arch::u16 limit;
  arch::u32 base;
};
extern DescriptorTableRegister KiBootGdtDescriptor;
extern arch::Descriptor KiGdt[8];
}

namespace {

using arch::MemoryDescriptor;

bool is_ram(MemoryDescriptor::Type type) { return type != MemoryDescriptor::Firmware; }

void measure_memory() {
  MmLowestPhysicalPage = ~ULONG{0};
  MmHighestPhysicalPage = 0;
  ULONG best = 0;
  for (ULONG i = 0; i < KeLoaderBlock.memory_descriptor_count; ++i) {
    const MemoryDescriptor& memory = KeLoaderBlock.memory[i];
    if (!is_ram(memory.type) || memory.base >= MM_KSEG0_SIZE) continue;
    const ULONG size =
        memory.size < MM_KSEG0_SIZE - memory.base ? memory.size : MM_KSEG0_SIZE - memory.base;
    const ULONG first = PageGeometry::page_of(PageGeometry::round_up(memory.base));
    const ULONG end = PageGeometry::page_of(memory.base + size);
    if (end <= first) continue;
    MmNumberOfPhysicalPages += end - first;
    if (first < MmLowestPhysicalPage) MmLowestPhysicalPage = first;
    if (end - 1 > MmHighestPhysicalPage) MmHighestPhysicalPage = end - 1;
    if (memory.type == MemoryDescriptor::Free && end - first > best) {
      best = end - first;
      MiBoot.first = MiBoot.next = first;
      MiBoot.end = end;
    }
  }
}

/// Consecutive zeroed pages from the largest free descriptor.
ULONG take_pages(ULONG count) {
  if (MiBoot.end - MiBoot.next < count) {
    MiBoot.out_of_memory = true;
    KeHaltForever();  // not even page tables: there is no screen to say so on
  }
  const ULONG frame = MiBoot.next;
  MiBoot.next += count;
  memset(MiFrameToKseg0(frame), 0, count << PAGE_SHIFT);
  return frame;
}

MMPTE* directory() { return MiFrameToKseg0<MMPTE>(MiBoot.directory); }

/// Page tables for [first, last], so that the kernel's directory entries never change again.
void make_page_tables(ULONG first, ULONG last) {
  for (ULONG index = PageGeometry::directory_index(first);
       index <= PageGeometry::directory_index(last); ++index) {
    if (!directory()[index].valid()) directory()[index] = MiMakeValidPde(take_pages(1), false);
  }
}

void map(ULONG address, ULONG frame) {
  const MMPTE pde = directory()[PageGeometry::directory_index(address)];
  MiFrameToKseg0<MMPTE>(pde.frame())[PageGeometry::table_index(address)] =
      MiMakeValidKernelPte(frame, true);
}

}  // namespace

extern "C" ULONG MiBuildInitialPageTables(const arch::LoaderParameterBlock* loader_block) {
  KeLoaderBlock = *loader_block;
  measure_memory();
  MiBoot.directory = take_pages(1);

  const ULONG kseg0_end = KSEG0_BASE + (MmHighestPhysicalPage << PAGE_SHIFT);
  make_page_tables(KSEG0_BASE, kseg0_end);
  for (ULONG frame = 0; frame <= MmHighestPhysicalPage; ++frame) {
    map(KSEG0_BASE + (frame << PAGE_SHIFT), frame);
  }
  make_page_tables(MM_NONPAGED_POOL_START, MM_NONPAGED_POOL_START + MM_NONPAGED_POOL_SIZE - 1);
  make_page_tables(MM_SYSTEM_PTE_START, MM_SYSTEM_PTE_START + MM_SYSTEM_PTE_SIZE - 1);
  make_page_tables(MM_PAGING_WINDOWS, KIP0PCRADDRESS);
  MiBoot.pcr = take_pages(1);
  MiBoot.user_shared_data = take_pages(1);
  map(KIP0PCRADDRESS, MiBoot.pcr);
  map(KI_USER_SHARED_DATA, MiBoot.user_shared_data);
  directory()[PageGeometry::directory_index(PageGeometry::page_table_base)] =
      MiMakeValidPde(MiBoot.directory, false);
  // Until the far jump the processor still fetches at physical addresses.
  directory()[0] = directory()[PageGeometry::directory_index(KSEG0_BASE)];

  const ULONG database_bytes = (MmHighestPhysicalPage + 1) * sizeof(MMPFN);
  const ULONG database = take_pages(PageGeometry::page_of(PageGeometry::round_up(database_bytes)));
  MmPfnDatabase = MiFrameToKseg0<MMPFN>(database);

  KiBootGdtDescriptor.base = MiKseg0ToPhysical(KiGdt);
  return MiBoot.directory << PAGE_SHIFT;
}
