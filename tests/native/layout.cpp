// The LDT: the four segments cases run in, then every kind, size, granularity and presence.
#include "tests/native/layout.hpp"

#include "arch/registers.hpp"

namespace faultline::native {
namespace {

std::vector<Segment> make_segments() {
  std::vector<Segment> all = {
      {},
      {arena, 0xFFFFF, 1, code_segment, 0, 1, 0},
      {arena, 0xFFFFF, 1, data_segment, 0, 1, 0},
      {arena, 0xFFFF, 0, code_segment, 0, 0, 0},
      {arena, 0xFFFF, 0, data_segment, 0, 0, 0},
  };
  // Limits in bytes and in pages, such that the boundaries lie in the data, and of code among HLTs.
  constexpr u32 limits[][2] = {{0x1234, 0}, {0x1FFF, 0}, {0, 0}, {1, 1}};
  for (u32 contents : {data_segment, expand_down_segment, code_segment}) {
    const bool code = contents == code_segment;
    const u32 base = arena + (code ? differential::code_first : differential::data_first);
    for (u32 read_only : {0u, 1u}) {
      for (u32 big : {0u, 1u}) {
        for (const auto& [limit, pages] : limits)
          all.push_back({base, limit, big, contents, read_only, pages, 0});
        all.push_back({base, 0x1FFF, big, contents, read_only, 0, 1});
      }
    }
  }
  // Limits at the ends of what 16 and 32 bits count.
  for (u32 contents : {data_segment, expand_down_segment, code_segment}) {
    for (u32 big : {0u, 1u}) {
      all.push_back({arena, 0xFFFF, big, contents, 0, 0, 0});
      all.push_back({arena, 0xFFFFF, big, contents, 0, 1, 0});
      all.push_back({arena, 0xFFFFE, big, contents, 0, 1, 0});
    }
  }
  return all;
}

}  // namespace

const std::vector<Segment>& segments() {
  static const std::vector<Segment> all = make_segments();
  return all;
}

Layout layout() {
  return {regions, segments(), arena + differential::data_first,
          arena,   area_size,  differential::hlt};
}

Context start_of(Mode mode, u32 eip) {
  const bool flat = mode == Mode::Flat32;
  const u32 code = flat ? code32 : code16, data = flat ? data32 : data16;
  return {{}, eip, 2 | arch::eflags::IF, {data, code, data, data, data, data}};
}

}  // namespace faultline::native
