// The page frame database and its lists: doubly linked through frame numbers.
// Speaks in indices, so the host's tests run it as it is.
#pragma once

#include "arch/integers.hpp"

enum MMLISTS : arch::u32 {
  ZeroedPageList,
  FreePageList,
  StandbyPageList,
  ModifiedPageList,
  ModifiedNoWritePageList,
  BadPageList,
  ActiveAndValid,
  TransitionPage,
};

inline constexpr arch::u32 MM_EMPTY_LIST = ~0u;

/// One for each page of physical memory, with NT's fields.
struct MMPFN {
  union {
    arch::u32 Flink;
    arch::u32 WsIndex;
    arch::u32 Event;  // while ReadInProgress: the KEVENT of the thread that reads
  } u1;
  arch::u32 PteAddress;  // linear address of the PTE that maps the page, or did last; PrototypePte:
                         // of the prototype PTE
  union {
    arch::u32 Blink;
    arch::u32 ShareCount;  // PTEs that map it; for a page table, 1 + its valid entries
  } u2;
  arch::u16 ReferenceCount;  // reasons to stay in memory
  arch::u16 Modified : 1, ReadInProgress : 1, WriteInProgress : 1, PrototypePte : 1, PageColor : 4,
      PageLocation : 3, ClonePte : 1, Reserved : 4;
  arch::u32 OriginalPte;  // what the PTE becomes when the page leaves memory
  arch::u32 PteFrame;     // the page table that holds the PTE
};
static_assert(sizeof(MMPFN) == 24);

struct MMPFNLIST {
  arch::u32 Total = 0;
  MMLISTS ListName;
  arch::u32 Flink = MM_EMPTY_LIST, Blink = MM_EMPTY_LIST;
};

/// Puts a frame at the end of a list: first in, first out.
constexpr void MiInsertTailPfn(MMPFN* database, MMPFNLIST& list, arch::u32 frame) {
  MMPFN& pfn = database[frame];
  pfn.u1.Flink = MM_EMPTY_LIST;
  pfn.u2.Blink = list.Blink;
  pfn.PageLocation = list.ListName;
  if (list.Blink == MM_EMPTY_LIST) {
    list.Flink = frame;
  } else {
    database[list.Blink].u1.Flink = frame;
  }
  list.Blink = frame;
  ++list.Total;
}

constexpr void MiUnlinkPfn(MMPFN* database, MMPFNLIST& list, arch::u32 frame) {
  const MMPFN& pfn = database[frame];
  const arch::u32 next = pfn.u1.Flink, previous = pfn.u2.Blink;
  (previous == MM_EMPTY_LIST ? list.Flink : database[previous].u1.Flink) = next;
  (next == MM_EMPTY_LIST ? list.Blink : database[next].u2.Blink) = previous;
  --list.Total;
}

/// The frame at the front, taken off, or MM_EMPTY_LIST.
constexpr arch::u32 MiRemoveHeadPfn(MMPFN* database, MMPFNLIST& list) {
  const arch::u32 frame = list.Flink;
  if (frame != MM_EMPTY_LIST) MiUnlinkPfn(database, list, frame);
  return frame;
}
