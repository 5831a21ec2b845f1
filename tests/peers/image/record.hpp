// What is kept of a case, and how it is told on port E9h.
#pragma once

#include "tests/peers/image/case.hpp"

namespace peers {

/// The outcome, read from the trap frame and from memory.
struct Record {
  u32 vector, error, cr2, eip, cs, eflags, esp, ss;
  u32 registers, segments;     // digests
  u32 accessed_dirty, tables;  // arena::accessed_and_dirty; digest of the entries
  u32 accessed_slots, slots;   // the same of the descriptors
  u32 memory;                  // digest
};

Record make_record(const Case& c);
void print_line(const Case& c, const Record& record);
/// What the case was made of, for people.
void describe(const Case& c);

/// Digest of a block of cases. RF has its own: a peer is known to differ in it.
struct BlockDigest {
  u32 all = 0, resume = 0;
  void add(const Record& record);
};
void print_digest(u32 first, const BlockDigest& digest);

void print(const char* text);
/// Ends the run on every machine.
[[noreturn]] void power_off();

}  // namespace peers
