// User-mode APCs: queued to a thread, called in its alertable waits.
#include "guest/conformance/apc.hpp"

namespace apc {

DWORD trace;

void NTAPI note_number(ULONG_PTR number) { trace = trace * 10 + static_cast<DWORD>(number); }

void queue(ULONG_PTR number) { QueueUserAPC(note_number, GetCurrentThread(), number); }

constexpr ktap::Case cases[] = {
    {"APCs come in alertable waits alone", in_alertable_waits_alone},
    {"an object that is signaled comes first", objects_come_first},
    {"waits for several objects", several_objects},
    {"SignalObjectAndWait", signal_and_wait},
    {"an APC within an APC", within_another},
    {"NtTestAlert", test_alert},
    {"an APC wakes another thread", another_thread},
    {"an APC before a thread's start", before_the_start},
    {"an APC for a suspended thread", suspended},
    {"APCs go with their thread", at_the_end},
    {"QueueUserAPC that is refused", refused},
    {"an exception leaves an APC", exceptions},
    {"ReadFileEx and WriteFileEx", completion_routines},
    {"OVERLAPPED with an event", overlapped_events},
};

}  // namespace apc

extern "C" int main(int, char**) { return ktap::run(apc::cases); }
