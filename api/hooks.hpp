// The caller's hooks, by kind. One may be added or removed while its list is being called.
#pragma once

#include <memory>
#include <vector>

#include "api/abi.hpp"
#include "mmu/clock.hpp"

namespace faultline::api {

/// A callback and the range of addresses, or ports, it asked for.
template <class Callback>
struct Hook {
  faultline_hook handle = 0;
  u32 first = 0, last = 0;
  u32 kinds = 0;  // of memory hooks
  Callback callback = nullptr;
  void* user = nullptr;
  bool removed = false;

  bool covers(u32 at) const { return !removed && at >= first && at <= last; }
  /// Some byte of a range that may wrap at 4 GB.
  bool covers(u32 at, u32 bytes) const { return covers(at) || (!removed && first - at < bytes); }
};

template <class Callback>
class HookList {
 public:
  void add(const Hook<Callback>& hook) { hooks_.push_back(std::make_unique<Hook<Callback>>(hook)); }
  /// False when there is no such hook.
  bool remove(faultline_hook handle) {
    for (const auto& hook : hooks_) {
      if (hook->handle != handle || hook->removed) continue;
      hook->removed = true;
      return true;
    }
    return false;
  }
  /// Frees what was removed; not while a callback runs.
  void sweep() {
    std::erase_if(hooks_, [](const auto& hook) { return hook->removed; });
  }
  bool empty() const { return hooks_.empty(); }

  /// Calls `visit` with each hook in the order of their addition, until one answers true.
  template <class Visit>
  bool any(Visit visit) const {
    const std::size_t count = hooks_.size();  // one added meanwhile waits
    for (std::size_t i = 0; i < count; ++i)
      if (visit(*hooks_[i])) return true;
    return false;
  }
  /// The hook added last for which `wanted` holds, or null.
  template <class Wanted>
  const Hook<Callback>* last(Wanted wanted) const {
    for (std::size_t i = hooks_.size(); i-- != 0;)
      if (wanted(*hooks_[i])) return hooks_[i].get();
    return nullptr;
  }

 private:
  std::vector<std::unique_ptr<Hook<Callback>>> hooks_;  // each stays in its place
};

struct Hooks {
  HookList<faultline_code_hook> code;
  HookList<faultline_memory_hook> memory;
  HookList<faultline_fault_hook> fault;
  HookList<faultline_interrupt_hook> interrupt;
  HookList<faultline_port_read> port_read;
  HookList<faultline_port_write> port_write;
  faultline_hook next_handle = 1;

  /// True when some hook needs a watched core.
  bool watching() const {
    return !code.empty() || !memory.empty() || !fault.empty() || !interrupt.empty();
  }
  bool remove(faultline_hook handle) {
    return code.remove(handle) || memory.remove(handle) || fault.remove(handle) ||
           interrupt.remove(handle) || port_read.remove(handle) || port_write.remove(handle);
  }
  void sweep() {
    code.sweep(), memory.sweep(), fault.sweep(), interrupt.sweep();
    port_read.sweep(), port_write.sweep();
  }
};

}  // namespace faultline::api
