// malloc and its kind, new and delete: blocks of committed, writable pages that keep what is in
// them.
#include <windows.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <vector>

namespace {

unsigned random_state = 99;
unsigned random_below(unsigned limit) {
  random_state = random_state * 1664525u + 1013904223u;
  return (random_state >> 8) % limit;
}

bool writable(void* block) {
  MEMORY_BASIC_INFORMATION page = {};
  VirtualQuery(block, &page, sizeof page);
  return page.State == MEM_COMMIT && page.Protect == PAGE_READWRITE && page.Type == MEM_PRIVATE;
}

struct Block {
  unsigned char* bytes = nullptr;
  unsigned size = 0;
  unsigned char fill = 0;

  bool intact() const {
    for (unsigned i = 0; i < size; ++i) {
      if (bytes[i] != fill) return false;
    }
    return true;
  }
};

/// A storm over 200 blocks; how many were not as they were left.
unsigned storm() {
  std::vector<Block> blocks(200);
  unsigned damaged = 0;
  for (unsigned turn = 0; turn < 20000; ++turn) {
    Block& block = blocks[random_below(200)];
    if (!block.intact()) ++damaged;
    const unsigned size = random_below(turn % 50 == 0 ? 100000 : 600);
    if (random_below(3) == 0) {
      const unsigned kept = size < block.size ? size : block.size;
      auto* moved = static_cast<unsigned char*>(std::realloc(block.bytes, size));
      if (size == 0) moved = nullptr;
      block.bytes = moved;
      block.size = moved == nullptr ? 0 : kept;
      if (!block.intact()) ++damaged;
    } else {
      std::free(block.bytes);
      block.bytes = static_cast<unsigned char*>(std::malloc(size));
    }
    block.size = block.bytes == nullptr ? 0 : size;
    block.fill = static_cast<unsigned char>(turn);
    if (block.bytes != nullptr) std::memset(block.bytes, block.fill, block.size);
  }
  for (Block& block : blocks) std::free(block.bytes);
  return damaged;
}

}  // namespace

int main() {
  void* small = std::malloc(10);
  void* large = std::malloc(3000000);
  std::printf("malloc: %d %d aligned %d\n", writable(small), writable(large),
              reinterpret_cast<UINT_PTR>(small) % 8 == 0);
  std::free(small);
  std::free(large);

  const auto* zeros = static_cast<unsigned char*>(std::calloc(1000, 7));
  unsigned sum = 0;
  for (unsigned i = 0; i < 7000; ++i) sum += zeros[i];
  const volatile std::size_t many = 0x10000;
  std::printf("calloc: %u, too much %d\n", sum, std::calloc(many, many + 1) == nullptr);

  auto numbers = std::make_unique<int[]>(50000);
  numbers[49999] = 7;
  std::printf("new: %d %d\n", numbers[0] + numbers[49999], writable(numbers.get()));
  try {
    volatile std::size_t much = 0x7FF00000;
    ::operator delete(::operator new(much));
    std::puts("so much");
  } catch (const std::bad_alloc&) {
    std::puts("bad_alloc");
  }
  std::printf("storm: %u damaged\n", storm());
  return 0;
}
