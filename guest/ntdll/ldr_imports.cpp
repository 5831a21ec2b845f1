// From names to addresses: a module's imports are bound to the exports of the modules it names,
// which are loaded on the way. A module enters the initialization order behind those it needs.
#include "guest/ntdll/loader.hpp"

namespace ldr {

Failure last_failure;

namespace {

constexpr unsigned forwarder_limit = 16;  // a longer chain is a circle

NTSTATUS load_by_ansi_name(const char* name, ULONG flags, Module*& module) {
  UNICODE_STRING unicode;
  if (!RtlCreateUnicodeStringFromAsciiz(&unicode, name)) return STATUS_NO_MEMORY;
  const NTSTATUS status = load_module(unicode, flags, module);
  RtlFreeUnicodeString(&unicode);
  return status;
}

/// Splits "MODULE.Name" or "MODULE.#12" and loads the module.
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
  return load_by_ansi_name(dll, static_link, module);
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

const pe::ImportDescriptor* first_import(const ImageView& image) {
  const auto directory = image.directory(pe::directory_import);
  return directory.virtual_address == 0 ? nullptr
                                        : image.at<pe::ImportDescriptor>(directory.virtual_address);
}

/// Whether the section that holds `rva` may be written without ado.
bool in_writable_section(const ImageView& image, u32 rva) {
  const pe::SectionHeader* section = image.sections();
  for (u32 i = image.headers()->file.number_of_sections; i != 0; --i, ++section) {
    if (rva - section->virtual_address < section->virtual_size) {
      return (section->characteristics & pe::section::write) != 0;
    }
  }
  return false;
}

NTSTATUS bind_all(Module* module) {
  const ImageView image = view(module);
  const pe::ImportDescriptor* import = first_import(image);
  if (import == nullptr) return STATUS_SUCCESS;
  for (; import->name != 0; ++import) {
    const char* name = image.string_at(import->name);
    if (name == nullptr) return STATUS_INVALID_IMAGE_FORMAT;
    Module* exporter = nullptr;
    NTSTATUS status = load_by_ansi_name(name, static_link, exporter);
    if (status == STATUS_DLL_NOT_FOUND && last_failure.dll == nullptr) {
      last_failure = {module->BaseDllName, name, nullptr, 0};
    }
    if (NT_SUCCESS(status)) status = bind_imports(module, *import, exporter);
    if (!NT_SUCCESS(status)) return status;
    if (image.at<pe::ImportDescriptor>(
            static_cast<u32>(reinterpret_cast<const char*>(import + 1) -
                             static_cast<const char*>(module->DllBase))) == nullptr) {
      return STATUS_INVALID_IMAGE_FORMAT;
    }
  }
  return STATUS_SUCCESS;
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
  const ImageView image = view(module);
  const pe::ImportDescriptor* import = first_import(image);
  const bool locked = import != nullptr && !in_writable_section(image, import->first_thunk);
  WritableImage writable;
  NTSTATUS status = locked ? writable.begin(module->DllBase, module->SizeOfImage) : STATUS_SUCCESS;
  if (NT_SUCCESS(status)) status = bind_all(module);
  if (NT_SUCCESS(status)) append_to_initialization_order(module);
  return status;
}

/// Finds a module already here by its name, or the path of the file to load.
static NTSTATUS find_loaded_or_path(const UNICODE_STRING& name, Module*& module,
                                    UNICODE_STRING& path) {
  UNICODE_STRING file = file_name(name);
  if (file.Buffer == nullptr) return STATUS_NO_MEMORY;
  module = find_module(file);
  NTSTATUS status = module != nullptr ? STATUS_SUCCESS : find_image(file, path);
  RtlFreeUnicodeString(&file);
  if (!NT_SUCCESS(status) || module != nullptr) return status;
  // The same file may be here under another spelling of its path.
  while ((module = next_loaded(module)) != nullptr) {
    if (!RtlEqualUnicodeString(&module->FullDllName, &path, TRUE)) continue;
    RtlFreeUnicodeString(&path);
    break;
  }
  return STATUS_SUCCESS;
}

NTSTATUS load_module(const UNICODE_STRING& name, ULONG flags, Module*& module) {
  UNICODE_STRING path = {};
  NTSTATUS status = find_loaded_or_path(name, module, path);
  if (!NT_SUCCESS(status)) return status;
  if (module != nullptr) {
    if (module->LoadCount != load_count_pinned) ++module->LoadCount;
    return STATUS_SUCCESS;
  }
  PVOID base = nullptr;
  status = map_image(path, base);
  if (NT_SUCCESS(status)) {
    module = add_module(base, path, flags | image_dll);
    if (module == nullptr) {
      unmap_image(base);
      status = STATUS_NO_MEMORY;
    }
  }
  if (module == nullptr) {
    RtlFreeUnicodeString(&path);
    return status;
  }
  status = resolve_imports(module);
  if (!NT_SUCCESS(status)) {
    remove_module(module);
    unmap_image(base);
    module = nullptr;
  }
  return status;
}

/// Takes one reference away; with the last one the module leaves, and lets go of those it imports.
void unload_module(Module* module) {
  if (module->LoadCount == load_count_pinned || --module->LoadCount != 0) return;
  if ((module->Flags & process_attach_called) != 0) {
    call_tls_callbacks(module, DLL_PROCESS_DETACH);
    if (module->EntryPoint != nullptr) {
      reinterpret_cast<DllMain>(module->EntryPoint)(module->DllBase, DLL_PROCESS_DETACH, nullptr);
    }
  }
  const ImageView image = view(module);
  for (const auto* import = first_import(image); import != nullptr && import->name != 0; ++import) {
    UNICODE_STRING name;
    if (!RtlCreateUnicodeStringFromAsciiz(&name, image.string_at(import->name))) continue;
    if (Module* imported = find_module(name)) unload_module(imported);
    RtlFreeUnicodeString(&name);
  }
  PVOID base = module->DllBase;
  remove_module(module);
  unmap_image(base);
}

}  // namespace ldr
