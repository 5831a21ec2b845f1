// INT 2Eh with the arguments of each service: EAX the number, EDX where they are.
#include "guest/programs/service_calls.hpp"

#include "kernel/system_services.hpp"

namespace {

using arch::u32;

alignas(16) unsigned char buffer[0x400];
constexpr SECURITY_DESCRIPTOR no_dacl = {SECURITY_DESCRIPTOR_REVISION, 0, SE_DACL_PRESENT, nullptr,
                                         nullptr, nullptr, nullptr};

/// EAX the number, EDX the arguments.
u32 system_service(u32 number, const u32* arguments) {
  u32 status = number;
  asm volatile("int $0x2E" : "+a"(status) : "d"(arguments) : "memory", "cc", "ecx");
  return status;
}

/// An APC that does nothing.
void NTAPI nothing(PVOID, PVOID, PVOID) {}

/// Arguments that let most services do something: handles are the process's or the thread's own or
/// an event's, pointers lead to a buffer. What would end the child or the machine gets nonsense.
struct Arguments {
  u32 words[12];
};
Arguments arguments_for(u32 service, u32 variant, void* event) {
  const auto at = reinterpret_cast<u32>(buffer);
  const u32 process = ~0u, thread = ~1u, handle = reinterpret_cast<u32>(event);
  switch (static_cast<SystemServiceNumber>(service)) {
    case SystemServiceNumber::NtShutdownSystem:
    case SystemServiceNumber::NtTerminateProcess:
    case SystemServiceNumber::NtTerminateThread:
      return {{99, 99}};
    case SystemServiceNumber::NtUnmapViewOfSection:
      return {{process, 0}};
    case SystemServiceNumber::NtAllocateVirtualMemory:
      return {{process, at, 0, at + 4, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE}};
    case SystemServiceNumber::NtDelayExecution:
    case SystemServiceNumber::NtDisplayString:
    case SystemServiceNumber::NtRaiseException:
    case SystemServiceNumber::NtContinue:
      return {{0, 0}};
    case SystemServiceNumber::NtGetContextThread:
    case SystemServiceNumber::NtSuspendThread:
      return {{thread, at}};
    case SystemServiceNumber::NtSetContextThread:
    case SystemServiceNumber::NtClose:
      return {{0, at}};
    case SystemServiceNumber::NtCreateEvent:
    case SystemServiceNumber::NtCreateMutant:
    case SystemServiceNumber::NtCreateDirectoryObject:
      return {{at, 0x02000000, 0, variant & 1, 0}};
    case SystemServiceNumber::NtCreateSemaphore:
      return {{at, 0x02000000, 0, 1, 2}};
    case SystemServiceNumber::NtCreateTimer:
      return {{at, 0x02000000, 0, variant & 1}};
    case SystemServiceNumber::NtQueueApcThread:
      return {{thread, reinterpret_cast<u32>(&nothing)}};
    case SystemServiceNumber::NtReleaseMutant:
      return {{handle, at}};
    case SystemServiceNumber::NtReleaseSemaphore:
      return {{handle, 1, at}};
    case SystemServiceNumber::NtSignalAndWaitForSingleObject:
      return {{handle, handle, 0, 0}};
    case SystemServiceNumber::NtOpenProcessToken:
      return {{process, 8, at}};
    case SystemServiceNumber::NtQuerySecurityObject:
      return {{handle, 7, at, 0x200, at + 0x300}};
    case SystemServiceNumber::NtSetSecurityObject:
      return {{handle, 4, reinterpret_cast<u32>(&no_dacl)}};
    case SystemServiceNumber::NtQueryObject:
      return {{handle, 4, at, 2, 0}};
    case SystemServiceNumber::NtSetInformationObject:
      return {{handle, 4, at, 2}};
    case SystemServiceNumber::NtQueryEvent:
      return {{handle, 0, at, 8, 0}};
    case SystemServiceNumber::NtDuplicateObject:
      return {{process, handle, process, at, 0, 0, 2}};
    case SystemServiceNumber::NtReadVirtualMemory:
    case SystemServiceNumber::NtWriteVirtualMemory:
      return {{process, at, at + 0x200, 0x200, 0}};
    case SystemServiceNumber::NtWaitForSingleObject:
    case SystemServiceNumber::NtSetEvent:
    case SystemServiceNumber::NtResetEvent:
    case SystemServiceNumber::NtClearEvent:
    case SystemServiceNumber::NtPulseEvent:
      return {{handle, 0, 0}};
    default:
      break;
  }
  if (variant % 2 == 0) return {{process, at, at + 64, at + 128, 64, at + 256, 4, 4, 4, 4, 4, 4}};
  return {{at, at + 64, at + 128, 64, 1, 1, 1, 1, 1, 1, 1, 1}};
}

}  // namespace

u32 shutdown_service() { return static_cast<u32>(SystemServiceNumber::NtShutdownSystem); }

bool stops_the_caller(u32 number) {
  switch (static_cast<SystemServiceNumber>(number)) {
    case SystemServiceNumber::NtContinue:
    case SystemServiceNumber::NtDelayExecution:
    case SystemServiceNumber::NtRaiseException:
    case SystemServiceNumber::NtSetContextThread:
    case SystemServiceNumber::NtSuspendThread:
    case SystemServiceNumber::NtTerminateProcess:
    case SystemServiceNumber::NtTerminateThread:
      return true;
    default:
      return false;
  }
}

u32 service_count() { return static_cast<u32>(SystemServiceNumber::Count); }

void service_arguments(u32 number, u32 variant, void* event, u32 (&words)[12]) {
  const Arguments arguments = arguments_for(number, variant, event);
  for (unsigned i = 0; i < 12; ++i) words[i] = arguments.words[i];
  // Where a base and a size are asked for: anywhere, three pages or less.
  reinterpret_cast<u32*>(buffer)[0] = 0;
  reinterpret_cast<u32*>(buffer)[1] = 0x3000;
}

u32 call_service(u32 number, u32 variant, void* event) {
  u32 words[12];
  service_arguments(number, variant, event, words);
  return system_service(number, words);
}
