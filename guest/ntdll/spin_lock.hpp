// A lock for a few instructions on a machine with one processor: XCHG to take it, and whoever
// finds it taken gives the holder its turn. It needs no CMPXCHG, which the 80386 lacks.
#pragma once

#include "kernel/system_services.hpp"

class SpinLock {
 public:
  void acquire() {
    while (exchange(1) != 0) NtYieldExecution();
  }
  void release() { exchange(0); }

 private:
  LONG exchange(LONG value) {
    asm volatile("xchgl %0, %1" : "+r"(value), "+m"(held_) : : "memory");
    return value;
  }
  volatile LONG held_ = 0;
};

class SpinGuard {
 public:
  explicit SpinGuard(SpinLock& lock) : lock_(lock) { lock_.acquire(); }
  ~SpinGuard() { lock_.release(); }
  SpinGuard(const SpinGuard&) = delete;
  SpinGuard& operator=(const SpinGuard&) = delete;

 private:
  SpinLock& lock_;
};
