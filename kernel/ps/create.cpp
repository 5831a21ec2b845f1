// Creating a process that runs an image: address space, images, PEB, parameters, stack, thread.
#include "kernel/ps/create.hpp"

#include "kernel/ldr/loader.hpp"
#include "kernel/mm/pool.hpp"
#include "kernel/mm/user_copy.hpp"
#include "kernel/ps/internal.hpp"

namespace {

constexpr ULONG default_stack_reserve = 0x100000, largest_stack_reserve = 0x10000000;
constexpr ULONG heap_segment_reserve = 0x100000;
constexpr USHORT os_build = 1;

NTSTATUS map_images(EPROCESS* process, const IoPath& image_path, LdrImage& image) {
  NTSTATUS status = LdrMapImage(process, image_path, LdrImageKind::Program, image);
  if (!NT_SUCCESS(status)) return status;
  LdrImage ntdll;
  status = LdrMapImage(process, IoSystemPath(NtdllPath), LdrImageKind::Library, ntdll);
  if (!NT_SUCCESS(status)) return status;
  process->SectionBaseAddress = image.base;
  process->NtdllBase = ntdll.base;
  process->LdrInitializeThunk = LdrFindExport(ntdll, LdrInitializeThunkName);
  process->RtlUserThreadStart = LdrFindExport(ntdll, RtlUserThreadStartName);
  process->KiUserExceptionDispatcher = LdrFindExport(ntdll, KiUserExceptionDispatcherName);
  process->KiUserApcDispatcher = LdrFindExport(ntdll, KiUserApcDispatcherName);
  const bool complete = process->LdrInitializeThunk != 0 && process->RtlUserThreadStart != 0 &&
                        process->KiUserExceptionDispatcher != 0 &&
                        process->KiUserApcDispatcher != 0;
  return complete ? STATUS_SUCCESS : STATUS_ENTRYPOINT_NOT_FOUND;
}

NTSTATUS plant_parameters(EPROCESS* process, PsParameterBlock& parameters, ULONG& address) {
  MmRegion region = {0, parameters.size};
  const NTSTATUS status =
      MmAllocateVirtualMemory(process, region, 0, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  if (!NT_SUCCESS(status)) return status;
  address = region.base;
  return PspCopyParametersToProcess(parameters, region.base);
}

NTSTATUS make_peb(EPROCESS* process, const LdrImage& image, ULONG parameters) {
  ULONG address;
  NTSTATUS status = MmCreatePebOrTeb(process, MM_PEB_ADDRESS, address);
  if (!NT_SUCCESS(status)) return status;
  PEB peb = {};
  peb.ImageBaseAddress = reinterpret_cast<PVOID>(image.base);
  peb.ProcessParameters = reinterpret_cast<PRTL_USER_PROCESS_PARAMETERS>(parameters);
  peb.NumberOfProcessors = 1;
  peb.HeapSegmentReserve = heap_segment_reserve;
  peb.HeapSegmentCommit = 2 * PAGE_SIZE;
  peb.HeapDeCommitTotalFreeThreshold = 0x10000;
  peb.HeapDeCommitFreeBlockThreshold = PAGE_SIZE;
  peb.ProcessHeaps = reinterpret_cast<PVOID*>(address + sizeof(PEB));
  peb.MaximumNumberOfHeaps = (PAGE_SIZE - sizeof(PEB)) / sizeof(PVOID);
  peb.OSMajorVersion = 3;
  peb.OSMinorVersion = 51;
  peb.OSBuildNumber = os_build;
  peb.OSPlatformId = 2;  // VER_PLATFORM_WIN32_NT
  peb.ImageSubsystem = image.headers.subsystem;
  peb.ImageSubsystemMajorVersion = image.headers.major_subsystem_version;
  peb.ImageSubsystemMinorVersion = image.headers.minor_subsystem_version;
  process->Peb = reinterpret_cast<PEB*>(address);
  return MmWriteUser(address, peb);
}

constexpr ULONG round_up_to(ULONG value, ULONG multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

/// Reserves the stack and commits its top with a guard page below.
NTSTATUS make_stack(EPROCESS* process, const LdrImage& image, INITIAL_TEB& stack) {
  const ULONG asked = image.headers.size_of_stack_reserve;
  const ULONG reserve =
      round_up_to(asked == 0 || asked > largest_stack_reserve ? default_stack_reserve : asked,
                  MM_ALLOCATION_GRANULARITY);
  ULONG commit = PageGeometry::round_up(image.headers.size_of_stack_commit);
  if (commit == 0) commit = PAGE_SIZE;
  if (commit > reserve - 2 * PAGE_SIZE) commit = reserve - 2 * PAGE_SIZE;
  MmRegion region = {0, reserve};
  NTSTATUS status = MmAllocateVirtualMemory(process, region, 0, MEM_RESERVE, PAGE_READWRITE);
  if (!NT_SUCCESS(status)) return status;
  const ULONG base = region.base + reserve, limit = base - commit;
  MmRegion committed = {limit, commit}, guard = {limit - PAGE_SIZE, PAGE_SIZE};
  status = MmAllocateVirtualMemory(process, committed, 0, MEM_COMMIT, PAGE_READWRITE);
  if (!NT_SUCCESS(status)) return status;
  status = MmAllocateVirtualMemory(process, guard, 0, MEM_COMMIT, PAGE_READWRITE | PAGE_GUARD);
  stack = {nullptr, nullptr, reinterpret_cast<PVOID>(base), reinterpret_cast<PVOID>(limit),
           reinterpret_cast<PVOID>(region.base)};
  return status;
}

/// The child's standard handles name the parent's objects, whether or not they were inheritable.
NTSTATUS give_standard_handles(EPROCESS* parent, EPROCESS* child, PsParameterBlock& block) {
  HANDLE* const handles[] = {&block.parameters->StandardInput, &block.parameters->StandardOutput,
                             &block.parameters->StandardError};
  for (HANDLE* handle : handles) {
    HANDLE_TABLE_ENTRY ours, theirs;
    if (!NT_SUCCESS(ObLookupHandle(parent->ObjectTable, *handle, ours))) {
      *handle = nullptr;
      continue;
    }
    const ObjectReference<void> held(ours.Object);
    if (NT_SUCCESS(ObLookupHandle(child->ObjectTable, *handle, theirs))) {
      const ObjectReference<void> same(theirs.Object);
      if (theirs.Object == ours.Object) continue;
    }
    const NTSTATUS status =
        ObInsertHandle(child->ObjectTable, ours.Object, ours.GrantedAccess, OBJ_INHERIT, *handle);
    if (!NT_SUCCESS(status)) return status;
  }
  return STATUS_SUCCESS;
}

NTSTATUS build_process(EPROCESS* process, const IoPath& image_path, PsParameterBlock& parameters,
                       CONTEXT& context, INITIAL_TEB& stack) {
  const KAttachGuard attach(&process->Pcb);
  LdrImage image;
  NTSTATUS status = map_images(process, image_path, image);
  if (!NT_SUCCESS(status)) return status;
  ULONG parameter_address;
  status = plant_parameters(process, parameters, parameter_address);
  if (NT_SUCCESS(status)) status = make_peb(process, image, parameter_address);
  if (NT_SUCCESS(status)) status = make_stack(process, image, stack);
  context = {};
  context.ContextFlags = CONTEXT_FULL;
  context.Eip = process->RtlUserThreadStart;
  context.Eax = image.base + image.headers.address_of_entry_point;
  context.Ebx = reinterpret_cast<ULONG>(process->Peb);
  context.Esp = reinterpret_cast<ULONG>(stack.StackBase) - sizeof(ULONG);
  context.SegCs = KGDT_R3_CODE;
  context.SegDs = context.SegEs = context.SegSs = KGDT_R3_DATA;
  context.SegFs = KGDT_R3_TEB;
  return status;
}

}  // namespace

NTSTATUS PsCreateUserProcess(EPROCESS* parent, const IoPath& image_path,
                             PsParameterBlock& parameters, bool inherit_handles,
                             PsNewProcess& result) {
  auto* process = static_cast<EPROCESS*>(ObCreateObject(PsProcessType, sizeof(EPROCESS)));
  if (process == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  PspInitializeProcess(process, image_path.path, 0);
  process->QuotaBlock = process->ObjectTable.QuotaBlock = PsCreateQuotaBlock(parent->QuotaBlock);
  if (process->QuotaBlock == nullptr) {
    ObDereferenceObject(process);
    return STATUS_INSUFFICIENT_RESOURCES;
  }
  if (!MmCreateProcessAddressSpace(process)) {
    ObDereferenceObject(process);
    return STATUS_COMMITMENT_LIMIT;
  }
  process->UniqueProcessId = PspAllocateId();
  process->InheritedFromUniqueProcessId = parent->UniqueProcessId;
  process->Vm.PagefileLimit = parent->Vm.PagefileLimit;
  NTSTATUS status = STATUS_SUCCESS;
  if (inherit_handles) status = ObInheritHandles(parent->ObjectTable, process->ObjectTable);
  if (NT_SUCCESS(status)) status = give_standard_handles(parent, process, parameters);
  CONTEXT context;
  INITIAL_TEB stack;
  if (NT_SUCCESS(status)) status = build_process(process, image_path, parameters, context, stack);
  ETHREAD* thread = nullptr;
  if (NT_SUCCESS(status)) status = PsCreateUserThread(process, context, stack, thread);
  if (!NT_SUCCESS(status)) {
    PspAbandonProcess(process);
    ObDereferenceObject(process);
    return status;
  }
  ObReferenceObject(process);  // the active list's, until the last thread has gone
  PspInsertProcess(process);
  result = {process, thread};
  return STATUS_SUCCESS;
}
