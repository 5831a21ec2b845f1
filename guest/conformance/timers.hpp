// The tests of waitable timers.
#pragma once

#include "guest/conformance/objects.hpp"

namespace timers {

using objects::Handle;
using objects::poll;

inline constexpr LONGLONG millisecond = 10000;  // in 100 ns

/// So many milliseconds from now on.
inline BOOL set(HANDLE timer, LONG milliseconds, LONG period = 0,
                PTIMERAPCROUTINE routine = nullptr, void* argument = nullptr) {
  LARGE_INTEGER due;
  due.QuadPart = -milliseconds * millisecond;
  return SetWaitableTimer(timer, &due, period, routine, argument, FALSE);
}

// timers_waits.cpp
void automatic(ktap::Test& t);
void manual(ktap::Test& t);
void periodic(ktap::Test& t);
void absolute(ktap::Test& t);
void cancelled(ktap::Test& t);
void among_others(ktap::Test& t);
void names(ktap::Test& t);
void refused(ktap::Test& t);

// timers_apc.cpp
void with_apc(ktap::Test& t);
void periodic_apc(ktap::Test& t);
void taken_back(ktap::Test& t);
void thread_end(ktap::Test& t);

}  // namespace timers
