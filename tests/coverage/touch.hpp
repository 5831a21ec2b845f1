// The accesses to memory that an instance makes, derived from its row: where, how much, which way.
#pragma once

#include "tests/coverage/scene.hpp"

namespace faultline::coverage {

struct Touch {
  enum class Place : u8 {
    Operand,      // what ModRM or the offset in the instruction names; of XLAT the table
    Source,       // DS:ESI
    Destination,  // ES:EDI
    Push,         // below ESP
    Pop,          // at ESP
    Frame,        // at EBP
  };
  Place place = Place::Operand;
  u32 bytes = 0;
  bool write = false;
  u32 alignment = 1;  // what its address must be a multiple of under alignment check [486 §9.9.16]
  u32 step = 0;       // of Push: by how much ESP moves
  bool read_first = false;  // reads, and asks for permission to write only when it will

  bool in_data() const { return place <= Place::Destination; }
  /// A segment override changes its segment.
  bool overridable() const { return place <= Place::Source; }
};

std::vector<Touch> touches_of(const Instance& instance);

/// Linear address of its first byte, as the machine is set up.
u32 linear_of(const Scene& s, const Touch& touch);
/// Puts its first byte at an offset of its segment.
void move_to(Scene& s, const Touch& touch, u32 offset);
u32 offset_of(const Scene& s, const Touch& touch);

}  // namespace faultline::coverage
