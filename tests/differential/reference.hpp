// The reference: Unicorn as an i486.
#pragma once

#include <unicorn/unicorn.h>

#include <span>

#include "mmu/host_memory.hpp"
#include "tests/differential/outcome.hpp"

namespace faultline::differential {

class Reference {
 public:
  explicit Reference(Mode mode);
  ~Reference();
  Reference(const Reference&) = delete;
  Reference& operator=(const Reference&) = delete;

  void set_code(u32 address, std::span<const u8> bytes);
  /// The 64 KB, to read and to change outside the code.
  u8* memory() { return memory_.as<u8>(); }
  Outcome run(const Registers& from);

 private:
  static void on_interrupt(uc_engine* engine, u32 vector, void* self);

  HostMemory memory_{memory_size};
  uc_engine* engine_ = nullptr;
  uc_context* clean_ = nullptr;
  int exception_ = no_exception;
};

}  // namespace faultline::differential
