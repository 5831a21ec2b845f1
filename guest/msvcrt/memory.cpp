// malloc and its kind, on the process's heap.
#include "guest/msvcrt/msvcrt.hpp"

namespace {

PVOID heap() { return NtCurrentPeb()->ProcessHeap; }

void* or_no_memory(void* block) {
  if (block == nullptr) *_errno() = ENOMEM;
  return block;
}

bool is_power_of_two(size_t value) { return value != 0 && (value & (value - 1)) == 0; }

/// In front of an aligned block is the address of the one that malloc gave.
void*& whole_of(void* aligned) {
  const auto address = reinterpret_cast<ULONG_PTR>(aligned) & ~(sizeof(void*) - 1);
  return reinterpret_cast<void**>(address)[-1];
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

/// Where it is, or not at all.
void* _expand(void* block, size_t size) {
  return or_no_memory(RtlReAllocateHeap(heap(), HEAP_REALLOC_IN_PLACE_ONLY, block, size));
}

void* _recalloc(void* block, size_t count, size_t size) {
  if (block == nullptr) return calloc(count, size);
  if (size != 0 && count > ~size_t{0} / size) return or_no_memory(nullptr);
  return or_no_memory(RtlReAllocateHeap(heap(), HEAP_ZERO_MEMORY, block, count * size));
}

/// The block's address plus `offset` is aligned.
void* _aligned_offset_malloc(size_t size, size_t alignment, size_t offset) {
  if (!is_power_of_two(alignment) || (offset != 0 && offset >= size)) return c::no_pointer(EINVAL);
  if (alignment < sizeof(void*)) alignment = sizeof(void*);
  const size_t room = size + alignment + 2 * sizeof(void*);
  if (room < size) return or_no_memory(nullptr);
  void* whole = malloc(room);
  if (whole == nullptr) return nullptr;
  const auto first = reinterpret_cast<ULONG_PTR>(whole) + 2 * sizeof(void*);
  const ULONG_PTR target = (first + offset + alignment - 1) & ~(alignment - 1);
  auto* block = reinterpret_cast<void*>(target - offset);
  whole_of(block) = whole;
  return block;
}
void* _aligned_malloc(size_t size, size_t alignment) {
  return _aligned_offset_malloc(size, alignment, 0);
}
void _aligned_free(void* block) {
  if (block != nullptr) free(whole_of(block));
}
void* _aligned_offset_realloc(void* block, size_t size, size_t alignment, size_t offset) {
  if (block == nullptr) return _aligned_offset_malloc(size, alignment, offset);
  if (size == 0) {
    _aligned_free(block);
    return nullptr;
  }
  void* made = _aligned_offset_malloc(size, alignment, offset);
  if (made == nullptr) return nullptr;
  const void* whole = whole_of(block);
  const auto before =
      static_cast<size_t>(static_cast<char*>(block) - static_cast<const char*>(whole));
  const size_t old = _msize(whole_of(block)) - before;
  memcpy(made, block, old < size ? old : size);
  _aligned_free(block);
  return made;
}
void* _aligned_realloc(void* block, size_t size, size_t alignment) {
  return _aligned_offset_realloc(block, size, alignment, 0);
}

/// -2: all is well; -4: a block is damaged.
int _heapchk() { return RtlValidateHeap(heap(), 0, nullptr) != 0 ? -2 : -4; }
int _heapset(unsigned) { return _heapchk(); }
int _heapmin() { return RtlCompactHeap(heap(), 0) != 0 ? 0 : -1; }
LONG _get_heap_handle() { return reinterpret_cast<LONG>(heap()); }

}  // extern "C"
