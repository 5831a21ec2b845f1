// A call whose exceptions are an answer, for looking at memory that may be anything.
#pragma once

#include "kernel/nt.hpp"

/// Function(Argument), or OnFault when that raises an exception, whose code is in the TEB then.
extern "C" ULONG NTAPI RtlpGuardedCall(ULONG(NTAPI* Function)(PVOID), PVOID Argument,
                                       ULONG OnFault);
