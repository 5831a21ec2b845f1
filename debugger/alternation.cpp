// Turns by one mutex.
#include "debugger/alternation.hpp"

#include <csignal>
#include <utility>

namespace faultline {

Alternation::~Alternation() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    turn_ = Turn::Quit;
  }
  changed_.notify_all();
  thread_.join();
}

bool Alternation::start(std::function<void()> work) {
  work_ = std::move(work);
  busy_ = true;
  if (!thread_.joinable()) {
    // Signals are for the owner, who may be waiting for a person.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    thread_ = std::thread([this] { loop(); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }
  return run();
}

bool Alternation::resume() { return run(); }

bool Alternation::run() {
  hand_over(Turn::Work, Turn::Owner);
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
  return busy_;
}

void Alternation::yield() { hand_over(Turn::Owner, Turn::Work); }

void Alternation::hand_over(Turn to, Turn back) {
  std::unique_lock lock(mutex_);
  turn_ = to;
  changed_.notify_all();
  changed_.wait(lock, [&] { return turn_ == back; });
}

void Alternation::loop() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return turn_ != Turn::Owner; });
    if (turn_ == Turn::Quit) return;
    lock.unlock();
    try {
      work_();
    } catch (...) {
      failure_ = std::current_exception();
    }
    lock.lock();
    busy_ = false;
    turn_ = Turn::Owner;
    changed_.notify_all();
  }
}

}  // namespace faultline
