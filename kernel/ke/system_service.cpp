// INT 2Eh: EAX = service number, EDX = address of the arguments on the user stack.
#include "kernel/ke/processor.hpp"
#include "kernel/ke/thread_object.hpp"
#include "kernel/ke/trap.hpp"
#include "kernel/mm/user_copy.hpp"
#include "kernel/system_services.hpp"

namespace {

struct ServiceDescriptor {
  PVOID routine;
  ULONG argument_bytes;
};

const ServiceDescriptor KiServiceTable[] = {
#define SERVICE(name, bytes) {reinterpret_cast<PVOID>(&name), bytes},
    NT_SYSTEM_SERVICES(SERVICE)
#undef SERVICE
};
constexpr ULONG service_count = static_cast<ULONG>(SystemServiceNumber::Count);
static_assert(sizeof KiServiceTable / sizeof KiServiceTable[0] == service_count);

constexpr ULONG most_argument_bytes = 44;
#define SERVICE(name, bytes) static_assert(bytes <= most_argument_bytes);
NT_SYSTEM_SERVICES(SERVICE)
#undef SERVICE

NTSTATUS call_service(ULONG number, ULONG user_arguments) {
  if (number >= service_count) return STATUS_INVALID_SYSTEM_SERVICE;
  const ServiceDescriptor& service = KiServiceTable[number];
  ULONG arguments[most_argument_bytes / sizeof(ULONG)];
  const NTSTATUS status = MmCopyFromUser(arguments, user_arguments, service.argument_bytes);
  if (!NT_SUCCESS(status)) return STATUS_ACCESS_VIOLATION;
  return static_cast<NTSTATUS>(KiCallService(service.routine, arguments, service.argument_bytes));
}

}  // namespace

extern "C" void KiSystemServiceHandler(KTRAP_FRAME* frame) {
  KeEnableInterrupts();
  ++KeGetCurrentPrcb()->KeSystemCalls;
  frame->Eax = static_cast<ULONG>(call_service(frame->Eax, frame->Edx));
}
