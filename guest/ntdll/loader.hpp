// The user-mode loader's parts, as they see each other. Everything runs under the loader lock.
#pragma once

#include "guest/ntdll/ntdll.hpp"
#include "guest/ntdll/portable_image.hpp"

namespace ldr {

// LDR_DATA_TABLE_ENTRY.Flags, with NT's values.
inline constexpr ULONG static_link = 0x00000002, image_dll = 0x00000004, counting = 0x00001000,
                       unload_in_progress = 0x00002000, dont_call_for_threads = 0x00040000,
                       process_attach_called = 0x00080000;
// And one of our own: its imports have been resolved.
inline constexpr ULONG imports_bound = 0x01000000;
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
Module* find_module_by_path(const UNICODE_STRING& path);
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
/// A copy of `name`, from the heap, with ".DLL" behind it if it has no suffix. A dot at the end
/// says that the file has none.
UNICODE_STRING file_name(const UNICODE_STRING& name);
/// Finds `name` (a path, or a file beside the program, in the current directory or in C:\) and
/// gives its full DOS path.
NTSTATUS find_image(const UNICODE_STRING& name, UNICODE_STRING& path);
bool has_path(const UNICODE_STRING& name);
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

// ldr_load.cpp: modules come and go.
/// Finds a module or maps it with all it needs; `bind` false: without what it needs, for its
/// resources only. A new one counts nobody yet.
NTSTATUS load_module(const UNICODE_STRING& name, ULONG flags, bool bind, Module*& module);
NTSTATUS load_module(const char* name, ULONG flags, Module*& module);
/// One reference more to a module and to each one it needs.
void reference_module(Module* module);
/// One less; those that nobody needs any more are told and leave.
void dereference_module(Module* module);
/// After a failure: those that nobody has counted leave, untold.
void discard_uncounted_modules();
/// A module that is here already, by a name as imports and programs write it.
Module* find_loaded(const UNICODE_STRING& name);
Module* find_loaded(const char* name);

// ldr_imports.cpp: from names to addresses.
/// Binds what `module` imports, and makes it the last one to be initialized.
NTSTATUS resolve_imports(Module* module);
/// The name of import number `index`; null behind the last one.
const char* imported_name(const Module* module, ULONG index);
/// Export of `module` by name, or by ordinal if `name` is null, forwarders followed.
NTSTATUS resolve_export(Module* module, const char* name, ULONG ordinal, PVOID& address);

// ldr_tls.cpp: static thread-local storage.
/// False: the image's TLS directory, or what it names, lies outside the image.
bool is_tls_valid(PVOID base);
NTSTATUS number_tls_modules();
NTSTATUS allocate_thread_tls();
void free_thread_tls();
void call_tls_callbacks(const Module* module, ULONG reason);

// ldr_initialize.cpp
NTSTATUS attach_new_modules(bool process_start);
void detach_module(Module* module, PVOID reserved);

}  // namespace ldr
