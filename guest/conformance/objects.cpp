// Events, mutexes, semaphores: their names, their states, waits for them.
#include "guest/conformance/objects.hpp"

namespace objects {

constexpr ktap::Case cases[] = {
    {"G6 one name space for all kinds", one_name_space},
    {"G6 names differ in case", case_of_names},
    {"G6 names that are refused", bad_names},
    {"an empty name is none", empty_name},
    {"names as wide characters", wide_names},
    {"opening what is not there", opening},
    {"a name goes with the last handle", end_of_a_name},
    {"G7 ERROR_ALREADY_EXISTS", existing},
    {"manual and automatic events", events},
    {"PulseEvent", pulses},
    {"mutexes are recursive", recursive_mutexes},
    {"a mutex belongs to its thread", owners},
    {"abandoned mutexes", abandoned},
    {"semaphores count", semaphores},
    {"semaphores have limits", semaphore_limits},
    {"the wrong kind of handle", wrong_kinds},
    {"a wait for any takes the first", any},
    {"a wait for all takes all or nothing", all},
    {"waits that are refused", bad_waits},
    {"sixty-four objects", sixty_four},
    {"timeouts", timeouts},
    {"an abandoned mutex among several", abandoned_among_several},
    {"SignalObjectAndWait", signal_and_wait},
    {"a thread and its end", thread_end},
};

}  // namespace objects

extern "C" int main(int, char**) { return ktap::run(objects::cases); }
