/* Nothing: what boot, set-up and the end cost. */
#include "bench/guest/bench.h"
u32 user_main(u32 work, u32 param) { return work + param; }
