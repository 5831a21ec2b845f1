// Static thread-local storage: every module with a TLS directory that is there when the process
// starts gets an index, and every thread a copy of its template at TEB+2Ch. As on NT, a module
// loaded later gets its callbacks, but no storage. [PE §6.7]
#include "guest/ntdll/loader.hpp"

namespace ldr {

namespace {

using TlsCallback = void(NTAPI*)(PVOID Base, ULONG Reason, PVOID Reserved);

/// Addresses, not RVAs: the relocations have been applied.
struct TlsDirectory {
  const char* start;
  const char* end;
  ULONG* index;
  TlsCallback* callbacks;
  ULONG zero_fill, characteristics;
};
static_assert(sizeof(TlsDirectory) == 24);

ULONG slot_count = 0;

const TlsDirectory* tls_directory(const Module* module) {
  const auto directory = view(module).directory(pe::directory_tls);
  return directory.virtual_address == 0 ? nullptr
                                        : view(module).at<TlsDirectory>(directory.virtual_address);
}

}  // namespace

NTSTATUS number_tls_modules() {
  Module* module = nullptr;
  while ((module = next_loaded(module)) != nullptr) {
    const TlsDirectory* tls = tls_directory(module);
    if (tls == nullptr) continue;
    module->TlsIndex = static_cast<USHORT>(slot_count++);
    *tls->index = module->TlsIndex;
  }
  return allocate_thread_tls();
}

NTSTATUS allocate_thread_tls() {
  if (slot_count == 0) return STATUS_SUCCESS;
  auto** slots = static_cast<PVOID*>(allocate(slot_count * sizeof(PVOID)));
  if (slots == nullptr) return STATUS_NO_MEMORY;
  NtCurrentTeb()->ThreadLocalStoragePointer = slots;
  Module* module = nullptr;
  while ((module = next_loaded(module)) != nullptr) {
    if (module->TlsIndex == no_tls_index) continue;
    const TlsDirectory* tls = tls_directory(module);
    const auto initialized = static_cast<SIZE_T>(tls->end - tls->start);
    slots[module->TlsIndex] = allocate(initialized + tls->zero_fill);
    if (slots[module->TlsIndex] == nullptr) return STATUS_NO_MEMORY;
    memcpy(slots[module->TlsIndex], tls->start, initialized);
  }
  return STATUS_SUCCESS;
}

void free_thread_tls() {
  auto** slots = static_cast<PVOID*>(NtCurrentTeb()->ThreadLocalStoragePointer);
  if (slots == nullptr) return;
  NtCurrentTeb()->ThreadLocalStoragePointer = nullptr;
  for (ULONG i = 0; i < slot_count; ++i) release(slots[i]);
  release(slots);
}

void call_tls_callbacks(const Module* module, ULONG reason) {
  const TlsDirectory* tls = tls_directory(module);
  if (tls == nullptr || tls->callbacks == nullptr) return;
  for (const TlsCallback* callback = tls->callbacks; *callback != nullptr; ++callback) {
    (*callback)(module->DllBase, reason, nullptr);
  }
}

}  // namespace ldr
