// KdDebuggerDataBlock: tells a debugger outside where the kernel's objects keep what it shows.
#include "arch/debugger_data.hpp"

#include "kernel/mm/boot_paging.hpp"
#include "kernel/mm/control_area.hpp"
#include "kernel/mm/layout.hpp"
#include "kernel/mm/paged_pool.hpp"
#include "kernel/mm/paging_file.hpp"
#include "kernel/mm/pfn.hpp"
#include "kernel/mm/section.hpp"
#include "kernel/ps/process.hpp"

extern "C" {
extern LIST_ENTRY MmWorkingSetExpansionHead;
extern const arch::DebuggerData KdDebuggerDataBlock;

const arch::DebuggerData KdDebuggerDataBlock = {
    .magic = arch::DebuggerData::magic_value,
    .size = sizeof(arch::DebuggerData),
    .page_size = PAGE_SIZE,
    .active_process_head = reinterpret_cast<ULONG>(&PsActiveProcessHead),
    .pcr = KIP0PCRADDRESS,
    .pcr_current_thread = offsetof(KPCR, PrcbData) + offsetof(KPRCB, CurrentThread),
    .thread_process = offsetof(ETHREAD, Tcb.AttachedProcess),
    .thread_client_id = offsetof(ETHREAD, Cid),
    .process_active_links = offsetof(EPROCESS, ActiveProcessLinks),
    .process_unique_id = offsetof(EPROCESS, UniqueProcessId),
    .process_image_file_name = offsetof(EPROCESS, ImageFileName),
    .process_peb = offsetof(EPROCESS, Peb),
    .peb_ldr = offsetof(PEB, Ldr),
    .ldr_in_load_order = offsetof(PEB_LDR_DATA, InLoadOrderModuleList),
    .module_dll_base = offsetof(LDR_DATA_TABLE_ENTRY, DllBase),
    .module_size_of_image = offsetof(LDR_DATA_TABLE_ENTRY, SizeOfImage),
    .module_base_dll_name = offsetof(LDR_DATA_TABLE_ENTRY, BaseDllName),
    .mm =
        {
            .pfn_database = reinterpret_cast<ULONG>(&MmPfnDatabase),
            .highest_physical_page = reinterpret_cast<ULONG>(&MmHighestPhysicalPage),
            .page_lists = {reinterpret_cast<ULONG>(&MmZeroedPageListHead),
                           reinterpret_cast<ULONG>(&MmFreePageListHead),
                           reinterpret_cast<ULONG>(&MmStandbyPageListHead),
                           reinterpret_cast<ULONG>(&MmModifiedPageListHead), 0,
                           reinterpret_cast<ULONG>(&MmBadPageListHead),
                           reinterpret_cast<ULONG>(&MmModifiedMappedPageListHead)},
            .total_committed_pages = reinterpret_cast<ULONG>(&MmTotalCommittedPages),
            .total_commit_limit = reinterpret_cast<ULONG>(&MmTotalCommitLimit),
            .shared_user_data = MM_SHARED_USER_DATA_VA,
            .pool = MM_NONPAGED_POOL_START,
            .pool_size = MM_NONPAGED_POOL_SIZE,
            .system_ptes = MM_SYSTEM_PTE_START,
            .system_ptes_size = MM_SYSTEM_PTE_SIZE,
            .paged_pool = MM_PAGED_POOL_START,
            .paged_pool_size = MM_PAGED_POOL_SIZE,
            .working_set_expansion_head = reinterpret_cast<ULONG>(&MmWorkingSetExpansionHead),
            .system_working_set =
                reinterpret_cast<ULONG>(&MmSystemWorkingSet) - offsetof(EPROCESS, Vm),
            .system_directory = reinterpret_cast<ULONG>(&MiBoot.directory),
            .pcr_irql = offsetof(KPCR, Irql),
            .process_directory_base = offsetof(EPROCESS, Pcb.DirectoryTableBase),
            .process_working_set_links = offsetof(EPROCESS, Vm.WorkingSetExpansionLinks),
            .process_address_creation_lock = offsetof(EPROCESS, Vm.AddressCreationLock.Count),
            .process_working_set_lock = offsetof(EPROCESS, Vm.WorkingSetLock.Count),
            .process_vad_root = offsetof(EPROCESS, Vm.VadRoot),
            .process_commit_charge = offsetof(EPROCESS, Vm.CommitCharge),
            .process_working_set_size = offsetof(EPROCESS, Vm.WorkingSetSize),
            .process_committed_minimum = offsetof(EPROCESS, Vm.GuaranteedPages),
            .process_locked_pages = offsetof(EPROCESS, Vm.LockedPages),
            .process_working_set_first_free = offsetof(EPROCESS, Vm.VmWorkingSetList.FirstFree),
            .process_working_set_slots = offsetof(EPROCESS, Vm.VmWorkingSetList.LastEntry),
            .process_working_set_entries = offsetof(EPROCESS, Vm.VmWorkingSetList.Wsle),
            .vad_left = offsetof(MMVAD, LeftChild),
            .vad_right = offsetof(MMVAD, RightChild),
            .vad_flags = offsetof(MMVAD, VadFlags),
            .subsection_head = reinterpret_cast<ULONG>(&MmSubsectionHead),
            .subsection_area = offsetof(SUBSECTION, ControlArea),
            .subsection_base = offsetof(SUBSECTION, SubsectionBase),
            .subsection_ptes = offsetof(SUBSECTION, PtesInSubsection),
            .vad_control_area = offsetof(MMVAD, ControlArea),
            .vad_first_prototype = offsetof(MMVAD, FirstPrototypePte),
            .control_areas = reinterpret_cast<ULONG>(&MmControlAreas),
            .area_views = offsetof(CONTROL_AREA, NumberOfMappedViews),
            .area_prototype_count = offsetof(CONTROL_AREA, Segment.TotalNumberOfPtes),
            .area_prototypes = offsetof(CONTROL_AREA, Segment.PrototypePte),
            .area_committed = offsetof(CONTROL_AREA, Segment.NumberOfCommittedPages),
            .pfn_size = sizeof(MMPFN),
            .pfn_pte_address = offsetof(MMPFN, PteAddress),
            .pfn_share_count = offsetof(MMPFN, u2),
            .pfn_reference_count = offsetof(MMPFN, ReferenceCount),
            .pfn_original_pte = offsetof(MMPFN, OriginalPte),
            .pfn_pte_frame = offsetof(MMPFN, PteFrame),
            .pte_prototype = Pte::Prototype,
            .pte_transition = Pte::Transition,
            .pte_protection_shift = Pte::protection_shift,
            .pte_page_file_low_shift = Pte::page_file_low_shift,
            .pte_page_file_high_shift = Pte::page_file_high_shift,
            .paging_files = reinterpret_cast<ULONG>(&MmPagingFile),
            .paging_file_count = reinterpret_cast<ULONG>(&MmNumberOfPagingFiles),
            .paging_file_bitmap = offsetof(MMPAGING_FILE, Space.Bitmap),
            .paging_file_size = offsetof(MMPAGING_FILE, Space.Size),
            .paging_file_free_space = offsetof(MMPAGING_FILE, Space.FreeSpace),
            .lost_page_file_pages = reinterpret_cast<ULONG>(&MmLostPageFilePages),
            .process_used_page_table_entries = offsetof(EPROCESS, Vm.UsedPageTableEntries),
        },
};
}
