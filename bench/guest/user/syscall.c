/* int 0x2E from ring 3 and back, nothing else. */
#include "bench/guest/bench.h"
u32 user_main(u32 work, u32 param) {
  u32 r = param;
  while (work--) r = system_call(CALL_NULL, 0, 0);
  return r;
}
