// What the image prints: a line for each case, or a digest for each block of 256.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace faultline::peers {

using u32 = std::uint32_t;

/// The fields of a line behind its number, name and circumstances; the order is the image's.
enum Field : unsigned {
  Vector,
  Error,
  Cr2,
  Eip,
  Cs,
  Eflags,
  Esp,
  Ss,
  Registers,
  Segments,
  AccessedDirty,
  Tables,
  AccessedSlots,
  Slots,
  Memory,
  field_count,
};
extern const std::array<const char*, field_count> field_names;

struct Line {
  u32 number = 0;
  std::string name;
  u32 circumstances = 0;
  std::array<u32, field_count> field{};

  unsigned ring() const { return circumstances >> 8 & 3; }
  bool write_protect() const { return (circumstances >> 4 & 1) != 0; }
  /// Pages were touched before, some perhaps in vain: the image's History Warm and Appeared.
  bool touched_before() const { return (circumstances & 15) == 1 || (circumstances & 15) == 4; }
  bool ldt_in_arena() const { return circumstances >> 12 != 0; }
  u32 operator[](Field f) const { return field[f]; }
  bool done() const { return field[Vector] >= 0x40; }  // nothing faulted
  bool page_fault() const { return field[Vector] == 14; }
};

struct Digest {
  u32 all = 0, resume = 0;
  friend bool operator==(const Digest&, const Digest&) = default;
};

/// All that a run printed; nothing if it did not reach its end.
struct Answers {
  std::vector<Line> lines;
  std::map<u32, Digest> blocks;  // by first case
};
std::optional<Answers> parse_answers(const std::string& text);

std::string to_string(const Line& line);

}  // namespace faultline::peers
