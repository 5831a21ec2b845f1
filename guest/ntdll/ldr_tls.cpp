// Static thread-local storage: every module with a TLS directory that is there when the process
// starts gets an index, and every thread a copy of its template at TEB+2Ch. As on NT, a module
// loaded later gets its callbacks, but no storage. [PE §6.7]
#include "guest/ntdll/loader.hpp"

namespace ldr {

namespace {

using TlsCallback = void(NTAPI*)(PVOID Base, ULONG Reason, PVOID Reserved);

ULONG slot_count = 0;

/// An address in the image, which is_tls_valid has looked at.
template <class T>
T* to_pointer(u32 address) {
  return reinterpret_cast<T*>(address);
}

const TlsDirectory* tls_directory(const Module* module) {
  const auto directory = view(module).directory(pe::directory_tls);
  return directory.virtual_address == 0 ? nullptr
                                        : view(module).at<TlsDirectory>(directory.virtual_address);
}

}  // namespace

bool is_tls_valid(PVOID base) {
  return valid_tls(ImageView::loaded(base), reinterpret_cast<u32>(base));
}

NTSTATUS number_tls_modules() {
  Module* module = nullptr;
  while ((module = next_loaded(module)) != nullptr) {
    const TlsDirectory* tls = tls_directory(module);
    if (tls == nullptr) continue;
    module->TlsIndex = static_cast<USHORT>(slot_count++);
    *to_pointer<ULONG>(tls->index) = module->TlsIndex;
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
    const SIZE_T initialized = tls->end - tls->start;
    slots[module->TlsIndex] = allocate(initialized + tls->zero_fill);
    if (slots[module->TlsIndex] == nullptr) return STATUS_NO_MEMORY;
    memcpy(slots[module->TlsIndex], to_pointer<const char>(tls->start), initialized);
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
  if (tls == nullptr || tls->callbacks == 0) return;
  for (const auto* callback = to_pointer<const TlsCallback>(tls->callbacks); *callback != nullptr;
       ++callback) {
    (*callback)(module->DllBase, reason, nullptr);
  }
}

}  // namespace ldr
