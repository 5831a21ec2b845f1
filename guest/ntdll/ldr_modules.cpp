// The three lists of modules in PEB.Ldr: in order of loading, of memory, and of initialization.
#include "guest/ntdll/loader.hpp"

namespace ldr {

RTL_CRITICAL_SECTION loader_lock = {nullptr, -1, 0, nullptr, nullptr, 0};

namespace {

PEB_LDR_DATA lists;

void initialize(LIST_ENTRY& head) { head.Flink = head.Blink = &head; }

void append(LIST_ENTRY& head, LIST_ENTRY& entry) {
  entry.Flink = &head;
  entry.Blink = head.Blink;
  head.Blink->Flink = &entry;
  head.Blink = &entry;
}

void unlink(LIST_ENTRY& entry) {
  if (entry.Flink == nullptr) return;
  entry.Blink->Flink = entry.Flink;
  entry.Flink->Blink = entry.Blink;
  entry = {};
}

constexpr SIZE_T initialization_links = offsetof(Module, InInitializationOrderLinks);

Module* in_initialization_order(LIST_ENTRY* entry) {
  if (entry == &lists.InInitializationOrderModuleList) return nullptr;
  return reinterpret_cast<Module*>(reinterpret_cast<char*>(entry) - initialization_links);
}

}  // namespace

PEB_LDR_DATA& module_lists() {
  if (lists.Length == 0) {
    lists.Length = sizeof lists;
    initialize(lists.InLoadOrderModuleList);
    initialize(lists.InMemoryOrderModuleList);
    initialize(lists.InInitializationOrderModuleList);
  }
  return lists;
}

Module* next_loaded(Module* module) {
  LIST_ENTRY& head = lists.InLoadOrderModuleList;
  LIST_ENTRY* next = module == nullptr ? head.Flink : module->InLoadOrderLinks.Flink;
  return next == &head ? nullptr : reinterpret_cast<Module*>(next);
}
static_assert(offsetof(Module, InLoadOrderLinks) == 0);

Module* next_initialized(Module* module) {
  return in_initialization_order(module == nullptr ? lists.InInitializationOrderModuleList.Flink
                                                   : module->InInitializationOrderLinks.Flink);
}

Module* previous_initialized(Module* module) {
  return in_initialization_order(module == nullptr ? lists.InInitializationOrderModuleList.Blink
                                                   : module->InInitializationOrderLinks.Blink);
}

Module* find_module(const UNICODE_STRING& base_name) {
  Module* module = nullptr;
  while ((module = next_loaded(module)) != nullptr) {
    if (RtlEqualUnicodeString(&module->BaseDllName, &base_name, TRUE)) return module;
  }
  return nullptr;
}

Module* find_module_by_path(const UNICODE_STRING& path) {
  Module* module = nullptr;
  while ((module = next_loaded(module)) != nullptr) {
    if (RtlEqualUnicodeString(&module->FullDllName, &path, TRUE)) return module;
  }
  return nullptr;
}

Module* find_module(const void* base) {
  Module* module = nullptr;
  while ((module = next_loaded(module)) != nullptr) {
    if (module->DllBase == base) return module;
  }
  return nullptr;
}

Module* add_module(PVOID base, UNICODE_STRING path, ULONG flags) {
  auto* module = static_cast<Module*>(allocate(sizeof(Module)));
  if (module == nullptr) return nullptr;
  const auto* headers = ImageView::loaded(base).headers();
  const auto& optional = headers->optional;
  if ((headers->file.characteristics & pe::characteristics::dll) != 0) flags |= image_dll;
  module->DllBase = base;
  module->SizeOfImage = optional.size_of_image;
  if (optional.address_of_entry_point != 0) {
    module->EntryPoint = static_cast<char*>(base) + optional.address_of_entry_point;
  }
  module->FullDllName = path;
  ULONG start = path.Length / sizeof(WCHAR);
  while (start != 0 && path.Buffer[start - 1] != L'\\') --start;
  const auto skipped = static_cast<USHORT>(start * sizeof(WCHAR));
  module->BaseDllName = {static_cast<USHORT>(path.Length - skipped),
                         static_cast<USHORT>(path.MaximumLength - skipped), path.Buffer + start};
  module->Flags = flags;
  module->TlsIndex = no_tls_index;
  append(lists.InLoadOrderModuleList, module->InLoadOrderLinks);
  append(lists.InMemoryOrderModuleList, module->InMemoryOrderLinks);
  return module;
}

void append_to_initialization_order(Module* module) {
  append(lists.InInitializationOrderModuleList, module->InInitializationOrderLinks);
}

void remove_module(Module* module) {
  unlink(module->InLoadOrderLinks);
  unlink(module->InMemoryOrderLinks);
  unlink(module->InInitializationOrderLinks);
  RtlFreeUnicodeString(&module->FullDllName);
  release(module);
}

}  // namespace ldr
