// Tables of names.
#include "debugger/nt/names.hpp"

#include <array>

namespace faultline::nt {

using arch::u32;

namespace {

constexpr u32 access_mask = 7, no_cache = 8, guard = 0x10, decommitted = 0x10, no_access = 0x18;

template <std::size_t N>
constexpr std::string_view at(const std::array<std::string_view, N>& names, u32 index) {
  return index < N ? names[index] : "?";
}

/// A base protection and what may be added to it.
std::string compose(u32 code, const std::array<std::string_view, 8>& bases, std::string_view none,
                    std::string_view separator, std::string_view of_guard,
                    std::string_view of_no_cache) {
  if ((code & access_mask) == 0) return std::string(none);
  std::string name{bases[code & access_mask]};
  if ((code & guard) != 0) name.append(separator).append(of_guard);
  if ((code & no_cache) != 0) name.append(separator).append(of_no_cache);
  return name;
}

struct Bugcheck {
  u32 code;
  std::string_view name, meaning;
};
constexpr Bugcheck bugchecks[] = {
    {0x05, "INVALID_PROCESS_ATTACH_ATTEMPT",
     "A thread that runs in another process's address space tried to attach to a third."},
    {0x0A, "IRQL_NOT_LESS_OR_EQUAL",
     "The kernel touched an address that is not in memory (or not at all) at an IRQL at which page "
     "faults can't be resolved."},
    {0x0D, "MUTEX_LEVEL_NUMBER_VIOLATION", "Mutexes were taken out of order."},
    {0x19, "BAD_POOL_HEADER", "A pool block was freed whose header is damaged."},
    {0x1A, "MEMORY_MANAGEMENT", "The memory manager found its structures in disorder."},
    {0x1E, "KMODE_EXCEPTION_NOT_HANDLED", "The kernel raised an exception that nobody handled."},
    {0x21, "QUOTA_UNDERFLOW", "More quota was returned than had been charged."},
    {0x32, "PHASE1_INITIALIZATION_FAILED", "The system could not be started."},
    {0x4E, "PFN_LIST_CORRUPT", "A list of page frames is damaged."},
    {0x50, "PAGE_FAULT_IN_NONPAGED_AREA",
     "The kernel touched an address of its own at which there is no page."},
    {0x6B, "PROCESS1_INITIALIZATION_FAILED", "The first process could not be made."},
    {0x7A, "KERNEL_DATA_INPAGE_ERROR",
     "A page of the kernel's could not be read back from the disk."},
    {0x7B, "INACCESSIBLE_BOOT_DEVICE", "The boot partition could not be read."},
    {0x7D, "INSTALL_MORE_MEMORY", "The machine has too little memory to start."},
    {0x7F, "UNEXPECTED_KERNEL_MODE_TRAP", "A trap came from the kernel that never may."},
    {0x80, "NMI_HARDWARE_FAILURE", "The hardware reported a failure."},
    {0x98, "THREAD_TERMINATE_HELD_MUTEX", "A thread ended while it owned a kernel mutex."},
    {0xBE, "ATTEMPTED_WRITE_TO_READONLY_MEMORY",
     "The kernel tried to write to memory that is read-only."},
    {0xC2, "BAD_POOL_CALLER",
     "The pool was asked for something at a moment that does not allow it."},
    {0xE2, "MANUALLY_INITIATED_CRASH", "Somebody asked for it."},
    {0x100, "LOADER_BLOCK_MISMATCH", "Loader and kernel are not of one make."},
};

const Bugcheck* find_bugcheck(u32 code) {
  for (const Bugcheck& bugcheck : bugchecks) {
    if (bugcheck.code == code) return &bugcheck;
  }
  return nullptr;
}

}  // namespace

std::string protection_name(u32 code) {
  constexpr std::array<std::string_view, 8> bases = {
      "",          "Readonly",  "Execute",          "ExecuteRead",
      "ReadWrite", "WriteCopy", "ReadWriteExecute", "ExecuteWriteCopy"};
  const std::string_view none = code == no_access     ? "NoAccess"
                                : code == decommitted ? "Decommitted"
                                                      : "None";
  return compose(code, bases, none, " ", "Guard", "NoCache");
}

std::string vad_protection_name(u32 code) {
  constexpr std::array<std::string_view, 8> bases = {
      "",          "READONLY",  "EXECUTE",           "EXECUTE_READ",
      "READWRITE", "WRITECOPY", "EXECUTE_READWRITE", "EXECUTE_WRITECOPY"};
  return compose(code, bases, "NO_ACCESS", " ", "GUARD", "NOCACHE");
}

std::string page_protection_name(u32 code) {
  constexpr std::array<std::string_view, 8> bases = {"",
                                                     "PAGE_READONLY",
                                                     "PAGE_EXECUTE",
                                                     "PAGE_EXECUTE_READ",
                                                     "PAGE_READWRITE",
                                                     "PAGE_WRITECOPY",
                                                     "PAGE_EXECUTE_READWRITE",
                                                     "PAGE_EXECUTE_WRITECOPY"};
  return compose(code, bases, "PAGE_NOACCESS", " | ", "PAGE_GUARD", "PAGE_NOCACHE");
}

std::string_view location_name(u32 location) {
  return at<8>(
      {"Zeroed", "Free", "Standby", "Modified", "ModNoWrite", "Bad", "Active", "Transition"},
      location);
}

std::string_view thread_state_name(u32 state) {
  return at<6>({"INITIALIZED", "READY", "RUNNING", "STANDBY", "TERMINATED", "WAIT"}, state);
}

std::string_view wait_reason_name(u32 reason) {
  return at<7>({"Executive", "FreePage", "PageIn", "PoolAllocation", "DelayExecution", "Suspended",
                "UserRequest"},
               reason);
}

std::string_view bugcheck_name(u32 code) {
  const Bugcheck* found = find_bugcheck(code);
  return found == nullptr ? std::string_view() : found->name;
}

std::string_view bugcheck_meaning(u32 code) {
  const Bugcheck* found = find_bugcheck(code);
  return found == nullptr ? std::string_view() : found->meaning;
}

std::string_view dispatcher_object_name(u32 type) {
  return at<9>({"NotificationEvent", "SynchronizationEvent", "Mutant", "Process", "?", "Semaphore",
                "Thread", "?", "NotificationTimer"},
               type);
}

}  // namespace faultline::nt
