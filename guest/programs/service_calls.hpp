// System services by their number, as the kernel itself takes them.
#pragma once

#include "arch/integers.hpp"

/// How many there are.
arch::u32 service_count();
/// The number of the one that ends the machine.
arch::u32 shutdown_service();
/// The caller is likely to get no further.
bool stops_the_caller(arch::u32 number);

/// Arguments that let it do something, as far as it leaves the process alive; `variant` chooses
/// among them. They lead to a buffer that each use of this shares.
void service_arguments(arch::u32 number, arch::u32 variant, void* event, arch::u32 (&words)[12]);
/// Calls one with such arguments. Returns what the kernel puts into EAX.
arch::u32 call_service(arch::u32 number, arch::u32 variant, void* event);
