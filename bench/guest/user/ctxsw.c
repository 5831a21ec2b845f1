/* Two threads in two address spaces yield to each other; each touches its
 * param pages (read and write) between switches.  work = switches. */
#include "bench/guest/bench.h"
u32 user_main(u32 work, u32 param) {
  u32 sum = 0;
  while (system_call(CALL_PROGRAM, 0, 0) < work)
    for (u32 i = 0; i < param; i++) sum += ++*(volatile u32*)(WINDOW + i * 4096 + 64 * i);
  return sum;
}
