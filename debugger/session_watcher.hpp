// The observer of a machine under debug: asks at every event whether to stop.
#pragma once

#include "debugger/session.hpp"

namespace faultline {

class DebugSession::Watcher final : public Observation {
 public:
  explicit Watcher(DebugSession& session) : session_(session) {}

  void instruction() override;
  void fetch(LinearAddress address, u32 bytes) override;
  void data(AccessKind kind, LinearAddress address, u32 bytes, u32 value) override;
  void page_fault(const PageFault& fault) override;
  void interrupt(u8 vector, bool external, bool has_error, u32 error) override;

  /// The run begins at this boundary: what is here already does not stop it.
  void begin_at(const Position& position, u32 linear) {
    beginning_ = position;
    beginning_linear_ = linear;
  }
  void begin_inside() { beginning_.reset(); }
  u32 micro() const { return micro_; }
  /// What the watchpoints' bytes hold now.
  void remember_watched();

 private:
  bool instruction_break(u32 linear);
  bool plan_fulfilled(u32 linear);
  void stop_at_boundary(StopReason reason, std::string what);
  void stop_here(StopReason reason, std::string what);

  DebugSession& session_;
  std::optional<Position> beginning_;
  u32 beginning_linear_ = 0;
  u32 micro_ = 0;                  // within the instruction under way
  std::optional<StopReport> hit_;  // a watchpoint's, for the next boundary
};

}  // namespace faultline
