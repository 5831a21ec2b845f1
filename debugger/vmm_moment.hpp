// Whether the guest's memory manager is in the middle of something.
#pragma once

#include <string>

#include "arch/debugger_data.hpp"
#include "debugger/guest_memory.hpp"

namespace faultline {

/// Whether a snapshot can be taken: the memory manager is up, and nobody is in the middle of a
/// change: no PFN lock (IRQL), no lock of an address space.
enum class VmmMoment : arch::u8 { NotUp, Busy, Quiescent };
VmmMoment vmm_moment(const GuestMemory& memory, const arch::DebuggerData& data);
/// Which lock makes this moment a busy one, for a person.
std::string vmm_lock_name(const GuestMemory& memory, const arch::DebuggerData& data);

}  // namespace faultline
