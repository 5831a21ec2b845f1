// The errata that --errata brings out, one bit each; which model has which: cpu/model.cpp. What
// each does, its source and what is chosen where that leaves something open: docs/models.md.
#pragma once

#include "mmu/clock.hpp"

namespace faultline {

enum Erratum : u32 {
  PopadLosesEax = 1 << 0,         // POPAD, then an address of base and index [MAZUR]
  PageFaultTwice = 1 << 1,        // a #PF on the way to #PF is another #PF [B1 §18]
  PagingOutlivesPg = 1 << 2,      // with PG cleared, what the TLB holds still translates [B1 §10]
  StringTakesNextSize = 1 << 3,   // string instruction, then another address size [B1 §7]
  RepInsCountsOn = 1 << 4,        // REP INS, then a memory operand or the stack [B1 §11]
  LslHoldsStackPointer = 1 << 5,  // LSL, then a stack operation [B1 §14]
};

}  // namespace faultline
