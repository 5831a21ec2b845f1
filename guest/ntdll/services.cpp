// The stubs of the system services, made from the kernel's own table: EAX is the number, EDX points
// to the arguments, and the status comes back in EAX.
#include "kernel/system_services.hpp"

static_assert(SystemServiceVector == 0x2E);

// clang-format off
#define SERVICE(name, bytes)                    \
  ".globl _" #name "@" #bytes "\n"              \
  "_" #name "@" #bytes ":\n"                    \
  "  movl $service_number, %eax\n"              \
  "  leal 4(%esp), %edx\n"                      \
  "  int $0x2E\n"                               \
  "  ret $" #bytes "\n"                         \
  ".set service_number, service_number + 1\n"

asm(".text\n.set service_number, 0\n" NT_SYSTEM_SERVICES(SERVICE));
#undef SERVICE
// clang-format on
