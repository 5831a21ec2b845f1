// Where a debugger outside finds the kernel's objects: the kernel exports one filled-in instance
// as `KdDebuggerDataBlock`, so that no offset is known twice.
#pragma once

#include "arch/integers.hpp"

namespace arch {

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

  u32 peb_ldr = 0;              // PEB: pointer to PEB_LDR_DATA
  u32 ldr_in_load_order = 0;    // PEB_LDR_DATA: InLoadOrderModuleList, a LIST_ENTRY
  u32 module_dll_base = 0;      // LDR_DATA_TABLE_ENTRY, whose first member is the link
  u32 module_size_of_image = 0;
  u32 module_base_dll_name = 0;  // UNICODE_STRING

  static constexpr unsigned image_file_name_size = 16;
};

}  // namespace arch
