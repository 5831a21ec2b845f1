// When a wait ends and what that does to the objects. It switches no threads: the host can test it.
#pragma once

#include "kernel/ke/dispatcher_header.hpp"

/// A mutex is signaled for its owner.
inline bool KiIsSignaled(const DISPATCHER_HEADER* object, const KTHREAD* thread) {
  if (object->SignalState > 0) return true;
  return object->Type == MutantObject &&
         reinterpret_cast<const KMUTANT*>(object)->OwnerThread == thread;
}

/// A wait of `thread`, which owns `mutants`, ends by this object. True: a mutex that was abandoned.
inline bool KiSatisfyWait(DISPATCHER_HEADER* object, KTHREAD* thread, LIST_ENTRY* mutants) {
  switch (object->Type) {
    case EventSynchronizationObject:
    case TimerSynchronizationObject:
      object->SignalState = 0;
      return false;
    case SemaphoreObject:
      --object->SignalState;
      return false;
    case MutantObject: {
      auto* mutant = reinterpret_cast<KMUTANT*>(object);
      const bool abandoned = mutant->Abandoned != FALSE;
      mutant->Abandoned = FALSE;
      if (--object->SignalState == 0) {
        mutant->OwnerThread = thread;
        InsertTailList(mutants, &mutant->MutantListEntry);
      }
      return abandoned;
    }
    default:
      return false;  // stays signaled
  }
}

/// Of the blocks that wait for all; a timer among them, which is a timeout, waits for itself.
inline bool KiAllSignaled(const KWAIT_BLOCK* blocks, const KTHREAD* thread) {
  for (const KWAIT_BLOCK* block = blocks; block != nullptr; block = block->NextWaitBlock) {
    if (block->WaitType == WaitAll && !KiIsSignaled(block->Object, thread)) return false;
  }
  return true;
}

/// True: one of them at least was abandoned.
inline bool KiSatisfyAll(const KWAIT_BLOCK* blocks, KTHREAD* thread, LIST_ENTRY* mutants) {
  bool abandoned = false;
  for (const KWAIT_BLOCK* block = blocks; block != nullptr; block = block->NextWaitBlock) {
    if (block->WaitType == WaitAll) {
      abandoned |= KiSatisfyWait(block->Object, thread, mutants);
    }
  }
  return abandoned;
}

/// How often a mutex can be owned; one more would be the state of one that is free.
inline bool KiMutantIsExhausted(const DISPATCHER_HEADER* object, const KTHREAD* thread) {
  constexpr LONG minimum = -0x7FFFFFFF - 1;
  return object->Type == MutantObject && object->SignalState == minimum &&
         reinterpret_cast<const KMUTANT*>(object)->OwnerThread == thread;
}
