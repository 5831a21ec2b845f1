// The lanes walker and tlb: each walk of the page tables, and each miss with what came of it.
#pragma once

#include <optional>

#include "debugger/trace/slice.hpp"
#include "mmu/micro_step.hpp"

namespace faultline {

class WalkLanes {
 public:
  explicit WalkLanes(SliceSink& sink) : sink_(sink) {}
  void micro(const MicroStep& step);

 private:
  struct Walk {
    u64 begin = 0;
    u32 address = 0, pte = 0;
    std::string entries;  // "PDE 00123027, PTE 00456067, A set"
  };
  void note(const MicroStep& step, std::string_view what);
  void end_walk(const MicroStep& step, std::string_view verdict);
  void end_miss(const MicroStep& step);

  SliceSink& sink_;
  std::optional<Walk> walk_;
  std::optional<MicroStep> miss_;
  std::optional<TlbEntry> evicted_;
};

}  // namespace faultline
