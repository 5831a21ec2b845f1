// What an input asks for: the model, the state it starts in, and what happens from outside.
#pragma once

#include <array>

#include "cpu/engine.hpp"
#include "tests/fuzz/input.hpp"

namespace faultline::fuzz {

enum class Mode : u8 { Real, Ring0, Ring3, Virtual8086 };

/// What the board does before a slice, one bit each.
enum Event : u8 {
  RaiseIntr = 1 << 0,
  RaiseNmi = 1 << 1,
  ToggleA20 = 1 << 2,
  StoreByDma = 1 << 3,  // `value` into the program's memory at `place`
  ToggleIgnne = 1 << 4,
  FlushTranslations = 1 << 5,
  ResetPin = 1 << 6,
};

struct Slice {
  u32 clocks;
  u8 events;
  u16 place;  // where a stopped program goes on, too
  u8 value;   // the interrupt's vector, too
};

/// A segment register's descriptor at the start, and in the GDT.
struct Segment {
  u16 selector;
  u8 access;
  bool big;
  u32 base, limit;
};

struct Plan {
  const Model* model = nullptr;
  bool errata = false;
  Timing timing = Timing::None;
  Mode mode = Mode::Ring0;
  u32 cr0 = 0, eflags = 0;
  u32 general[8] = {};
  std::array<Segment, segment_register_count> segments{};
  u32 debug[8] = {};
  std::array<Slice, 24> slices{};

  unsigned cpl() const { return mode == Mode::Ring3 || mode == Mode::Virtual8086 ? 3u : 0u; }
  bool paragraphs() const { return mode == Mode::Real || mode == Mode::Virtual8086; }
};

/// Reads a plan from the front of an input; the rest is the image's (image.hpp).
Plan read_plan(Input& input);

}  // namespace faultline::fuzz
