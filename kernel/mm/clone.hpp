// Clones of address spaces: private pages that two processes share until one of them writes. Each
// has a prototype PTE in a control area of its own, and every process's entry for it bears that
// one's address.
#pragma once

#include "kernel/mm/address_space.hpp"
#include "kernel/mm/page_in.hpp"

/// Gives `child`, which is empty, the regions and pages of `parent`, the current process. On
/// failure the child has a part of them.
NTSTATUS MmCloneAddressSpace(EPROCESS* parent, EPROCESS* child);

/// What the page a clone's entry stands for may be used for; its prototype PTE knows.
MMPROTECTION MiProtectionOfClone(MMPTE pte);

// At DISPATCH_LEVEL, with the WorkingSetLock held.
/// The fault on such an entry: a success of the fault handler's, MI_xxx, or an error.
NTSTATUS MiResolveClone(EPROCESS* process, PMMPTE pte, bool write, ULONG cluster_limit,
                        MMINPAGE_SUPPORT& support);
/// One entry less bears the prototype PTE's address; with the last one the page goes.
void MiDereferenceClone(PMMPTE prototype);

/// Gives the process a copy of its own of a page that is shared with clones; with both locks held,
/// of which WorkingSetLock is let go while there is something to wait for.
NTSTATUS MiMakeClonePrivate(EPROCESS* process, ULONG vpn);
