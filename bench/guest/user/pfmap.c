/* Demand paging: each touch of a page that is not present faults, and the
 * handler maps a frame.  param = pages a pass; then one call unmaps them. */
#include "bench/guest/bench.h"
u32 user_main(u32 work, u32 param) {
  u32 sum = 0;
  while (work--) {
    for (u32 i = 0; i < param; i++) *(volatile u32*)(WINDOW + i * 4096 + 4 * (i & 1023)) = i;
    sum += system_call(CALL_PROGRAM, 0, param);
  }
  return sum;
}
