// The 486's 8 KB cache as its test registers reach it: lines, tags, valid and replacement bits, and
// the two buffers between. Accesses of programs do not go through it yet (docs/deviations.md).
// [486 §10.3] [486HW, on-chip cache]
#pragma once

#include <array>

#include "tlb/replacement.hpp"

namespace faultline {

class OnChipCache {
 public:
  static constexpr unsigned sets = 128, ways = 4, line_words = 4;

  /// TR5: set 10:4, way or word of a buffer 3:2, and the operation. A write of the register starts
  /// it; 0 only says which word of the buffers TR3 means. [486 §10.3.1]
  enum class Operation : u8 { Buffer, Write, Read, Flush };

  /// MOV to TR3: into the fill buffer.
  constexpr void write_data(u32 value) { fill_[word()] = value; }
  /// MOV from TR3: out of the read buffer.
  constexpr u32 data() const { return read_[word()]; }
  /// TR4: tag 31:11, V 10; after a read also the set's replacement bits 9:7 and valid bits 6:3.
  constexpr void write_status(u32 value) { status_ = value & 0xFFFFFC00u; }
  constexpr u32 status() const { return status_; }

  constexpr void write_control(u32 value) {
    control_ = value & 0x7FF;
    Set& set = sets_[control_ >> 4];
    Line& line = set.lines[word()];
    switch (static_cast<Operation>(control_ & 3)) {
      case Operation::Buffer:
        break;
      case Operation::Write:
        line = {status_ >> 11, (status_ >> 10 & 1) != 0, fill_};
        set.replacement.touch(word());
        break;
      case Operation::Read:
        read_ = line.words;
        status_ = line.tag << 11 | (line.valid ? 1u << 10 : 0) | u32{set.replacement.state} << 7;
        for (unsigned way = 0; way < ways; ++way)
          status_ |= set.lines[way].valid ? 1u << (3 + way) : 0;
        break;
      case Operation::Flush:
        flush();
        break;
    }
  }
  constexpr u32 control() const { return control_; }

  /// INVD, WBINVD (the cache writes through, so nothing is lost), TR5 and RESET: every line becomes
  /// invalid, and replacement starts anew.
  constexpr void flush() {
    for (Set& set : sets_) {
      for (Line& line : set.lines) line.valid = false;
      set.replacement = {};
    }
  }

  void archive(auto& a) {
    a(sets_, fill_, read_, status_, control_);
    a.require(control_ <= 0x7FF, "TR5");
  }

 private:
  using Words = std::array<u32, line_words>;
  struct Line {
    u32 tag = 0;  // physical 31:11
    bool valid = false;
    Words words{};
    void archive(auto& a) { a(tag, valid, words); }
  };
  struct Set {
    std::array<Line, ways> lines{};
    TreePseudoLru replacement{};
    void archive(auto& a) { a(lines, replacement); }
  };
  constexpr unsigned word() const { return control_ >> 2 & 3; }

  std::array<Set, sets> sets_{};
  Words fill_{}, read_{};
  u32 status_ = 0, control_ = 0;
};

}  // namespace faultline
