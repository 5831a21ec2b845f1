// Names and addresses over every image that the process which runs now has loaded.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "debugger/guest_memory.hpp"
#include "debugger/kernel_objects.hpp"
#include "debugger/symbols.hpp"

namespace faultline {

class SymbolSpace {
 public:
  /// `modules` are the images known by file; the first is the kernel. May be empty.
  SymbolSpace(const GuestMemory& memory, std::vector<Module> modules)
      : memory_(memory), modules_(std::move(modules)) {}

  const std::vector<Module>& known() const { return modules_; }
  const Module* kernel() const { return modules_.empty() ? nullptr : &modules_.front(); }
  /// The kernel's own, once it has filled KdDebuggerDataBlock.
  const KernelObjects* objects();
  /// The process that runs now.
  std::optional<ProcessView> process();

  /// The kernel and the images of the process that runs now, each where it lies. As its loader
  /// lists them, or, while that list is not made yet, its own program and the DLLs where they want
  /// to lie.
  std::vector<const Module*> loaded();
  const Module* module_at(arch::u32 address);
  /// "KERNEL!MmAccessFault+1C", or an empty string where no image is known.
  std::string describe(arch::u32 address);
  /// "MmAccessFault" in any loaded image, or "KERNEL!MmAccessFault" in any known one.
  std::optional<arch::u32> address_of(std::string_view symbol);
  /// Names that begin so, for completion and suggestions.
  std::vector<std::string> names(std::string_view prefix);

 private:
  const GuestMemory& memory_;
  std::vector<Module> modules_;
  std::optional<KernelObjects> objects_;
};

bool same_name(std::string_view a, std::string_view b);  // whatever the case

}  // namespace faultline
