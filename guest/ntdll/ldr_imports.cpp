// From names to addresses: a module's imports are bound to the exports of the modules it names,
// which are loaded on the way. A module enters the initialization order behind those it needs.
#include "guest/ntdll/loader.hpp"

namespace ldr {

Failure last_failure;

namespace {

constexpr unsigned forwarder_limit = 16;  // a longer chain is a circle

/// Splits "MODULE.Name" or "MODULE.#12" and loads the module, which stays from then on.
NTSTATUS follow_forwarder(const char* forwarder, Module*& module, const char*& name,
                          ULONG& ordinal) {
  char dll[64];
  const char* dot = strchr(forwarder, '.');
  const auto length = static_cast<std::size_t>(dot - forwarder);
  if (dot == nullptr || length >= sizeof dll) return STATUS_INVALID_IMAGE_FORMAT;
  memcpy(dll, forwarder, length);
  dll[length] = '\0';
  name = dot + 1;
  ordinal = 0;
  if (*name == '#') {
    for (const char* digit = name + 1; *digit >= '0' && *digit <= '9'; ++digit) {
      ordinal = ordinal * 10 + static_cast<ULONG>(*digit - '0');
    }
    name = nullptr;
  }
  Module* found = nullptr;
  const NTSTATUS status = load_module(dll, static_link, found);
  if (!NT_SUCCESS(status)) return status;
  if (found->LoadCount == 0) reference_module(found);
  module = found;
  return status;
}

/// Fills the address table of one import descriptor.
NTSTATUS bind_imports(Module* importer, const pe::ImportDescriptor& descriptor, Module* exporter) {
  const ImageView image = view(importer);
  const u32 names = descriptor.original_first_thunk != 0 ? descriptor.original_first_thunk
                                                         : descriptor.first_thunk;
  for (u32 i = 0;; ++i) {
    const u32* thunk = image.at<u32>(names + i * sizeof(u32));
    const u32* slot = image.at<u32>(descriptor.first_thunk + i * sizeof(u32));
    if (thunk == nullptr || slot == nullptr) return STATUS_INVALID_IMAGE_FORMAT;
    if (*thunk == 0) return STATUS_SUCCESS;
    const bool by_ordinal = (*thunk & pe::import_by_ordinal) != 0;
    const char* name = by_ordinal ? nullptr : image.string_at(*thunk + sizeof(u16));
    if (!by_ordinal && name == nullptr) return STATUS_INVALID_IMAGE_FORMAT;
    PVOID address = nullptr;
    const NTSTATUS status = resolve_export(exporter, name, *thunk & 0xFFFF, address);
    if (!NT_SUCCESS(status)) {
      last_failure = {importer->BaseDllName, image.string_at(descriptor.name),
                      by_ordinal ? "" : name, *thunk & 0xFFFF};
      return status;
    }
    *const_cast<u32*>(slot) = reinterpret_cast<u32>(address);
  }
}

/// The one whose name is 0 ends them; null: they run out of the image. Without any, at the first
/// the end.
const pe::ImportDescriptor* import_at(const ImageView& image, ULONG index) {
  static constexpr pe::ImportDescriptor none = {};
  const auto directory = image.directory(pe::directory_import);
  if (directory.virtual_address == 0) return &none;
  if (index > image.size() / sizeof(pe::ImportDescriptor)) return nullptr;
  const u32 offset = index * u32{sizeof(pe::ImportDescriptor)};
  if (directory.virtual_address > image.size()) return nullptr;
  return image.at<pe::ImportDescriptor>(directory.virtual_address + offset);
}

NTSTATUS bind_all(Module* module) {
  const ImageView image = view(module);
  for (ULONG index = 0;; ++index) {
    const pe::ImportDescriptor* import = import_at(image, index);
    if (import == nullptr) return STATUS_INVALID_IMAGE_FORMAT;
    if (import->name == 0) return STATUS_SUCCESS;
    const char* name = image.string_at(import->name);
    if (name == nullptr) return STATUS_INVALID_IMAGE_FORMAT;
    Module* exporter = nullptr;
    NTSTATUS status = load_module(name, static_link, exporter);
    if (status == STATUS_DLL_NOT_FOUND && last_failure.dll == nullptr) {
      last_failure = {module->BaseDllName, name, nullptr, 0};
    }
    if (NT_SUCCESS(status)) status = bind_imports(module, *import, exporter);
    if (!NT_SUCCESS(status)) return status;
  }
}

/// Does a table of addresses lie where the program itself can't write?
bool is_any_table_locked(const ImageView& image) {
  for (ULONG index = 0;; ++index) {
    const pe::ImportDescriptor* import = import_at(image, index);
    if (import == nullptr || import->name == 0) return false;
    if (!in_writable_section(image, import->first_thunk)) return true;
  }
}

}  // namespace

NTSTATUS resolve_export(Module* module, const char* name, ULONG ordinal, PVOID& address) {
  for (unsigned hops = 0; hops < forwarder_limit; ++hops) {
    const Export found =
        name != nullptr ? find_export(view(module), name) : find_export(view(module), ordinal);
    if (!found.found()) break;
    if (found.forwarder == nullptr) {
      address = static_cast<char*>(module->DllBase) + found.rva;
      return STATUS_SUCCESS;
    }
    const NTSTATUS status = follow_forwarder(found.forwarder, module, name, ordinal);
    if (!NT_SUCCESS(status)) return status;
  }
  return name != nullptr ? STATUS_ENTRYPOINT_NOT_FOUND : STATUS_ORDINAL_NOT_FOUND;
}

NTSTATUS resolve_imports(Module* module) {
  WritableImage writable;
  NTSTATUS status = STATUS_SUCCESS;
  if (is_any_table_locked(view(module))) {
    status = writable.begin(module->DllBase, module->SizeOfImage);
  }
  if (NT_SUCCESS(status)) status = bind_all(module);
  if (!NT_SUCCESS(status)) return status;
  module->Flags |= imports_bound;
  append_to_initialization_order(module);
  return status;
}

const char* imported_name(const Module* module, ULONG index) {
  const pe::ImportDescriptor* import = import_at(view(module), index);
  return import == nullptr || import->name == 0 ? nullptr : view(module).string_at(import->name);
}

}  // namespace ldr
