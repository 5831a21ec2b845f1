// The words of NT for the numbers in its structures.
#pragma once

#include <string>
#include <string_view>

#include "arch/integers.hpp"

namespace faultline::nt {

/// Of a protection code, 0 to 1Fh: "ReadWrite", "ReadWrite Guard", "NoAccess", "Decommitted".
std::string protection_name(arch::u32 code);
/// As !vad shows it: "READWRITE", "EXECUTE_WRITECOPY GUARD".
std::string vad_protection_name(arch::u32 code);
/// As VirtualQuery tells it: "PAGE_READWRITE | PAGE_GUARD".
std::string page_protection_name(arch::u32 code);
/// Where a frame is: "Zeroed", "Standby", "Active", ...
std::string_view location_name(arch::u32 location);
std::string_view thread_state_name(arch::u32 state);
std::string_view wait_reason_name(arch::u32 reason);
/// "IRQL_NOT_LESS_OR_EQUAL"; empty for a code of no known name.
std::string_view bugcheck_name(arch::u32 code);
/// What the code means, in a sentence; empty as above.
std::string_view bugcheck_meaning(arch::u32 code);
/// "Event, synchronization", ... of a dispatcher object's type.
std::string_view dispatcher_object_name(arch::u32 type);

}  // namespace faultline::nt
