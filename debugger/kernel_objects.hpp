// Processes, threads and loaded modules, read from the guest's memory with the offsets the kernel
// itself gives in KdDebuggerDataBlock.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "arch/debugger_data.hpp"
#include "debugger/guest_memory.hpp"

namespace faultline {

struct ProcessView {
  arch::u32 address = 0;  // of the process object
  arch::u32 id = 0;
  std::string name;  // ImageFileName
};

struct ThreadView {
  arch::u32 address = 0;
  arch::u32 id = 0;
};

struct ModuleView {
  std::string name;  // BaseDllName
  arch::u32 base = 0;
  arch::u32 size = 0;
};

class KernelObjects {
 public:
  /// The block at `block`, or nothing while the kernel has not filled it or it is of another make.
  static std::optional<KernelObjects> find(const GuestMemory& memory, arch::u32 block);

  /// Nothing before the kernel runs its first thread.
  std::optional<ThreadView> current_thread() const;
  std::optional<ProcessView> process_of(const ThreadView& thread) const;
  std::vector<ProcessView> active_processes() const;
  /// The loader's list of a process, as far as it is in memory. Reads the current address space:
  /// right only for the process that runs now.
  std::vector<ModuleView> modules_of(const ProcessView& process) const;

  const arch::DebuggerData& data() const { return data_; }

 private:
  KernelObjects(const GuestMemory& memory, const arch::DebuggerData& data)
      : memory_(&memory), data_(data) {}
  ProcessView read_process(arch::u32 address) const;
  std::string read_unicode_string(arch::u32 address) const;

  const GuestMemory* memory_;
  arch::DebuggerData data_;
};

}  // namespace faultline
