/* Nothing but ring 3 and CALL_NULL. */
#include "bench/guest/kernel.h"

const struct program program = {.run = run_user};
