// Modules come with those they need, and leave when nobody needs them any more. LoadCount is the
// number of LoadLibrary calls that lead to a module, directly or by way of imports: a circle of
// imports leaves as a whole. What a process begins with is pinned.
#include "guest/ntdll/loader.hpp"

namespace ldr {

namespace {

ULONG unload_depth = 0;  // a DllMain that is told to leave may free other modules

bool is_pinned(const Module* module) { return module->LoadCount == load_count_pinned; }

/// `change` for the module and, once each, for those it needs. `counting` marks who is on the way.
template <class Change>
void for_each_needed(Module* module, const Change& change) {
  if ((module->Flags & counting) != 0 || is_pinned(module)) return;
  module->Flags |= counting;
  change(module);
  if ((module->Flags & imports_bound) == 0) return;
  for (ULONG index = 0; const char* name = imported_name(module, index); ++index) {
    if (Module* needed = find_loaded(name)) for_each_needed(needed, change);
  }
}

void end_counting() {
  for (Module* module = nullptr; (module = next_loaded(module)) != nullptr;) {
    module->Flags &= ~counting;
  }
}

/// The last initialized of those that nobody needs and that don't know it yet.
Module* next_to_detach() {
  for (Module* module = nullptr; (module = previous_initialized(module)) != nullptr;) {
    if (module->LoadCount == 0 && (module->Flags & unload_in_progress) == 0) return module;
  }
  return nullptr;
}

void unmap_module(Module* module) {
  PVOID base = module->DllBase;
  remove_module(module);
  unmap_image(base);
}

/// Finds a module already here by its name, or by the path of the file to load.
NTSTATUS find_loaded_or_path(const UNICODE_STRING& name, Module*& module, UNICODE_STRING& path) {
  UNICODE_STRING file = file_name(name);
  if (file.Buffer == nullptr) return STATUS_NO_MEMORY;
  module = has_path(file) ? nullptr : find_module(file);
  const NTSTATUS status = module != nullptr ? STATUS_SUCCESS : find_image(file, path);
  RtlFreeUnicodeString(&file);
  if (!NT_SUCCESS(status) || module != nullptr) return status;
  module = find_module_by_path(path);  // it may be here under another spelling
  if (module != nullptr) RtlFreeUnicodeString(&path);
  return status;
}

NTSTATUS map_module(UNICODE_STRING path, ULONG flags, Module*& module) {
  PVOID base = nullptr;
  NTSTATUS status = map_image(path, base);
  if (NT_SUCCESS(status)) {
    module = add_module(base, path, flags);
    if (module == nullptr) {
      unmap_image(base);
      status = STATUS_NO_MEMORY;
    }
  }
  if (module == nullptr) RtlFreeUnicodeString(&path);
  return status;
}

}  // namespace

Module* find_loaded(const UNICODE_STRING& name) {
  UNICODE_STRING file = file_name(name), path = {};
  if (file.Buffer == nullptr) return nullptr;
  Module* module = nullptr;
  if (!has_path(file)) {
    module = find_module(file);
  } else if (NT_SUCCESS(find_image(file, path))) {
    module = find_module_by_path(path);
    RtlFreeUnicodeString(&path);
  }
  RtlFreeUnicodeString(&file);
  return module;
}

Module* find_loaded(const char* name) {
  UNICODE_STRING unicode;
  if (!RtlCreateUnicodeStringFromAsciiz(&unicode, name)) return nullptr;
  Module* module = find_loaded(unicode);
  RtlFreeUnicodeString(&unicode);
  return module;
}

NTSTATUS load_module(const UNICODE_STRING& name, ULONG flags, bool bind, Module*& module) {
  UNICODE_STRING path = {};
  NTSTATUS status = find_loaded_or_path(name, module, path);
  if (!NT_SUCCESS(status) || module != nullptr) return status;
  status = map_module(path, flags, module);
  // A program that somebody loads is no library: nobody calls it.
  if (NT_SUCCESS(status) && bind && (module->Flags & image_dll) != 0) {
    status = resolve_imports(module);
  }
  return status;
}

NTSTATUS load_module(const char* name, ULONG flags, Module*& module) {
  UNICODE_STRING unicode;
  if (!RtlCreateUnicodeStringFromAsciiz(&unicode, name)) return STATUS_NO_MEMORY;
  const NTSTATUS status = load_module(unicode, flags, true, module);
  RtlFreeUnicodeString(&unicode);
  return status;
}

void reference_module(Module* module) {
  for_each_needed(module, [](Module* needed) { ++needed->LoadCount; });
  end_counting();
}

void discard_uncounted_modules() {
  for (Module* module = next_loaded(nullptr); module != nullptr;) {
    Module* following = next_loaded(module);
    if (module->LoadCount == 0 && (module->Flags & unload_in_progress) == 0) unmap_module(module);
    module = following;
  }
}

void dereference_module(Module* module) {
  for_each_needed(module, [](Module* needed) {
    if (needed->LoadCount != 0) --needed->LoadCount;
  });
  end_counting();
  ++unload_depth;
  while (Module* leaving = next_to_detach()) {
    leaving->Flags |= unload_in_progress;
    detach_module(leaving, nullptr);
  }
  if (--unload_depth != 0) return;
  for (Module* here = next_loaded(nullptr); here != nullptr;) {
    Module* following = next_loaded(here);
    here->Flags &= ~unload_in_progress;  // one that was loaded again meanwhile stays
    if (here->LoadCount == 0) unmap_module(here);
    here = following;
  }
}

}  // namespace ldr
