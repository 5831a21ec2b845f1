/* Copy on write: param pages share one read-only frame; each first write
 * faults, the handler copies the frame and maps the copy writable. */
#include "bench/guest/bench.h"
u32 user_main(u32 work, u32 param) {
  u32 sum = 0;
  while (work--) {
    for (u32 i = 0; i < param; i++) {
      *(volatile u32*)(WINDOW + i * 4096) = i;
      sum += *(volatile u32*)(WINDOW + i * 4096 + 4092);
    }
    system_call(CALL_PROGRAM, 0, param);
  }
  return sum;
}
