// The witness's program: cases `first` to `first + count` of a seed, told as digests or as lines.
#include <initializer_list>

#include "tests/peers/image/arena.hpp"
#include "tests/peers/image/processor.hpp"
#include "tests/peers/image/record.hpp"
#include "tests/peers/image/segments.hpp"

namespace peers {
namespace {

constexpr u32 block = 256;

/// The second sector of the disk.
struct Parameters {
  char magic[8];
  u32 seed, first, count;
  u32 lines;  // 0: digests, 1: lines, 2: lines with descriptions
  u32 model;
};

}  // namespace

extern "C" const Parameters parameters;

extern "C" [[noreturn]] void peers_main() {
  u8* const code = reinterpret_cast<u8*>(physical::code);
  static constexpr u8 probe[] = {0x8A, 0x03, 0xCD, done_vector};  // mov al, [ebx]; int 40h
  for (u32 i = 0; i < sizeof(probe); ++i) code[i] = probe[i];
  // The landing code, also where flat segments of ring 0 find its offset.
  for (u8* at : {code + window::landing, reinterpret_cast<u8*>(window::landing)}) {
    at[0] = 0xCD;
    at[1] = landed_vector;
  }
  start_paging();
  reset_segments();

  print("\nwitness\n");
  BlockDigest digest;
  const u32 end = parameters.first + parameters.count;
  for (u32 number = parameters.first; number != end; ++number) {
    Case c(parameters.seed, number);
    prepare(c, parameters.model);
    run(c);
    const Record record = make_record(c);
    if (parameters.lines != 0) print_line(c, record);
    if (parameters.lines == 2) describe(c);
    digest.add(record);
    if (parameters.lines == 0 && ((number + 1) % block == 0 || number + 1 == end)) {
      print_digest(number & ~(block - 1), digest);
      digest = {};
    }
  }
  print("end\n");
  power_off();
}

}  // namespace peers
