// APCs that live in pool from the call that asks for them until they are delivered.
#pragma once

#include "kernel/ke/apc.hpp"
#include "kernel/nt.hpp"

/// The current process pays for it. It frees itself when it has been queued.
NTSTATUS PsCreateUserApc(KTHREAD* thread, ULONG routine, ULONG context, KAPC*& apc);
/// One that never was.
void PsDeleteUserApc(KAPC* apc);
