// malloc and its kind, on the process's heap.
#include "guest/msvcrt/msvcrt.hpp"

namespace {

PVOID heap() { return NtCurrentPeb()->ProcessHeap; }

void* or_no_memory(void* block) {
  if (block == nullptr) *_errno() = ENOMEM;
  return block;
}

}  // namespace

extern "C" {

void* malloc(size_t size) { return or_no_memory(RtlAllocateHeap(heap(), 0, size)); }

void* calloc(size_t count, size_t size) {
  if (size != 0 && count > ~size_t{0} / size) return or_no_memory(nullptr);
  return or_no_memory(RtlAllocateHeap(heap(), HEAP_ZERO_MEMORY, count * size));
}

void* realloc(void* block, size_t size) {
  if (block == nullptr) return malloc(size);
  if (size == 0) {
    free(block);
    return nullptr;
  }
  return or_no_memory(RtlReAllocateHeap(heap(), 0, block, size));
}

void free(void* block) {
  if (block != nullptr) RtlFreeHeap(heap(), 0, block);
}

size_t _msize(void* block) { return RtlSizeHeap(heap(), 0, block); }

char* _strdup(const char* text) {
  const size_t size = strlen(text) + 1;
  auto* copy = static_cast<char*>(malloc(size));
  if (copy != nullptr) memcpy(copy, text, size);
  return copy;
}

}  // extern "C"
