// The Interlocked functions for a processor without CMPXCHG and XADD: one lock taken by XCHG makes
// each of them a whole, whatever it needs. The new value is stored by one instruction with LOCK, so
// even a program that mixes these calls with locked instructions of its own loses no update.
#include "guest/kernel32/win32.hpp"
#include "guest/ntdll/spin_lock.hpp"

namespace {

SpinLock interlock;

LONG add(volatile LONG* target, LONG value) {
  SpinGuard guard(interlock);
  const LONG old = *target;
  asm volatile("lock addl %1, %0" : "+m"(*target) : "r"(value) : "memory", "cc");
  return old;
}

}  // namespace

extern "C" {

LONG WINAPI InterlockedIncrement(volatile LONG* Target) { return add(Target, 1) + 1; }
LONG WINAPI InterlockedDecrement(volatile LONG* Target) { return add(Target, -1) - 1; }
LONG WINAPI InterlockedExchangeAdd(volatile LONG* Target, LONG Value) { return add(Target, Value); }

LONG WINAPI InterlockedExchange(volatile LONG* Target, LONG Value) {
  SpinGuard guard(interlock);
  asm volatile("xchgl %0, %1" : "+r"(Value), "+m"(*Target) : : "memory");
  return Value;
}

LONG WINAPI InterlockedCompareExchange(volatile LONG* Target, LONG Value, LONG Comparand) {
  SpinGuard guard(interlock);
  const LONG old = *Target;
  if (old == Comparand) *Target = Value;
  return old;
}

}  // extern "C"
