// The end of the run.
#pragma once

#include "kernel/nt/types.hpp"

/// Leaves the exit code with the board; all 32 bits reach the host.
[[noreturn]] void ExShutdown(ULONG exit_code);
