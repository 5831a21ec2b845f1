// Descriptors made at random, most of them near the edge of being usable. [386 §6.3]
#include "tests/peers/image/segments.hpp"

namespace peers {
namespace {

namespace access = segment_access;
namespace flag = segment_flags;

constexpr u8 level(u32 dpl) { return static_cast<u8>(dpl << access::DPL_shift); }

/// A limit in bytes, in whichever granularity can say it.
Descriptor segment(Random& random, u32 base, u32 limit, u8 type, bool big) {
  const u8 size = big ? flag::D : 0;
  if (limit <= 0xFFFFF && !random.chance(1, 8)) return make_segment(base, limit, type, size);
  return make_segment(base, limit >> 12, type, static_cast<u8>(flag::G | size));
}

u8 random_level(Random& random, u32 ring) {
  return level(random.chance(7, 8) ? ring + random.below(4 - ring) : random.below(4));
}

/// To the landing code, mostly through a good selector.
Descriptor random_gate(Random& random, SystemType type16, SystemType type32) {
  const bool wide = !random.chance(1, 4);
  const u32 offset = wide && random.chance(1, 16) ? 0x20000 : window::landing;
  u32 target = selector::landing(random.below(5)) | random.below(4);
  if (random.chance(1, 8)) target = slot_selector(random.below(slot_count), random.below(4));
  if (random.chance(1, 32)) target = random.below(4);
  Descriptor gate = make_gate({static_cast<u16>(target)}, offset, wide ? type32 : type16,
                              random.chance(1, 2) ? 3 : random.below(4));
  if (random.chance(1, 16)) gate.high &= ~0x8000u;
  return gate;
}

}  // namespace

Shaped shape_segment(Case& c, u32 linear, u32 size, bool stack) {
  Random& random = c.random;
  // Types the access can use come first. [386 §6.3.1.1]
  static constexpr u8 types[] = {access::writable,
                                 access::writable,
                                 access::writable | access::expand_down,
                                 access::writable | access::expand_down,
                                 0,
                                 access::expand_down,
                                 access::code | access::readable,
                                 access::code,
                                 access::code | access::readable | access::conforming};
  u8 type = types[random.below(stack && !random.chance(1, 8) ? 4 : 9)];
  const bool down = (type & access::code) == 0 && (type & access::expand_down) != 0;
  const bool big = !random.chance(1, 8);
  if (!random.chance(1, 4)) type |= access::accessed;
  if (!random.chance(1, 32)) type |= access::S;
  if (!random.chance(1, 24)) type |= access::P;
  type |= stack && !random.chance(1, 8) ? level(c.ring) : random_level(random, c.ring);

  u32 offset = linear;
  switch (random.below(4)) {
    case 0:
      offset = 64 + random.below(0x1000);
      break;
    case 1:
      offset = 64 + random.below(0xFF00);
      break;
    case 2:
      offset = 0x100000 + random.below(0x8000);
      break;
    default:
      break;
  }
  // A 16-bit stack has only SP, and expand-down without B ends at FFFF. [386 §6.3.1.2]
  if ((down || stack) && !big) offset = 64 + random.below(0xFF00);
  u32 limit = 0xFFFFFFFF;
  if (down) {  // valid offsets lie above the limit [386 §6.3.1.2]
    static constexpr u32 below[] = {0, 1, 1, 1, 40};
    limit = offset - random.pick(below);
  } else {
    switch (random.below(6)) {
      case 0:
        limit = offset + size - 1;
        break;
      case 1:
        limit = offset + size - 2;
        break;
      case 2:
        limit = offset - 1;
        break;
      case 3:
        limit = offset + random.below(8);
        break;
      default:
        break;
    }
  }
  return {segment(random, linear - offset, limit, type, big), offset};
}

Descriptor random_interrupt_gate(Random& random) {
  return random.chance(1, 2)
             ? random_gate(random, SystemType::InterruptGate16, SystemType::InterruptGate32)
             : random_gate(random, SystemType::TrapGate16, SystemType::TrapGate32);
}

Descriptor random_descriptor(Random& random) {
  const u8 bits = static_cast<u8>((random.chance(1, 16) ? 0 : access::P) | level(random.below(4)) |
                                  (random.next() & access::accessed));
  switch (random.below(4)) {
    case 0: {
      Descriptor gate = random_gate(random, SystemType::CallGate16, SystemType::CallGate32);
      gate.high |= random.below(4);  // dwords or words to copy
      return gate;
    }
    case 1: {  // code
      const u8 type = static_cast<u8>(access::code | access::S | (random.next() & 6) | bits);
      const u32 limit = random.chance(1, 4) ? window::landing - random.below(2) : 0xFFFF;
      return make_segment(window::code, limit, type, flag::D);
    }
    case 2:  // data
      return make_segment(random.next() & 0xFFFFF, random.next() & 0xFFFFF,
                          static_cast<u8>(access::S | (random.next() & 6) | bits),
                          static_cast<u8>(random.next() & 0xD));
    default: {  // system, but no task: those are the task switch's own tests
      static constexpr u8 types[] = {0, 2, 6, 7, 8, 10, 13, 14, 15};
      return make_segment(random.next() & 0xFFFFF, random.next() & 0xFFFF,
                          static_cast<u8>((bits & 0xE0) | random.pick(types)), 0);
    }
  }
}

}  // namespace peers
