// System services by their number, as the kernel itself takes them.
#pragma once

#include "arch/integers.hpp"

/// How many there are.
arch::u32 service_count();

/// Calls one with arguments that let it do something, as far as it leaves the process alive;
/// `variant` chooses among them. Returns what the kernel puts into EAX.
arch::u32 call_service(arch::u32 number, arch::u32 variant, void* event);
