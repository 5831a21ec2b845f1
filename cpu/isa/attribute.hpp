// What a row of the instruction table says about its form in single bits, and among them the
// features that not every model has.
#pragma once

#include "mmu/clock.hpp"

namespace faultline {

enum Attribute : u32 {
  Plain = 0,
  Lockable = 1 << 0,       // LOCK allowed with a memory destination [386 §11.2]
  Rep = 1 << 1,            // REP repeats
  RepCondition = 1 << 2,   // REPE and REPNE repeat while ZF says so
  Privileged = 1 << 3,     // #GP(0) unless CPL = 0 [386 §6.3.5]
  IoSensitive = 1 << 4,    // CPL > IOPL: #GP(0), or for ports the I/O permission map [386 §8.3]
  ProtectedOnly = 1 << 5,  // #UD in real and virtual-8086 mode
  EndsBlock = 1 << 6,      // may change EIP, mode, segments or interrupt state
  StackWide = 1 << 7,      // operand size follows the operand-size attribute, never a byte
  Undocumented = 1 << 10,  // absent from the opcode map, present in the parts
  Numeric = 1 << 12,       // the x87's: #NM by EM and TS, then waits for its pending error
  NoWait = 1 << 13,        // with Numeric: does not look at a pending error [387 §4]
  Reserved = 1 << 14,      // the encodings of its opcode that no other row has

  // Features. A row that has one is an invalid opcode on a model that has it not.
  LoadAll = 1 << 16,           // 0F 07, of the 386 alone
  I486Set = 1 << 17,           // BSWAP, CMPXCHG, XADD, INVD, WBINVD [486 App. E]
  PageFlush = 1 << 18,         // INVLPG [486 §26]; in the Alpha variant on every model, as TBIS
  Identification = 1 << 19,    // CPUID, and EFLAGS.ID [AP-485 §3]
  TimeStamp = 1 << 20,         // RDTSC [SDM RDTSC]
  CompareExchange8 = 1 << 21,  // CMPXCHG8B [SDM CMPXCHG8B]
  ConditionalMove = 1 << 22,   // CMOVcc, and on the x87 FCMOVcc, FCOMI and kin [SDM CMOVcc]
  TlbTest = 1 << 23,           // TR6 and TR7; not in the Alpha variant [386 §10.6]
  CacheTest = 1 << 24,         // TR3 to TR5 [486 §10.3]
};

inline constexpr u32 feature_bits = 0xFFFF0000;

}  // namespace faultline
