// What each thread has of its own: errno, where strtok stopped, rand's seed, results that functions
// give a pointer to.
#include "guest/msvcrt/msvcrt.hpp"

extern "C" {
DWORD WINAPI TlsAlloc();
}

namespace {

constexpr DWORD no_slot = ~DWORD{0};
DWORD slot = no_slot;
c::ThreadData without_memory;

}  // namespace

/// Leaves the last error of Win32 as it is.
c::ThreadData& c::thread_data() {
  if (slot == no_slot) {
    RtlAcquirePebLock();
    if (slot == no_slot) slot = TlsAlloc();
    RtlReleasePebLock();
  }
  PVOID& own = NtCurrentTeb()->TlsSlots[slot];
  if (own == nullptr) {
    own = RtlAllocateHeap(NtCurrentPeb()->ProcessHeap, HEAP_ZERO_MEMORY, sizeof(ThreadData));
    if (own == nullptr) return without_memory;
    static_cast<ThreadData*>(own)->seed = 1;
  }
  return *static_cast<ThreadData*>(own);
}

void c::forget_thread_data() {
  if (slot == no_slot) return;
  PVOID& own = NtCurrentTeb()->TlsSlots[slot];
  free(own);
  own = nullptr;
}

extern "C" {

int* _errno() { return &c::thread_data().error; }
ULONG* __doserrno() { return &c::thread_data().os_error; }
int _set_errno(int error) {
  *_errno() = error;
  return 0;
}
int _get_errno(int* error) {
  if (error == nullptr) return EINVAL;
  *error = *_errno();
  return 0;
}

}  // extern "C"
