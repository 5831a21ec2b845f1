// RTL_USER_PROCESS_PARAMETERS on their way from the creator to the new process.
#pragma once

#include "kernel/nt.hpp"

/// A block in pool: the parameters, then the strings, which are offsets from the block's start.
struct PsParameterBlock {
  RTL_USER_PROCESS_PARAMETERS* parameters = nullptr;
  ULONG size = 0;  // bytes, strings and environment included
};

/// From a normalized block in the memory of the current process.
NTSTATUS PspCaptureParameters(const RTL_USER_PROCESS_PARAMETERS* user, PsParameterBlock& block);
/// For the first process: plain strings of the kernel's.
NTSTATUS PspMakeParameters(const char* image, const char* command_line, PsParameterBlock& block);
void PspFreeParameters(PsParameterBlock& block);
/// Into the address space the thread is attached to.
NTSTATUS PspCopyParametersToProcess(PsParameterBlock& block, ULONG address);
