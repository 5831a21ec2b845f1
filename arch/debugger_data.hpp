// Where a debugger outside finds the kernel's objects: the kernel exports one filled-in instance
// as `KdDebuggerDataBlock`, so that no offset is known twice.
#pragma once

#include "arch/integers.hpp"

namespace arch {

/// The memory manager's part. Addresses are those of the variables; lists are indexed by MMLISTS.
struct MemoryManagerData {
  // zeroed, free, standby, modified, no-write, bad; and modified pages of files
  static constexpr unsigned list_count = 7;
  u32 pfn_database = 0;  // address of MmPfnDatabase, a pointer to MMPFN[]
  u32 highest_physical_page = 0;
  u32 page_lists[list_count] = {};  // MMPFNLIST: Total, ListName, Flink, Blink; 0: no such list
  u32 total_committed_pages = 0, total_commit_limit = 0;
  u32 shared_user_data = 0;  // user address of the page that is in no region
  u32 pool = 0, pool_size = 0, system_ptes = 0, system_ptes_size = 0;  // where kernel pages are
  u32 paged_pool = 0, paged_pool_size = 0;  // whose page tables come when they are needed
  u32 working_set_expansion_head = 0;       // LIST_ENTRY: every working set, of processes and
  u32 system_working_set = 0;               // this one, of paged pool, as if a process held it
  u32 system_directory = 0;                 // frame of the directory that knows all its tables

  u32 pcr_irql = 0;  // KPCR: at DISPATCH_LEVEL (2) and above the PFN lock may be held

  u32 process_directory_base = 0;          // process: DirectoryTableBase, as in CR3
  u32 process_working_set_links = 0;       // process: LIST_ENTRY in MmWorkingSetExpansionHead
  u32 process_address_creation_lock = 0;   // process: FAST_MUTEX, first its count: 1 is free
  u32 process_working_set_lock = 0;        // process: FAST_MUTEX, first its count: 1 is free
  u32 process_vad_root = 0;                // process: pointer to the topmost MMVAD
  u32 process_commit_charge = 0;           // process: pages of its regions and page tables
  u32 process_working_set_size = 0;        // process: valid pages
  u32 process_committed_minimum = 0;       // process: pages committed for its working set; 0: none
  u32 process_locked_pages = 0;            // process: pages locked in its working set
  u32 process_working_set_first_free = 0;  // process: first free slot of the working-set list
  u32 process_working_set_slots = 0;       // process: slots there are
  u32 process_working_set_entries = 0;     // process: pointer to MMWSLE[]

  u32 vad_left = 0, vad_right = 0, vad_flags = 0;  // MMVAD begins with its first and last page
  u32 subsection_head = 0;                         // LIST_ENTRY: every subsection, the link first
  u32 subsection_area = 0;                         // subsection: its control area
  u32 subsection_base = 0, subsection_ptes = 0;    // subsection: its prototype PTEs, how many

  u32 vad_control_area = 0, vad_first_prototype = 0;  // of a view; 0 in private memory

  u32 control_areas = 0;  // LIST_ENTRY: every control area, which begins with its link
  u32 area_views = 0;     // control area: how many VADs are views of it
  u32 area_prototype_count = 0, area_prototypes = 0;  // control area: its segment's prototype PTEs
  u32 area_committed = 0;                             // control area: pages charged for them

  u32 pfn_size = 0, pfn_pte_address = 0, pfn_share_count = 0, pfn_reference_count = 0,
      pfn_original_pte = 0, pfn_pte_frame = 0;  // MMPFN begins with Flink or WsIndex
  u32 pte_prototype = 0, pte_transition = 0, pte_protection_shift = 0;  // of invalid PTEs
  u32 pte_page_file_low_shift = 0, pte_page_file_high_shift = 0;        // file and page

  u32 paging_files = 0, paging_file_count = 0;  // pointers to MMPAGING_FILE; how many there are
  u32 paging_file_bitmap = 0, paging_file_size = 0, paging_file_free_space = 0;  // MMPAGING_FILE
  u32 lost_page_file_pages = 0;                                                  // in use by nobody
  u32 process_used_page_table_entries = 0;  // process: a word for each user page table

  // Bit fields have no offset to be exported; a test holds them against the kernel's structures.
  static constexpr u32 pfn_location_shift = 8, pfn_location_mask = 7,  // after the reference count
      pfn_read_in_progress = 2;
  static constexpr u32 vad_commit_mask = (1u << 19) - 1;
  static constexpr u32 wsle_valid = 1, wsle_locked = 2, wsle_protection_shift = 3,
                       wsle_page_shift = 12;
};

/// Addresses are linear. Offsets are in bytes from the start of the object named; sizes in bytes.
struct DebuggerData {
  static constexpr u32 magic_value = 0x4742444B;  // "KDBG"
  u32 magic = 0;
  u32 size = 0;  // sizeof(DebuggerData): guards against a mismatched debugger

  u32 page_size = 0;
  u32 active_process_head = 0;  // address of PsActiveProcessHead, a LIST_ENTRY
  u32 pcr = 0;                  // address of the KPCR, 0 until the kernel has one

  u32 pcr_current_thread = 0;  // KPCR: pointer to the running thread

  u32 thread_process = 0;    // thread: pointer to the process in whose address space it runs
  u32 thread_client_id = 0;  // thread: CLIENT_ID, process id then thread id

  u32 process_active_links = 0;     // process: LIST_ENTRY in PsActiveProcessHead
  u32 process_unique_id = 0;        // process: UniqueProcessId
  u32 process_image_file_name = 0;  // process: char[16], NUL-terminated
  u32 process_peb = 0;              // process: pointer to the PEB, 0 for the system process

  u32 peb_ldr = 0;            // PEB: pointer to PEB_LDR_DATA
  u32 ldr_in_load_order = 0;  // PEB_LDR_DATA: InLoadOrderModuleList, a LIST_ENTRY
  u32 module_dll_base = 0;    // LDR_DATA_TABLE_ENTRY, whose first member is the link
  u32 module_size_of_image = 0;
  u32 module_base_dll_name = 0;  // UNICODE_STRING

  MemoryManagerData mm{};

  static constexpr unsigned image_file_name_size = 16;
};

}  // namespace arch
