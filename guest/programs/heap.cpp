// The process heap under a reproducible storm of allocations: every block keeps its bytes, HeapSize
// is what was asked for, freed neighbours join, and a private heap of fixed size runs out.
#include <windows.h>

#include "guest/crt/print.hpp"

namespace {

constexpr unsigned slots = 64;
constexpr unsigned rounds = 2000;

struct Block {
  unsigned char* data;
  DWORD size;
  unsigned char fill;
};

Block blocks[slots];

unsigned next_random() {
  static unsigned state = 1;
  state = state * 1103515245 + 12345;
  return state >> 16;
}

bool intact(const Block& block) {
  for (DWORD i = 0; i < block.size; ++i) {
    if (block.data[i] != block.fill) return false;
  }
  return true;
}

bool storm(HANDLE heap) {
  for (unsigned round = 0; round < rounds; ++round) {
    Block& block = blocks[next_random() % slots];
    if (block.data != nullptr) {
      if (HeapSize(heap, 0, block.data) != block.size || !intact(block)) return false;
      if (round % 3 == 0) {
        const DWORD size = 1 + next_random() % 3000;
        const DWORD kept = size < block.size ? size : block.size;
        block.data =
            static_cast<unsigned char*>(HeapReAlloc(heap, HEAP_ZERO_MEMORY, block.data, size));
        if (block.data == nullptr) return false;
        for (DWORD i = 0; i < size; ++i) {
          if (block.data[i] != (i < kept ? block.fill : 0)) return false;
          block.data[i] = block.fill;
        }
        block.size = size;
        continue;
      }
      if (!HeapFree(heap, 0, block.data)) return false;
      block.data = nullptr;
      continue;
    }
    block.size = 1 + next_random() % 3000;
    block.fill = static_cast<unsigned char>(round);
    block.data = static_cast<unsigned char*>(HeapAlloc(heap, HEAP_ZERO_MEMORY, block.size));
    if (block.data == nullptr || (reinterpret_cast<UINT_PTR>(block.data) & 7) != 0) return false;
    for (DWORD i = 0; i < block.size; ++i) {
      if (block.data[i] != 0) return false;
      block.data[i] = block.fill;
    }
  }
  for (Block& block : blocks) {
    if (block.data != nullptr && (!intact(block) || !HeapFree(heap, 0, block.data))) return false;
    block = {};
  }
  return true;
}

/// Fills a heap of fixed size twice: the second filling works only if the freed blocks joined.
bool fixed_heap() {
  HANDLE heap = HeapCreate(0, 0, 0x20000);
  if (heap == nullptr) return false;
  void* small[16];
  for (void*& block : small) block = HeapAlloc(heap, 0, 4000);
  bool good = HeapAlloc(heap, 0, 0x20000) == nullptr;
  for (void* block : small) good &= block != nullptr && HeapFree(heap, 0, block);
  void* large = HeapAlloc(heap, 0, 16 * 4000);
  good &= large != nullptr && HeapSize(heap, 0, large) == 16 * 4000;
  return HeapDestroy(heap) && good;
}

bool check(const char* what, bool good) {
  crt::print(good ? "ok " : "not ok ", what, "\n");
  return good;
}

}  // namespace

extern "C" int main(int, char**) {
  bool good = check("the process heap keeps what it is given", storm(GetProcessHeap()));
  HANDLE heap = HeapCreate(0, 0, 0);
  good &= check("so does a growable heap", heap != nullptr && storm(heap) && HeapDestroy(heap));
  good &= check("a heap of fixed size is full, and empty again", fixed_heap());
  return good ? 0 : 1;
}
