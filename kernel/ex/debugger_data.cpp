// KdDebuggerDataBlock: tells a debugger outside where the kernel's objects keep what it shows.
#include "arch/debugger_data.hpp"

#include "kernel/ps/process.hpp"

extern "C" {
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
};
}
