// What the programs about virtual memory share.
#pragma once

#include "guest/conformance/ktap.hpp"

namespace memory {

inline char* reserve(SIZE_T size, void* at = nullptr) {
  return static_cast<char*>(VirtualAlloc(at, size, MEM_RESERVE, PAGE_READWRITE));
}
inline char* commit(SIZE_T size, DWORD protection = PAGE_READWRITE) {
  return static_cast<char*>(VirtualAlloc(nullptr, size, MEM_RESERVE | MEM_COMMIT, protection));
}
inline BOOL release(void* region) { return VirtualFree(region, 0, MEM_RELEASE); }

inline MEMORY_BASIC_INFORMATION query(const void* at) {
  MEMORY_BASIC_INFORMATION information = {};
  VirtualQuery(at, &information, sizeof information);
  return information;
}

inline void* pointer(ULONG_PTR address) { return reinterpret_cast<void*>(address); }
inline ULONG_PTR address(const void* at) { return reinterpret_cast<ULONG_PTR>(at); }

/// A region that is the scope's.
class Region {
 public:
  explicit Region(char* base) : base_(base) {}
  ~Region() {
    if (base_ != nullptr) release(base_);
  }
  Region(const Region&) = delete;
  Region& operator=(const Region&) = delete;
  operator char*() const { return base_; }

 private:
  char* base_;
};

}  // namespace memory
