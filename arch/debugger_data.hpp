// Where a debugger outside finds the kernel's objects: the kernel exports one filled-in instance
// as `KdDebuggerDataBlock`, so that no offset is known twice.
#pragma once

#include "arch/integers.hpp"

namespace arch {

/// An address in an invalid PTE: base + unit * (low bits from low_shift | the rest from high_shift).
struct PteAddressField {
  u32 base = 0, unit = 0, low_shift = 0, low_bits = 0, high_shift = 0;
  constexpr u32 address(u32 pte) const {
    const u32 low = pte >> low_shift & ((1u << low_bits) - 1);
    return base + unit * (low | pte >> high_shift << low_bits);
  }
};

/// Where a pool keeps its figures: pages, allocations, frees; and its use by tag, entries of tag,
/// allocations, frees, bytes.
struct PoolDebuggerData {
  u32 statistics = 0, tags = 0, tag_count = 0;  // addresses
};

/// Threads. Offsets are in bytes from the start of the thread object.
struct ThreadData {
  u32 initial_stack = 0, stack_limit = 0, kernel_stack = 0;  // top, bottom, ESP while it waits
  u32 teb = 0, process = 0;                                  // its own process
  u32 list_entry = 0;                                        // LIST_ENTRY in its process's list
  u32 wait_block_list = 0;                                   // pointer to the first KWAIT_BLOCK
  u32 context_switches = 0, kernel_time = 0, user_time = 0;  // ticks
  u32 priority = 0, base_priority = 0;
  u32 state = 0, wait_reason = 0, wait_mode = 0;  // bytes
  u32 suspend_count = 0;
  u32 start_address = 0, win32_start_address = 0;
  u32 wait_block_object = 0, wait_block_next = 0;  // KWAIT_BLOCK; its next, or the first again
  u32 trap_frame_size = 0;                         // at the top of the stack, of user mode
};

/// Processes, beyond what the memory manager's part tells. Offsets from the process object.
struct ProcessData {
  u32 thread_list_head = 0;  // LIST_ENTRY
  u32 parent_id = 0, exit_status = 0, active_threads = 0;
  u32 base_priority = 0, kernel_time = 0, user_time = 0;
  u32 object_table = 0, handle_count = 0;
  u32 section_base = 0;
  u32 virtual_size = 0, peak_virtual_size = 0;  // bytes
  u32 peak_working_set = 0, minimum_working_set = 0, maximum_working_set = 0;
  u32 page_fault_count = 0, peak_commit_charge = 0;
};

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

  u32 pte_write = 0, pte_copy_on_write = 0;      // of valid PTEs: may be written, if not now
  PteAddressField pte_prototype_address = {};    // in units of a PTE
  PteAddressField pte_subsection_address = {};   // in units of 8 bytes
  u32 vad_starting_page = 0;                     // of a view: of the segment
  u32 area_first_subsection = 0;                 // control area: of a file; 0: its one segment
  u32 subsection_next = 0, subsection_starting_page = 0;
  u32 area_sections = 0, area_file = 0;          // control area: open sections; FCB, 0: paging file
  u32 area_image = 0;                            // control area: not 0: an image
  u32 file_path = 0;                             // FCB: char[], NUL-terminated
  u32 available_floor = 0;                       // MmMinimumFreePages
  u32 peak_commitment = 0, resident_available = 0;
  u32 io_windows = 0, io_windows_size = 0;  // frames side by side while disks work
  u32 pools = 0;  // PoolDebuggerData[2]: nonpaged, paged

  // Bit fields have no offset to be exported; a test holds them against the kernel's structures.
  static constexpr u32 pfn_location_shift = 8, pfn_location_mask = 7,  // after the reference count
      pfn_read_in_progress = 2;
  static constexpr u32 pfn_modified = 1, pfn_write_in_progress = 4, pfn_prototype = 8,
                       pfn_clone = 1 << 11;
  static constexpr u32 vad_commit_mask = (1u << 19) - 1;
  static constexpr u32 vad_no_change = 1u << 19, vad_type_shift = 20, vad_type_mask = 7,
                       vad_image = 2, vad_mem_commit = 1u << 23, vad_protection_shift = 24,
                       vad_private = 1u << 31;
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
  ThreadData thread{};
  ProcessData process{};

  u32 pcr_idle_thread = 0;  // KPCR: pointer to the idle thread
  u32 bugcheck_data = 0;    // address of KiBugCheckData: code and parameters, code 0: none yet
  u32 bugcheck_frame = 0;   // address of the pointer to its trap frame, 0: without one

  static constexpr unsigned image_file_name_size = 16;
};

}  // namespace arch
