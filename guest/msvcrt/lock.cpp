// The library's locks, made when they are first asked for. No service that waits for a console or a
// file is called under a lock that others need to get on.
#include "guest/msvcrt/msvcrt.hpp"

namespace {

constexpr int locks = 48;
RTL_CRITICAL_SECTION sections[locks];
volatile bool ready[locks];

}  // namespace

RTL_CRITICAL_SECTION& c::numbered_section(int number) {
  const int index = number >= 0 && number < locks ? number : 0;
  if (!ready[index]) {
    RtlAcquirePebLock();
    if (!ready[index]) {
      RtlInitializeCriticalSection(&sections[index]);
      ready[index] = true;
    }
    RtlReleasePebLock();
  }
  return sections[index];
}

c::Guard::Guard(int number) : section_(numbered_section(number)) {
  RtlEnterCriticalSection(&section_);
}
c::Guard::~Guard() { RtlLeaveCriticalSection(&section_); }

extern "C" {

void _lock(int number) { RtlEnterCriticalSection(&c::numbered_section(number)); }
void _unlock(int number) { RtlLeaveCriticalSection(&c::numbered_section(number)); }

}  // extern "C"
