// What the tests and the 32-bit helper share: one file mapped by both, and one byte each way over a
// socket. Plain words only, so that the layout is the same on both sides.
#pragma once

#include <stdint.h>

namespace faultline::native {

using u8 = uint8_t;
using u16 = uint16_t;
using u32 = uint32_t;

inline constexpr u32 slot_count = 64, region_count = 8, entry_count = 256;
inline constexpr u32 slot_data = 0x4000, slot_code = 32;
inline constexpr int shared_file = 3, socket_file = 4;  // the helper's file descriptors
inline constexpr u32 shared_address = 0x60000000;       // where the helper maps the file
inline constexpr u32 runaway_vector = 0xFFFF;           // the case did not end by itself

/// Registers a case starts from or ends with. Segment registers in encoding order.
struct Context {
  u32 general[8], eip, eflags, segment[6];
};

/// What ended the case.
struct Event {
  u32 vector, error, cr2;
};

/// One case; the helper puts what came of it into the same places.
struct Slot {
  Context context;
  Event event;
  u32 code_address;  // linear
  u8 code[slot_code];
  u8 data[slot_data];
};

/// A part of the address space. Present pages can be read and executed.
struct Region {
  u32 address, size, present, writable;
};

/// A code or data segment of DPL 3, in the terms of modify_ldt(2).
struct Segment {
  u32 base, limit, big, contents, read_only, pages, absent;
};
/// Segment::contents.
inline constexpr u32 data_segment = 0, expand_down_segment = 1, code_segment = 2;

/// Commands over the socket; the helper answers each with a byte, the first failing segment's
/// index + 1 or 0.
inline constexpr u8 set_up = 1, run_batch = 2;

struct Shared {
  u32 regions, entries, slots;
  u32 data_address;           // linear address of a slot's data
  u32 code_first, code_size;  // filled with `filler`
  u32 filler;
  Region region[region_count];
  Segment segment[entry_count];  // by index of the LDT; index 0 stays empty
  int32_t result[entry_count];   // of modify_ldt
  Slot slot[slot_count];
};

}  // namespace faultline::native
