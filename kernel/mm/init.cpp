// MmInitSystem: the page frame database from the loader's memory map, the commit limit, the pool,
// and the protection of the kernel's own sections.
#include "kernel/mm/init.hpp"

#include "arch/portable_executable.hpp"
#include "kernel/ex/bad_memory_option.hpp"
#include "kernel/ex/boot_options.hpp"
#include "kernel/io/console.hpp"
#include "kernel/ke/bugcheck.hpp"
#include "kernel/ke/irql.hpp"
#include "kernel/ke/processor.hpp"
#include "kernel/mm/boot_paging.hpp"
#include "kernel/mm/control_area.hpp"
#include "kernel/mm/free_pages.hpp"
#include "kernel/mm/layout.hpp"
#include "kernel/mm/paging_file.hpp"
#include "kernel/mm/pfn.hpp"
#include "kernel/mm/pool.hpp"

namespace {

using arch::MemoryDescriptor;

constexpr ULONG least_free_pages_bytes = 0x80000;

void mark_active(ULONG frame) {
  MMPFN& pfn = MmPfnDatabase[frame];
  pfn.PageLocation = ActiveAndValid;
  pfn.ReferenceCount = 1;
  pfn.u2.ShareCount = 1;
}

bool taken_at_boot(ULONG frame) { return frame >= MiBoot.first && frame < MiBoot.next; }

/// Free and loader memory becomes free pages; frame 0 stays out, it means "none".
void build_free_list() {
  for (ULONG frame = 0; frame <= MmHighestPhysicalPage; ++frame) mark_active(frame);
  for (ULONG i = 0; i < KeLoaderBlock.memory_descriptor_count; ++i) {
    const MemoryDescriptor& memory = KeLoaderBlock.memory[i];
    if (memory.type != MemoryDescriptor::Free && memory.type != MemoryDescriptor::LoaderTemporary) {
      continue;
    }
    if (memory.base >= MM_KSEG0_SIZE) continue;
    const ULONG end = PageGeometry::page_of(memory.base + memory.size);
    for (ULONG frame = PageGeometry::page_of(PageGeometry::round_up(memory.base));
         frame < end && frame <= MmHighestPhysicalPage; ++frame) {
      if (frame != 0 && !taken_at_boot(frame)) MiInsertPageInFreeList(frame);
    }
  }
}

/// Frames that the boot options call bad are nobody's from now on. What the kernel has already
/// can't be given up.
void take_out_bad_memory() {
  const char* option = ExFindBootOption(KeLoaderBlock.load_options, "BADMEMORY=");
  if (option == nullptr) return;
  const bool understood = ExParseBadMemory(option, [](ULONG first, ULONG last) {
    const KDispatchGuard guard;
    for (ULONG frame = first; frame <= last && frame <= MmHighestPhysicalPage; ++frame) {
      if (MmPfnDatabase[frame].PageLocation != FreePageList) continue;
      MiUnlinkPfn(MmPfnDatabase, MmFreePageListHead, frame);
      MiInsertTailPfn(MmPfnDatabase, MmBadPageListHead, frame);
    }
  });
  if (!understood) DbgPrint("BADMEMORY=%s: not understood\n", option);
}

/// Code and constants of the kernel become read-only where the processor heeds it.
void protect_kernel_image() {
  namespace pe = arch::pe;
  const ULONG base = arch::kernel_image_base;
  const ULONG lfanew = *reinterpret_cast<const ULONG*>(base + pe::lfanew_offset);
  const auto* headers = reinterpret_cast<const pe::NtHeaders32*>(base + lfanew);
  const auto* section = reinterpret_cast<const pe::SectionHeader*>(
      reinterpret_cast<const UCHAR*>(&headers->optional) + headers->file.size_of_optional_header);
  for (unsigned i = 0; i < headers->file.number_of_sections; ++i, ++section) {
    if ((section->characteristics & pe::section::write) != 0) continue;
    const ULONG end = base + section->virtual_address + section->virtual_size;
    for (ULONG at = base + section->virtual_address; at < end; at += PAGE_SIZE) {
      const PMMPTE pte = MiAddressToPte(at);
      *pte = MiMakeValidKernelPte(pte->frame(), false);
    }
  }
  KeWriteCr3(KeReadCr3());
}

}  // namespace

ULONG MmSharedUserDataFrame() { return MiBoot.user_shared_data; }

void MmInitSystem() {
  if (KeLoaderBlock.magic != arch::LoaderParameterBlock::magic_value ||
      KeLoaderBlock.size != sizeof(arch::LoaderParameterBlock)) {
    KeBugCheckEx(LOADER_BLOCK_MISMATCH, KeLoaderBlock.magic, KeLoaderBlock.size, 0, 0);
  }
  *MiAddressToPde(0) = MmZeroPte;  // the identity mapping has done its work
  protect_kernel_image();          // also flushes the TB
  MiInitializeFreePages();
  MiInitializeModifiedPageWriter();
  MiInitializeMappedPageWriter();
  MiInitializePagingFileIo();
  MiInitializePagingFileGrowth();
  {
    const KDispatchGuard guard;
    build_free_list();
  }
  take_out_bad_memory();
  if (MmAvailablePages() < least_free_pages_bytes / PAGE_SIZE) {
    KeBugCheckEx(INSTALL_MORE_MEMORY, MmNumberOfPhysicalPages, MmAvailablePages(), 0, 0);
  }
  // What is committed must fit into memory and the paging file, which comes later, and leave what
  // keeps waiters going.
  MmTotalCommitLimit = MmResidentAvailablePages = MmAvailablePages() - 2 * MmMinimumFreePages;
  ExInitializePagedPool();
}
