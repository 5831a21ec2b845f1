// The observer of a machine under debug: asks at every event whether to stop.
#pragma once

#include <array>
#include <set>

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
  void micro(const MicroStep& step) override;

  /// A run begins: at a boundary, where what is there already does not stop it, or inside.
  void begin(bool inside);
  /// The machine has shut down: which catchpoint asked for it, and what led to it.
  void shut_down(StopReport& report);
  u32 micro_steps_made() const { return made_; }
  u32 micro_steps_before() const { return made_before_; }
  const Moment& boundary() const { return boundary_; }
  // Of a search: boundaries before its end, and what would have stopped a run.
  u64 boundaries() const { return boundaries_; }
  u64 hits() const { return hits_; }

 private:
  // session_watcher.cpp: boundaries.
  bool instruction_break(u32 linear);
  bool plan_fulfilled(u32 linear);
  bool meets(Breakpoint& b, u32 linear);
  bool frame_left();
  bool switched(Breakpoint& b);
  void stop_at_boundary(StopReport report);
  bool search_over(u32 linear);
  bool calls_to(const Moment& after, u32 linear);
  bool passed_over();
  // session_catch.cpp: within instructions.
  void stop_here(StopReport report);
  void catch_step(Breakpoint& b, const MicroStep& step);
  std::string caught(const Breakpoint& b, const MicroStep& step) const;
  std::string page_entry_write(const Breakpoint& b, const MicroStep& step) const;
  std::string stale(const MicroStep& step) const;
  void watch_hit(Breakpoint& b, DataAccess access);
  void watch_physical(Breakpoint& b, const MicroStep& step);
  void remember_watched();
  std::optional<PhysicalAddress> physical(u32 linear) const;

  struct Frame {  // what `finish` waits for
    u32 esp = 0;
    u32 thread = 0;
    std::set<u32> called{};          // where calls made since have their return addresses
    bool call = false, ret = false;  // what the instruction under way is
    u32 slot = 0;                    // of its return address
    u64 instructions = 0;            // retired before it
    std::optional<u32> pushed{};     // delivery pushes, so much below EIP
    std::optional<u32> delivered{};  // where the first delivery's return address is
  };
  u32 thread() const;

  DebugSession& session_;
  std::optional<Position> beginning_;
  u32 beginning_linear_ = 0;
  u32 made_ = 0;                   // micro-steps of the instruction under way
  u32 made_before_ = 0;            // of the one before it
  Moment boundary_{};              // the last one
  bool first_ = true;              // of a run: the next one is one in any case
  u64 boundaries_ = 0, hits_ = 0;  // of a search
  bool last_ = false;              // the search ends within the instruction under way
  std::optional<StopReport> hit_;  // a watchpoint's, for the next boundary
  Frame frame_{};
  u32 running_ = 0;                         // thread, for `catch switch`
  std::vector<ShutdownStep> deliveries_{};  // since the last boundary
  std::optional<PageFault> page_fault_{};   // found, and not yet on its way
};

std::string numbered(const Breakpoint& b);  // "breakpoint 1: MmAccessFault"

}  // namespace faultline
