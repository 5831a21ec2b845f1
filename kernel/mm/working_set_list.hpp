// The working-set list: which pages of a process are valid, in slots that a hand goes round, first
// in, first out. Speaks in page numbers and indices, so the host's tests run it as it is.
#pragma once

#include "arch/integers.hpp"

/// One valid page; a free slot's VirtualPageNumber is the next free slot.
struct MMWSLE {
  arch::u32 Valid : 1, LockedInWs : 1, LockedInMemory : 1, Protection : 5, Hashed : 1, Direct : 1,
      Age : 2, VirtualPageNumber : 20;
};
static_assert(sizeof(MMWSLE) == 4);

inline constexpr arch::u32 MM_NO_WSLE = 0xFFFFF;

struct MMWSL {
  arch::u32 FirstFree = MM_NO_WSLE;
  arch::u32 FirstDynamic = 0;  // slots below it are never replaced
  arch::u32 LastEntry = 0;     // slots there are
  arch::u32 NextSlot = 0;      // the hand: where the search for a page to replace goes on
  MMWSLE* Wsle = nullptr;
};

constexpr void MiFreeWsle(MMWSL& list, arch::u32 index) {
  list.Wsle[index] = {};
  list.Wsle[index].VirtualPageNumber = list.FirstFree & MM_NO_WSLE;
  list.FirstFree = index;
}

/// The slot that now holds the page, or MM_NO_WSLE when there is none left.
constexpr arch::u32 MiTakeWsle(MMWSL& list, arch::u32 page) {
  const arch::u32 index = list.FirstFree;
  if (index == MM_NO_WSLE) return index;
  list.FirstFree = list.Wsle[index].VirtualPageNumber;
  list.Wsle[index] = {};
  list.Wsle[index].Valid = 1;
  list.Wsle[index].VirtualPageNumber = page & 0xFFFFF;
  return index;
}

/// The page that has waited longest under the hand, which moves past it; MM_NO_WSLE when every page
/// is locked or `may_leave(page)` says no.
template <class MayLeave>
constexpr arch::u32 MiNextVictim(MMWSL& list, MayLeave may_leave) {
  for (arch::u32 tried = list.FirstDynamic; tried < list.LastEntry; ++tried) {
    if (list.NextSlot >= list.LastEntry || list.NextSlot < list.FirstDynamic) {
      list.NextSlot = list.FirstDynamic;
    }
    const arch::u32 index = list.NextSlot++;
    const MMWSLE& entry = list.Wsle[index];
    if (entry.Valid != 0 && entry.LockedInWs == 0 && entry.LockedInMemory == 0 &&
        may_leave(entry.VirtualPageNumber)) {
      return index;
    }
  }
  return MM_NO_WSLE;
}

/// The slot of a page that is in the list; `hint` is where it may be, or near it.
constexpr arch::u32 MiLocateWsle(const MMWSL& list, arch::u32 page, arch::u32 hint) {
  arch::u32 index = hint < list.LastEntry ? hint : 0;
  for (arch::u32 tried = 0; tried < list.LastEntry; ++tried) {
    const MMWSLE& entry = list.Wsle[index];
    if (entry.Valid != 0 && entry.VirtualPageNumber == page) return index;
    if (++index == list.LastEntry) index = 0;
  }
  return MM_NO_WSLE;
}

/// Moves the list into `larger`, with room for `slots`; the old array is the caller's again.
constexpr MMWSLE* MiGrowWsl(MMWSL& list, MMWSLE* larger, arch::u32 slots) {
  MMWSLE* old = list.Wsle;
  const arch::u32 before = list.LastEntry;
  for (arch::u32 i = 0; i < before; ++i) larger[i] = old[i];
  list.Wsle = larger;
  list.LastEntry = slots;
  for (arch::u32 i = slots; i > before; --i) MiFreeWsle(list, i - 1);
  return old;
}

/// How many pages automatic trimming takes from a working set above its minimum: half of what is
/// above from a quiet process, an eighth from one that faults much; all of it in need.
constexpr arch::u32 MiPagesToTrim(arch::u32 size, arch::u32 minimum, arch::u32 faults, bool need) {
  if (size <= minimum) return 0;
  const arch::u32 above = size - minimum;
  if (need) return above;
  const bool busy = faults * 8 > size;  // an eighth of it has been faulted in since the last look
  return (above + (busy ? 7 : 1)) / (busy ? 8 : 2);
}
