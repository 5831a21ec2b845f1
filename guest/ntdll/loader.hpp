// The user-mode loader's parts, as they see each other. Everything runs under the loader lock.
#pragma once

#include "guest/ntdll/ntdll.hpp"
#include "guest/ntdll/portable_image.hpp"

namespace ldr {

// LDR_DATA_TABLE_ENTRY.Flags, with NT's values.
inline constexpr ULONG static_link = 0x00000002, image_dll = 0x00000004,
                       dont_call_for_threads = 0x00040000, process_attach_called = 0x00080000;
inline constexpr USHORT load_count_pinned = 0xFFFF, no_tls_index = 0xFFFF;

using Module = LDR_DATA_TABLE_ENTRY;
using DllMain = BOOLEAN(NTAPI*)(PVOID Base, ULONG Reason, PVOID Reserved);

inline ImageView view(const Module* module) {
  return ImageView(module->DllBase, module->SizeOfImage);
}

/// What the last failed load lacked, for the message that ends a process that cannot start.
struct Failure {
  UNICODE_STRING importer;
  const char* dll;
  const char* symbol;  // null: the DLL itself is missing
  ULONG ordinal;       // used when `symbol` is empty
};
extern Failure last_failure;

extern RTL_CRITICAL_SECTION loader_lock;

class LoaderGuard {
 public:
  LoaderGuard() { RtlEnterCriticalSection(&loader_lock); }
  ~LoaderGuard() { RtlLeaveCriticalSection(&loader_lock); }
  LoaderGuard(const LoaderGuard&) = delete;
  LoaderGuard& operator=(const LoaderGuard&) = delete;
};

// ldr_modules.cpp: the lists in PEB.Ldr.
PEB_LDR_DATA& module_lists();
Module* next_loaded(Module* module);       // null begins and ends
Module* next_initialized(Module* module);  // null begins and ends
Module* previous_initialized(Module* module);
Module* find_module(const UNICODE_STRING& base_name);
Module* find_module(const void* base);
/// `path` is a DOS path in memory from the process heap that the entry takes over.
Module* add_module(PVOID base, UNICODE_STRING path, ULONG flags);
void remove_module(Module* module);
void append_to_initialization_order(Module* module);
inline PVOID allocate(SIZE_T bytes) {
  return RtlAllocateHeap(NtCurrentPeb()->ProcessHeap, HEAP_ZERO_MEMORY, bytes);
}
inline void release(PVOID block) { RtlFreeHeap(NtCurrentPeb()->ProcessHeap, 0, block); }

// ldr_map.cpp: an image file becomes memory.
/// A copy of `name`, from the heap, with ".DLL" behind it if it has no suffix.
UNICODE_STRING file_name(const UNICODE_STRING& name);
/// Finds `name` (a path, or a file beside the program or in C:\) and gives its full DOS path.
NTSTATUS find_image(const UNICODE_STRING& name, UNICODE_STRING& path);
NTSTATUS map_image(const UNICODE_STRING& path, PVOID& base);
void unmap_image(PVOID base);
/// While one of these lives every page of an image may be written; then it is as it was.
class WritableImage {
 public:
  WritableImage() = default;
  ~WritableImage();
  WritableImage(const WritableImage&) = delete;
  WritableImage& operator=(const WritableImage&) = delete;
  NTSTATUS begin(PVOID base, ULONG size);

 private:
  struct Run {
    PVOID base;
    SIZE_T size;
    ULONG protection;
  };
  static constexpr ULONG most_runs = 200;  // two for each of 96 sections, and more
  Run* runs_ = nullptr;
  ULONG count_ = 0;
};

// ldr_imports.cpp: from names to addresses.
NTSTATUS load_module(const UNICODE_STRING& name, ULONG flags, Module*& module);
NTSTATUS resolve_imports(Module* module);
void unload_module(Module* module);
/// Export of `module` by name, or by ordinal if `name` is null, forwarders followed.
NTSTATUS resolve_export(Module* module, const char* name, ULONG ordinal, PVOID& address);

// ldr_tls.cpp: static thread-local storage.
NTSTATUS number_tls_modules();
NTSTATUS allocate_thread_tls();
void free_thread_tls();
void call_tls_callbacks(const Module* module, ULONG reason);

// ldr_initialize.cpp
NTSTATUS attach_new_modules(bool process_start);

}  // namespace ldr
