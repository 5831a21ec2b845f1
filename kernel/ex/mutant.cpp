// Mutexes for user mode, which NT calls mutants.
#include "kernel/mm/user_copy.hpp"
#include "kernel/ob/directory.hpp"
#include "kernel/ps/process.hpp"
#include "kernel/system_services.hpp"

namespace {

DISPATCHER_HEADER* wait_header(PVOID body) { return &static_cast<KMUTANT*>(body)->Header; }

/// Its owner's list must not keep it.
void delete_mutant(PVOID body) { KeAbandonMutant(static_cast<KMUTANT*>(body)); }

}  // namespace

constinit OBJECT_TYPE ExMutantObjectType = {
    .Name = "Mutant",
    .ValidAccessMask = MUTANT_ALL_ACCESS,
    .GenericRead = READ_CONTROL | MUTANT_QUERY_STATE,
    .GenericWrite = READ_CONTROL,
    .GenericExecute = READ_CONTROL | SYNCHRONIZE,
    .DeleteProcedure = delete_mutant,
    .CloseProcedure = nullptr,
    .WaitObject = wait_header,
};

NTSTATUS NTAPI NtCreateMutant(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES user,
                              BOOLEAN initial_owner) {
  ObjectAttributes attributes;
  const NTSTATUS status = attributes.capture(user);
  if (!NT_SUCCESS(status)) return status;
  auto* mutant = static_cast<KMUTANT*>(ObCreateObject(ExMutantObjectType, sizeof(KMUTANT)));
  if (mutant == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  KeInitializeMutant(mutant, initial_owner != FALSE);
  return ObInsertObject(mutant, attributes, access, handle);
}

NTSTATUS NTAPI NtOpenMutant(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes) {
  return ObOpenObjectByName(attributes, ExMutantObjectType, access, handle);
}

/// Whoever has a handle may ask for it: ownership decides.
NTSTATUS NTAPI NtReleaseMutant(HANDLE handle, LONG* user_previous) {
  ObjectReference<KMUTANT> mutant;
  NTSTATUS status = ObReferenceByHandle(handle, 0, ExMutantObjectType, mutant);
  if (!NT_SUCCESS(status)) return status;
  LONG previous;
  status = KeReleaseMutant(mutant.get(), previous);
  return NT_SUCCESS(status) ? MmWriteUserOptional(user_previous, previous) : status;
}
