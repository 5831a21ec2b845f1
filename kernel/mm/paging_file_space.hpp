// The pages of a paging file: a bit each, set while in use; and the runs of sectors they lie in.
// Speaks in page numbers, so the host's tests run it as it is.
#pragma once

#include "arch/integers.hpp"

/// A page of one of the 16 paging files: PageFileLow numbers the file, PageFileHigh the page.
/// Neighbours have consecutive places. No file has a page 0.
inline constexpr arch::u32 MM_PAGE_FILE_PAGE_BITS = 20;
constexpr arch::u32 MiPageFilePlace(arch::u32 file, arch::u32 page) {
  return file << MM_PAGE_FILE_PAGE_BITS | page;
}
constexpr arch::u32 MiFileOfPlace(arch::u32 place) { return place >> MM_PAGE_FILE_PAGE_BITS; }
constexpr arch::u32 MiPageOfPlace(arch::u32 place) {
  return place & ((1u << MM_PAGE_FILE_PAGE_BITS) - 1);
}

/// Page 0 is never given out: a page-file PTE with 0 would read as demand zero.
struct MMPAGING_FILE_SPACE {
  arch::u32* Bitmap = nullptr;
  arch::u32 Size = 0;       // pages, with page 0
  arch::u32 FreeSpace = 0;  // pages
  arch::u32 Hint = 1;  // where the search goes on: neighbours in time become neighbours on disk
  arch::u32 MaximumSize = 0;  // pages the file may grow to, and the bitmap has bits for
  arch::u32 PeakUsage = 0;    // pages
};

constexpr arch::u32 MiBitmapWords(arch::u32 pages) { return (pages + 31) / 32; }

constexpr bool MiIsPageFilePageUsed(const MMPAGING_FILE_SPACE& space, arch::u32 page) {
  return (space.Bitmap[page / 32] >> page % 32 & 1) != 0;
}

/// `bitmap` is zeroed.
constexpr void MiInitializePageFileSpace(MMPAGING_FILE_SPACE& space, arch::u32* bitmap,
                                         arch::u32 pages, arch::u32 maximum) {
  space = {bitmap, pages, pages - 1, 1, maximum, 0};
  bitmap[0] = 1;
}

constexpr arch::u32 MiPageFileUsage(const MMPAGING_FILE_SPACE& space) {
  return space.Size == 0 ? 0 : space.Size - 1 - space.FreeSpace;
}

/// The file has become larger; at most up to its maximum.
constexpr void MiExtendPageFileSpace(MMPAGING_FILE_SPACE& space, arch::u32 pages) {
  space.Size += pages;
  space.FreeSpace += pages;
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
  if (MiPageFileUsage(space) > space.PeakUsage) space.PeakUsage = MiPageFileUsage(space);
  return best;
}

/// False when it was free: somebody's count is wrong.
constexpr bool MiFreePageFilePage(MMPAGING_FILE_SPACE& space, arch::u32 page) {
  if (page == 0 || page >= space.Size || !MiIsPageFilePageUsed(space, page)) return false;
  space.Bitmap[page / 32] &= ~(1u << page % 32);
  ++space.FreeSpace;
  return true;
}

/// Pages `Page` and on lie one behind the other from `Sector` on, up to where the next run begins.
struct MMPAGING_FILE_RUN {
  arch::u32 Page, Sector;
};

struct MMPAGING_FILE_MAP {
  static constexpr arch::u32 most_runs = 64;
  MMPAGING_FILE_RUN Runs[most_runs] = {};
  arch::u32 Count = 0;
  arch::u32 Pages = 0;  // that all runs have together
};

/// `pages` more, from `sector` on. False when the file is in too many pieces.
constexpr bool MiAddPagingFileRun(MMPAGING_FILE_MAP& map, arch::u32 sector, arch::u32 pages,
                                  arch::u32 sectors_per_page) {
  const MMPAGING_FILE_RUN* last = map.Count == 0 ? nullptr : &map.Runs[map.Count - 1];
  if (last == nullptr || last->Sector + (map.Pages - last->Page) * sectors_per_page != sector) {
    if (map.Count == MMPAGING_FILE_MAP::most_runs) return false;
    map.Runs[map.Count++] = {map.Pages, sector};
  }
  map.Pages += pages;
  return true;
}

/// Where `page` lies, and how many of `wanted` pages from it on lie there one behind the other.
constexpr arch::u32 MiFindPagingFileRun(const MMPAGING_FILE_MAP& map, arch::u32 page,
                                        arch::u32 wanted, arch::u32 sectors_per_page,
                                        arch::u32& sector) {
  arch::u32 i = map.Count - 1;
  while (map.Runs[i].Page > page) --i;
  const arch::u32 end = i + 1 < map.Count ? map.Runs[i + 1].Page : map.Pages;
  sector = map.Runs[i].Sector + (page - map.Runs[i].Page) * sectors_per_page;
  return wanted < end - page ? wanted : end - page;
}
