// Timers for user mode.
#pragma once

struct ETHREAD;

/// The thread ends: timers that it set with an APC are cancelled.
void ExTimerRundown(ETHREAD* thread);
