// The loader's calls for kernel32 and for programs.
#include "guest/ntdll/loader.hpp"

extern "C" {

NTSTATUS NTAPI LdrLoadDll(PCWSTR, PULONG, PUNICODE_STRING Name, PVOID* Base) {
  ldr::LoaderGuard guard;
  ldr::Module* module = nullptr;
  ldr::last_failure = {};
  NTSTATUS status = ldr::load_module(*Name, 0, module);
  if (!NT_SUCCESS(status)) return status;
  status = ldr::attach_new_modules(false);
  if (!NT_SUCCESS(status)) {
    ldr::unload_module(module);
    return status;
  }
  *Base = module->DllBase;
  return status;
}

NTSTATUS NTAPI LdrUnloadDll(PVOID Base) {
  ldr::LoaderGuard guard;
  ldr::Module* module = ldr::find_module(Base);
  if (module == nullptr) return STATUS_DLL_NOT_FOUND;
  ldr::unload_module(module);
  return STATUS_SUCCESS;
}

NTSTATUS NTAPI LdrGetDllHandle(PCWSTR, PULONG, PUNICODE_STRING Name, PVOID* Base) {
  ldr::LoaderGuard guard;
  UNICODE_STRING file = ldr::file_name(*Name);
  if (file.Buffer == nullptr) return STATUS_NO_MEMORY;
  const ldr::Module* module = ldr::find_module(file);
  RtlFreeUnicodeString(&file);
  if (module == nullptr) return STATUS_DLL_NOT_FOUND;
  *Base = module->DllBase;
  return STATUS_SUCCESS;
}

NTSTATUS NTAPI LdrGetProcedureAddress(PVOID Base, PANSI_STRING Name, ULONG Ordinal,
                                      PVOID* Address) {
  ldr::LoaderGuard guard;
  ldr::Module* module = ldr::find_module(Base);
  if (module == nullptr) return STATUS_DLL_NOT_FOUND;
  NTSTATUS status =
      ldr::resolve_export(module, Name != nullptr ? Name->Buffer : nullptr, Ordinal, *Address);
  if (status == STATUS_ENTRYPOINT_NOT_FOUND) return STATUS_PROCEDURE_NOT_FOUND;
  if (NT_SUCCESS(status)) status = ldr::attach_new_modules(false);  // a forwarder may load a DLL
  return status;
}

NTSTATUS NTAPI LdrFindEntryForAddress(PVOID Address, LDR_DATA_TABLE_ENTRY** Entry) {
  ldr::LoaderGuard guard;
  ldr::Module* module = nullptr;
  while ((module = ldr::next_loaded(module)) != nullptr) {
    const auto offset = static_cast<char*>(Address) - static_cast<char*>(module->DllBase);
    if (static_cast<ULONG>(offset) >= module->SizeOfImage) continue;
    *Entry = module;
    return STATUS_SUCCESS;
  }
  return STATUS_DLL_NOT_FOUND;
}

NTSTATUS NTAPI LdrDisableThreadCalloutsForDll(PVOID Base) {
  ldr::LoaderGuard guard;
  ldr::Module* module = ldr::find_module(Base);
  if (module == nullptr) return STATUS_DLL_NOT_FOUND;
  module->Flags |= ldr::dont_call_for_threads;
  return STATUS_SUCCESS;
}

}  // extern "C"
