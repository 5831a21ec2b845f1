// Zero-filled host memory by mmap, which commits a page when it is first touched.
#include "mmu/host_memory.hpp"

#include <sys/mman.h>

#include <new>

namespace faultline {

HostMemory::HostMemory(std::size_t bytes) : bytes_(bytes) {
  base_ = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
               -1, 0);
  if (base_ == MAP_FAILED) throw std::bad_alloc();
}

HostMemory::~HostMemory() { munmap(base_, bytes_); }

}  // namespace faultline
