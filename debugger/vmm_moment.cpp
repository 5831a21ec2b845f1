// The processor's IRQL and every address space's locks, read from outside.
#include "debugger/vmm_moment.hpp"

#include <fmt/format.h>

#include "arch/paging_selected.hpp"

namespace faultline {

using namespace arch;

namespace {

std::optional<u8> irql_of(const GuestMemory& memory, const DebuggerData& data) {
  return memory.read_as<u8>(data.pcr + data.mm.pcr_irql);
}

constexpr u32 dispatch_level = 2, process_bound = 1024;

struct HeldLock {
  u32 process = 0;  // 0: none is held
  const char* name = "";
};

/// A lock of an address space that is held.
HeldLock held_lock(const GuestMemory& memory, const DebuggerData& data) {
  const u32 head = data.mm.working_set_expansion_head;
  std::optional<u32> link = memory.dword(head);
  for (u32 i = 0; i < process_bound && link && *link != head; ++i, link = memory.dword(*link)) {
    const u32 process = *link - data.mm.process_working_set_links;
    const auto held = [&](u32 lock) { return memory.dword(process + lock) != 1u; };
    if (held(data.mm.process_address_creation_lock)) return {process, "address creation lock"};
    if (held(data.mm.process_working_set_lock)) return {process, "working-set lock"};
  }
  return {};
}

}  // namespace

VmmMoment vmm_moment(const GuestMemory& memory, const DebuggerData& data) {
  if (data.page_size != Geometry<Paging>::page_size) return VmmMoment::NotUp;
  if (memory.dword(data.mm.total_commit_limit).value_or(0) == 0) return VmmMoment::NotUp;
  const bool busy = irql_of(memory, data).value_or(dispatch_level) >= dispatch_level ||
                    held_lock(memory, data).process != 0;
  return busy ? VmmMoment::Busy : VmmMoment::Quiescent;
}

std::string vmm_lock_name(const GuestMemory& memory, const DebuggerData& data) {
  const auto irql = irql_of(memory, data);
  if (!irql || *irql >= dispatch_level) return fmt::format("IRQL {}", irql.value_or(0));
  const HeldLock lock = held_lock(memory, data);
  if (lock.process == 0) return "none";
  if (lock.process == data.mm.system_working_set) return fmt::format("the system's {}", lock.name);
  const u32 name = lock.process + data.process_image_file_name;
  return fmt::format("{}'s {}", memory.text(name, DebuggerData::image_file_name_size), lock.name);
}

}  // namespace faultline
