// Two sides that take turns: the debugger, and the machine that it may hold within an instruction.
#pragma once

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

namespace faultline {

/// A coroutine on a host thread of its own: exactly one side runs at any moment. The work may leave
/// functions by longjmp and hold whatever it likes on its stack while the owner has the turn.
class Alternation {
 public:
  Alternation() = default;
  /// The work must not be half done.
  ~Alternation();
  Alternation(const Alternation&) = delete;
  Alternation& operator=(const Alternation&) = delete;

  /// Owner: runs `work` until it yields (true) or has returned (false). What it throws comes out.
  bool start(std::function<void()> work);
  /// Owner: goes on behind yield().
  bool resume();
  /// The work waits in yield().
  bool suspended() const { return busy_; }

  /// Work: the owner goes on; returns when it resumes.
  void yield();

 private:
  enum class Turn : unsigned char { Owner, Work, Quit };
  void loop();
  bool run();
  void hand_over(Turn to, Turn back);

  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Turn turn_ = Turn::Owner;
  std::function<void()> work_;
  std::exception_ptr failure_;
  bool busy_ = false;
};

}  // namespace faultline
