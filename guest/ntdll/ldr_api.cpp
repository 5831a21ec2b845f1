// The loader's calls for kernel32 and for programs.
#include "guest/ntdll/loader.hpp"

extern "C" {

/// Flags with IMAGE_FILE_EXECUTABLE_IMAGE: the module is mapped, and nothing else.
NTSTATUS NTAPI LdrLoadDll(PCWSTR, PULONG Flags, PUNICODE_STRING Name, PVOID* Base) {
  ldr::LoaderGuard guard;
  ldr::Module* module = nullptr;
  ldr::last_failure = {};
  const bool bind = Flags == nullptr || (*Flags & ldr::pe::characteristics::executable_image) == 0;
  NTSTATUS status = ldr::load_module(*Name, 0, bind, module);
  if (!NT_SUCCESS(status)) {
    ldr::discard_uncounted_modules();
    return status;
  }
  ldr::reference_module(module);
  status = ldr::attach_new_modules(false);
  if (!NT_SUCCESS(status)) {
    ldr::dereference_module(module);
    return status;
  }
  *Base = module->DllBase;
  return status;
}

NTSTATUS NTAPI LdrUnloadDll(PVOID Base) {
  ldr::LoaderGuard guard;
  ldr::Module* module = ldr::find_module(Base);
  if (module == nullptr) return STATUS_DLL_NOT_FOUND;
  ldr::dereference_module(module);
  return STATUS_SUCCESS;
}

NTSTATUS NTAPI LdrGetDllHandle(PCWSTR, PULONG, PUNICODE_STRING Name, PVOID* Base) {
  ldr::LoaderGuard guard;
  const ldr::Module* module = ldr::find_loaded(*Name);
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
  if (!NT_SUCCESS(status)) ldr::discard_uncounted_modules();
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
