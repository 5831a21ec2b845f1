// Kinds of events and of waits. The kernel's host tests read this one too.
#pragma once

#include "kernel/nt/types.hpp"

enum EVENT_TYPE : LONG { NotificationEvent, SynchronizationEvent };
enum WAIT_TYPE : LONG { WaitAll, WaitAny };
inline constexpr ULONG MAXIMUM_WAIT_OBJECTS = 64;
