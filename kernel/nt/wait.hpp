// Kinds of events, of timers and of waits. The kernel's host tests read this one too.
#pragma once

#include "kernel/nt/types.hpp"

enum EVENT_TYPE : LONG { NotificationEvent, SynchronizationEvent };
enum TIMER_TYPE : LONG { NotificationTimer, SynchronizationTimer };
enum WAIT_TYPE : LONG { WaitAll, WaitAny };
inline constexpr ULONG MAXIMUM_WAIT_OBJECTS = 64;
