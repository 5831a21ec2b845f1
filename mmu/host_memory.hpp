// Zero-filled host memory that costs nothing until it is touched.
#pragma once

#include <cstddef>

namespace faultline {

/// An anonymous private mapping, owned. Throws std::bad_alloc when the host has none to give.
class HostMemory {
 public:
  explicit HostMemory(std::size_t bytes);
  ~HostMemory();
  HostMemory(const HostMemory&) = delete;
  HostMemory& operator=(const HostMemory&) = delete;

  template <class T>
  T* as() const {
    return static_cast<T*>(base_);
  }
  std::size_t bytes() const { return bytes_; }

 private:
  void* base_;
  std::size_t bytes_;
};

}  // namespace faultline
