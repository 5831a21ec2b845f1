// What a watched core tells, turned into hooks and the ends of a run.
#pragma once

#include "api/hooks.hpp"
#include "cpu/observer.hpp"

namespace faultline::api {

/// Where a run ends before its clocks do.
struct RunLimits {
  u64 until = FAULTLINE_NOWHERE;
  u64 count = 0;  // 0: no end

  bool watching() const { return until != FAULTLINE_NOWHERE || count != 0; }
};

class Watcher : public Observation {
 public:
  Watcher(faultline_engine& engine, const Hooks& hooks) : engine_(engine), hooks_(hooks) {
    micro_steps = false;
  }

  void begin(const RunLimits& limits);

  void instruction() override;
  void fetch(LinearAddress address, u32 bytes) override;
  void data(AccessKind kind, LinearAddress address, u32 bytes, u32 value) override;
  void page_fault(const PageFault& fault) override;
  void interrupt(u8 vector, bool external, bool has_error, u32 error) override;
  bool intercepts(u8 vector, u32& eip) override;

 private:
  bool goes_on_with_repetition() const;
  void call_code_hooks();
  void call_memory_hooks(const faultline_access& access);
  u32 instruction_length(LinearAddress at) const;

  faultline_engine& engine_;
  const Hooks& hooks_;
  RunLimits limits_;
  u64 begun_ = 0;  // instructions of this run
  // Of the instruction announced last: a repeated one that was suspended is not announced again.
  bool announced_ = false;
  u64 completed_before_ = 0;
  u32 announced_eip_ = 0;
  faultline_interrupt interrupt_{};  // told of last
};

}  // namespace faultline::api
