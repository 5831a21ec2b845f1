// Process and thread services.
#include "kernel/io/file_object.hpp"
#include "kernel/ke/trap.hpp"
#include "kernel/mm/paging_file.hpp"
#include "kernel/mm/pool.hpp"
#include "kernel/mm/user_copy.hpp"
#include "kernel/ob/directory.hpp"
#include "kernel/ps/create.hpp"
#include "kernel/rtl/memory.hpp"
#include "kernel/se/descriptor.hpp"
#include "kernel/system_services.hpp"

namespace {

constexpr ULONG usual_process_commitment = 0x100000 / PAGE_SIZE;

NTSTATUS image_path(const PsParameterBlock& block, IoPath& path) {
  UNICODE_STRING name = block.parameters->ImagePathName;
  name.Buffer = reinterpret_cast<PWSTR>(reinterpret_cast<ULONG>(block.parameters) +
                                        reinterpret_cast<ULONG>(name.Buffer));
  const NTSTATUS status = IoParseName(name, path);
  if (!NT_SUCCESS(status)) return status;
  return path.device == IoDevice::Disk ? STATUS_SUCCESS : STATUS_INVALID_IMAGE_FORMAT;
}

/// Processes and threads have no names.
NTSTATUS capture_attributes(POBJECT_ATTRIBUTES user, ObjectAttributes& attributes) {
  const NTSTATUS status = attributes.capture(user);
  return NT_SUCCESS(status) && attributes.named() ? STATUS_OBJECT_NAME_INVALID : status;
}

/// The first handle of a new object, which keeps the caller's reference.
NTSTATUS return_handle(PVOID object, ACCESS_MASK access, const ObjectAttributes& attributes,
                       PHANDLE user_handle, HANDLE* value = nullptr) {
  ObReferenceObject(object);
  return ObInsertObject(object, attributes, access, user_handle, value);
}

NTSTATUS create_from_image(PRTL_USER_PROCESS_PARAMETERS parameters, bool inherit,
                           PsNewProcess& created) {
  PsParameterBlock block;
  NTSTATUS status = PspCaptureParameters(parameters, block);
  if (!NT_SUCCESS(status)) return status;
  IoPath path;
  status = image_path(block, path);
  if (NT_SUCCESS(status)) {
    status = PsCreateUserProcess(PsGetCurrentProcess(), path, block, inherit, created);
  }
  PspFreeParameters(block);
  return status;
}

}  // namespace

NTSTATUS NTAPI NtCreateUserProcess(PHANDLE process_handle, PHANDLE thread_handle,
                                   ACCESS_MASK process_access, ACCESS_MASK thread_access,
                                   POBJECT_ATTRIBUTES process_attributes,
                                   POBJECT_ATTRIBUTES thread_attributes, ULONG process_flags,
                                   ULONG thread_flags, PRTL_USER_PROCESS_PARAMETERS parameters,
                                   PVOID reserved1, PVOID reserved2) {
  if (reserved1 != nullptr || reserved2 != nullptr ||
      (process_flags & ~PROCESS_CREATE_FLAGS_INHERIT_HANDLES) != 0 ||
      (thread_flags & ~THREAD_CREATE_FLAGS_CREATE_SUSPENDED) != 0) {
    return STATUS_INVALID_PARAMETER;
  }
  ObjectAttributes for_process, for_thread;
  NTSTATUS status = capture_attributes(process_attributes, for_process);
  if (NT_SUCCESS(status)) status = capture_attributes(thread_attributes, for_thread);
  if (!NT_SUCCESS(status)) return status;
  const bool inherit = (process_flags & PROCESS_CREATE_FLAGS_INHERIT_HANDLES) != 0;
  PsNewProcess created = {};
  MiExtendPagingFiles(usual_process_commitment);  // it tries, even if there can't be as much
  status = parameters == nullptr ? PsCloneUserProcess(PsGetCurrentProcess(), inherit, created)
                                 : create_from_image(parameters, inherit, created);
  if (!NT_SUCCESS(status)) return status;

  const ObjectReference<EPROCESS> process(created.process);
  const ObjectReference<ETHREAD> thread(created.thread);
  HANDLE handle;
  status = return_handle(process.get(), process_access, for_process, process_handle, &handle);
  if (NT_SUCCESS(status)) {
    status = return_handle(thread.get(), thread_access, for_thread, thread_handle);
    if (!NT_SUCCESS(status)) ObCloseHandle(PsGetCurrentProcess()->ObjectTable, handle);
  }
  if (!NT_SUCCESS(status)) {
    PsTerminateProcess(process.get(), status);
  } else if ((thread_flags & THREAD_CREATE_FLAGS_CREATE_SUSPENDED) == 0) {
    KeResumeThread(&thread->Tcb);
  }
  return status;
}

NTSTATUS NTAPI NtCreateThread(PHANDLE thread_handle, ACCESS_MASK access,
                              POBJECT_ATTRIBUTES user_attributes, HANDLE process_handle,
                              PCLIENT_ID client_id, PCONTEXT user_context, PINITIAL_TEB initial_teb,
                              BOOLEAN create_suspended) {
  CONTEXT context;
  INITIAL_TEB stack;
  NTSTATUS status = MmReadUser(user_context, context);
  if (NT_SUCCESS(status)) status = MmReadUser(initial_teb, stack);
  ObjectAttributes attributes;
  if (NT_SUCCESS(status)) status = capture_attributes(user_attributes, attributes);
  if (!NT_SUCCESS(status)) return status;
  ObjectReference<EPROCESS> process;
  status = ObReferenceByHandle(process_handle, PROCESS_CREATE_THREAD, PsProcessType, process);
  if (!NT_SUCCESS(status)) return status;
  if (process->LdrInitializeThunk == 0) return STATUS_ACCESS_DENIED;  // the system process
  ETHREAD* created;
  status = PsCreateUserThread(process.get(), context, stack, created);
  if (!NT_SUCCESS(status)) return status;
  const ObjectReference<ETHREAD> thread(created);
  status = return_handle(created, access, attributes, thread_handle);
  if (NT_SUCCESS(status)) status = MmWriteUserOptional(client_id, created->Cid);
  if (!NT_SUCCESS(status)) {
    PsTerminateThread(created, status);
  } else if (create_suspended == FALSE) {
    KeResumeThread(&created->Tcb);
  }
  return status;
}

NTSTATUS NTAPI NtOpenProcess(PHANDLE process_handle, ACCESS_MASK access,
                             POBJECT_ATTRIBUTES user_attributes, PCLIENT_ID client_id) {
  CLIENT_ID id;
  ObjectAttributes attributes;
  NTSTATUS status = MmReadUser(client_id, id);
  if (NT_SUCCESS(status)) status = capture_attributes(user_attributes, attributes);
  if (!NT_SUCCESS(status)) return status;
  const ObjectReference<EPROCESS> process(PsLookupProcessByProcessId(id.UniqueProcess));
  if (!process) return STATUS_INVALID_CID;
  return ObOpenObjectByPointer(process.get(), attributes, access, process_handle);
}

NTSTATUS NTAPI NtOpenThread(PHANDLE thread_handle, ACCESS_MASK access,
                            POBJECT_ATTRIBUTES user_attributes, PCLIENT_ID client_id) {
  CLIENT_ID id;
  ObjectAttributes attributes;
  NTSTATUS status = MmReadUser(client_id, id);
  if (NT_SUCCESS(status)) status = capture_attributes(user_attributes, attributes);
  if (!NT_SUCCESS(status)) return status;
  const ObjectReference<ETHREAD> thread(PsLookupThreadByThreadId(id.UniqueThread));
  if (!thread) return STATUS_INVALID_CID;
  // Those of the system are as closed as its process.
  PVOID guarded = thread->ThreadsProcess == PsInitialSystemProcess
                      ? static_cast<PVOID>(thread->ThreadsProcess)
                      : thread.get();
  ACCESS_MASK granted;
  status = SeAccessCheck(guarded, access, granted);
  if (!NT_SUCCESS(status)) return status;
  return ObOpenObjectByPointer(thread.get(), attributes, access, thread_handle);
}

/// A null handle means the caller's process, all threads but the calling one.
NTSTATUS NTAPI NtTerminateProcess(HANDLE handle, NTSTATUS exit_status) {
  if (handle == nullptr) {
    PsTerminateProcess(PsGetCurrentProcess(), exit_status);
    return STATUS_SUCCESS;
  }
  ObjectReference<EPROCESS> process;
  const NTSTATUS status = ObReferenceByHandle(handle, PROCESS_TERMINATE, PsProcessType, process);
  if (!NT_SUCCESS(status)) return status;
  if (process.get() == PsInitialSystemProcess) return STATUS_ACCESS_DENIED;
  PsTerminateProcess(process.get(), exit_status);
  if (process.get() == PsGetCurrentProcess()) {
    process.reset();
    PsExitThread(exit_status);
  }
  return STATUS_SUCCESS;
}

NTSTATUS NTAPI NtTerminateThread(HANDLE handle, NTSTATUS exit_status) {
  if (handle == nullptr) PsExitThread(exit_status);
  ObjectReference<ETHREAD> thread;
  const NTSTATUS status = ObReferenceByHandle(handle, THREAD_TERMINATE, PsThreadType, thread);
  if (!NT_SUCCESS(status)) return status;
  if (thread.get() == PsGetCurrentThread()) {
    thread.reset();
    PsExitThread(exit_status);
  }
  if (thread->ThreadsProcess == PsInitialSystemProcess) return STATUS_ACCESS_DENIED;
  PsTerminateThread(thread.get(), exit_status);
  return STATUS_SUCCESS;
}

NTSTATUS NTAPI NtSuspendThread(HANDLE handle, PULONG previous) {
  ObjectReference<ETHREAD> thread;
  const NTSTATUS status = ObReferenceByHandle(handle, THREAD_SUSPEND_RESUME, PsThreadType, thread);
  if (!NT_SUCCESS(status)) return status;
  if (thread->ThreadsProcess == PsInitialSystemProcess) return STATUS_ACCESS_DENIED;
  constexpr LONG maximum_suspend_count = 0x7F;
  if (thread->Tcb.SuspendCount >= maximum_suspend_count) return STATUS_SUSPEND_COUNT_EXCEEDED;
  return MmWriteUserOptional(previous, static_cast<ULONG>(KeSuspendThread(&thread->Tcb)));
}

NTSTATUS NTAPI NtResumeThread(HANDLE handle, PULONG previous) {
  ObjectReference<ETHREAD> thread;
  const NTSTATUS status = ObReferenceByHandle(handle, THREAD_SUSPEND_RESUME, PsThreadType, thread);
  if (!NT_SUCCESS(status)) return status;
  return MmWriteUserOptional(previous, static_cast<ULONG>(KeResumeThread(&thread->Tcb)));
}

/// The user-mode registers lie at the top of the thread's kernel stack while it is in the kernel,
/// and it is: this thread runs, not that one.
NTSTATUS NTAPI NtGetContextThread(HANDLE handle, PCONTEXT user_context) {
  CONTEXT context;
  NTSTATUS status = MmReadUser(user_context, context);
  if (!NT_SUCCESS(status)) return status;
  ObjectReference<ETHREAD> thread;
  status = ObReferenceByHandle(handle, THREAD_GET_CONTEXT, PsThreadType, thread);
  if (!NT_SUCCESS(status)) return status;
  {
    const KDispatchGuard guard;
    if (thread->Tcb.Teb == nullptr || thread->Tcb.State == Terminated) return STATUS_UNSUCCESSFUL;
    if (thread->StartContext != nullptr) {
      context = *thread->StartContext;
    } else {
      KeGetThreadContext(&thread->Tcb, context);
    }
  }
  return MmWriteUser(user_context, context);
}

NTSTATUS NTAPI NtSetContextThread(HANDLE handle, PCONTEXT user_context) {
  CONTEXT context;
  NTSTATUS status = MmReadUser(user_context, context);
  if (!NT_SUCCESS(status)) return status;
  ObjectReference<ETHREAD> thread;
  status = ObReferenceByHandle(handle, THREAD_SET_CONTEXT, PsThreadType, thread);
  if (!NT_SUCCESS(status)) return status;
  const KDispatchGuard guard;
  if (thread->Tcb.Teb == nullptr || thread->Tcb.State == Terminated) return STATUS_UNSUCCESSFUL;
  if (thread->StartContext != nullptr) {
    *thread->StartContext = context;
  } else {
    KeSetThreadContext(&thread->Tcb, context);
  }
  return STATUS_SUCCESS;
}
