// The pages of a paging file: a bit each, set while in use. Speaks in page numbers, so the host's
// tests run it as it is.
#pragma once

#include "arch/integers.hpp"

/// Page 0 is never given out: a page-file PTE with 0 would read as demand zero.
struct MMPAGING_FILE_SPACE {
  arch::u32* Bitmap = nullptr;
  arch::u32 Size = 0;       // pages, with page 0
  arch::u32 FreeSpace = 0;  // pages
  arch::u32 Hint = 1;  // where the search goes on: neighbours in time become neighbours on disk
};

constexpr arch::u32 MiBitmapWords(arch::u32 pages) { return (pages + 31) / 32; }

constexpr bool MiIsPageFilePageUsed(const MMPAGING_FILE_SPACE& space, arch::u32 page) {
  return (space.Bitmap[page / 32] >> page % 32 & 1) != 0;
}

/// `bitmap` is zeroed.
constexpr void MiInitializePageFileSpace(MMPAGING_FILE_SPACE& space, arch::u32* bitmap,
                                         arch::u32 pages) {
  space = {bitmap, pages, pages - 1, 1};
  bitmap[0] = 1;
}

/// Up to `wanted` pages in a row: the first run that is long enough, from the hint on and then from
/// the start, or the longest there is. Returns how many; 0 when the file is full.
constexpr arch::u32 MiAllocatePageFileRun(MMPAGING_FILE_SPACE& space, arch::u32 wanted,
                                          arch::u32& first) {
  arch::u32 best = 0, run = 0;
  first = 0;
  const arch::u32 start = space.Hint < space.Size ? space.Hint : 1;
  for (arch::u32 i = 0, page = start; i < space.Size && best < wanted && space.FreeSpace != 0;
       ++i, ++page) {
    if (page == space.Size) page = 0;  // which is never free: no run goes round the end
    run = MiIsPageFilePageUsed(space, page) ? 0 : run + 1;
    if (run <= best) continue;
    best = run;
    first = page + 1 - run;
  }
  for (arch::u32 page = first; page < first + best; ++page) {
    space.Bitmap[page / 32] |= 1u << page % 32;
  }
  space.FreeSpace -= best;
  if (best != 0) space.Hint = first + best;
  return best;
}

/// False when it was free: somebody's count is wrong.
constexpr bool MiFreePageFilePage(MMPAGING_FILE_SPACE& space, arch::u32 page) {
  if (page == 0 || page >= space.Size || !MiIsPageFilePageUsed(space, page)) return false;
  space.Bitmap[page / 32] &= ~(1u << page % 32);
  ++space.FreeSpace;
  return true;
}
