// The lanes user, kernel and switches: from privilege, deliveries and switches of threads to
// slices.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "cpu/state/state.hpp"
#include "debugger/guest_memory.hpp"
#include "debugger/trace/running_thread.hpp"
#include "debugger/trace/slice.hpp"

namespace faultline {

/// What a delivery began.
struct Handler {
  Cause cause = Cause::None;
  std::string name;
  u64 fault = 0;  // of a page fault: the clock it was found at
  std::optional<u32> address;
};

class HandlerLanes {
 public:
  /// The handler is null for slices that are none's; `last` says that nothing more comes of it.
  using Emit = std::function<void(Slice&&, const Handler*, bool last)>;
  HandlerLanes(const State& state, Emit emit) : state_(state), emit_(std::move(emit)) {}

  /// Ring 3 was left at that clock.
  void leave_user(u64 end);
  /// At the first instruction of a handler, whose delivery began at `begin`: the frame, at ESP,
  /// says where it will return to.
  void enter(Handler handler, u64 begin, const GuestMemory& memory, bool error_code);
  /// Before each other instruction: has a handler returned?
  void instruction();
  /// Another thread has the processor from now on.
  void switch_to(const RunningThread& thread);
  /// Closes what is open.
  void finish();

  const RunningThread& thread() const { return thread_; }
  /// The name of the innermost handler of that cause, if one is open; null: none is.
  const std::string* innermost(Cause cause) const;

 private:
  struct Open {
    Handler handler;
    u64 begin = 0, inner = 0;  // clocks of the slices inside
    u32 eip = 0, esp = 0;      // of the interrupted instruction, in ring 0
    bool user = false;         // it interrupted ring 3
    bool resumed = false;
  };
  using Stack = std::vector<Open>;

  u64 now() const { return state_.clock.now; }
  void open_base();
  void emit_open(std::size_t depth, bool last);  // what there is of it up to now
  void close();                                  // the innermost
  void emit_turn();
  struct Piece {
    u64 begin = 0, end = 0, self = 0;
    bool resumed = false, last = false;
  };
  void emit(Lane lane, std::string name, const Piece& piece, const Handler* handler = nullptr);
  void enter_user();

  const State& state_;
  Emit emit_;
  RunningThread thread_;
  std::map<std::pair<u32, u32>, Stack> waiting_;  // of threads without the processor: address, id
  Stack stack_;                                   // of the thread that has it: outermost first
  std::optional<u64> user_since_;
  u64 switched_ = 0;
};

}  // namespace faultline
