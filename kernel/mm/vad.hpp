// Virtual address descriptors: the regions of a process, in a balanced tree by page number.
#pragma once

#include "kernel/mm/protection.hpp"
#include "kernel/rtl/avl_tree.hpp"

struct CONTROL_AREA;
struct MMPTE;

enum MI_VAD_TYPE : arch::u32 { VadNone = 0, VadImageMap = 2 };

struct MMVAD {
  arch::u32 StartingVpn, EndingVpn;  // inclusive
  MMVAD *Parent, *LeftChild, *RightChild;
  struct {
    arch::u32 CommitCharge : 19;  // pages
    arch::u32 NoChange : 1;       // user mode may neither free nor protect it: PEB, TEB
    arch::u32 VadType : 3;
    arch::u32 MemCommit : 1;  // committed as a whole: a zero PTE means demand zero
    arch::u32 Protection : 5;
    arch::u32 Spare : 2;
    arch::u32 PrivateMemory : 1;
  } VadFlags;
  arch::u32 Height;
  // Of a view; null in private memory.
  CONTROL_AREA* ControlArea;
  MMPTE* FirstPrototypePte;  // of StartingVpn
  MMPTE* LastContiguousPte;  // up to here one follows the other
  arch::u32 StartingPage;    // of the segment: what StartingVpn shows
  arch::u32 Inherit;         // a clone of the process gets the view, too (ViewShare)
};

using VadTree = RangeTree<MMVAD>;
