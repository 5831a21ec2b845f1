// Creating processes.
#pragma once

#include "kernel/io/file_object.hpp"
#include "kernel/ps/parameters.hpp"
#include "kernel/ps/process.hpp"

/// Both with a reference for the caller; the thread is suspended once.
struct PsNewProcess {
  EPROCESS* process;
  ETHREAD* thread;
};

/// A process that runs the image at `image_path`. The standard handles in `parameters` are the
/// parent's; they become the child's.
NTSTATUS PsCreateUserProcess(EPROCESS* parent, const IoPath& image_path,
                             PsParameterBlock& parameters, bool inherit_handles,
                             PsNewProcess& result);

/// A clone of the current process with its whole address space, copy-on-write. The thread is the
/// caller's twin: it returns from the same service with STATUS_PROCESS_CLONED.
NTSTATUS PsCloneUserProcess(EPROCESS* parent, bool inherit_handles, PsNewProcess& result);
