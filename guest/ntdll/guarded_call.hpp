// A call whose exceptions are an answer, for looking at memory that may be anything.
#pragma once

#include "kernel/nt.hpp"

/// Function(Argument), or OnFault when that raises an exception.
extern "C" ULONG NTAPI RtlpGuardedCall(ULONG(NTAPI* Function)(PVOID), PVOID Argument,
                                       ULONG OnFault);
