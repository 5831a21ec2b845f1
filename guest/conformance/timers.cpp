// Waitable timers.
#include "guest/conformance/timers.hpp"

namespace timers {

constexpr ktap::Case cases[] = {
    {"a timer that resets itself", automatic},
    {"a timer that is reset by hand", manual},
    {"periodic timers", periodic},
    {"a timer for a time of day", absolute},
    {"CancelWaitableTimer", cancelled},
    {"timers among other objects", among_others},
    {"names of timers", names},
    {"what is refused", refused},
    {"a timer with an APC", with_apc},
    {"a periodic timer with an APC", periodic_apc},
    {"an APC that is taken back", taken_back},
    {"a timer goes with the thread that gets its APC", thread_end},
};

}  // namespace timers

extern "C" int main(int, char**) { return ktap::run(timers::cases); }
