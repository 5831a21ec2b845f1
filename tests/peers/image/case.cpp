// Sets a case up, in the order that makes it depend on nothing but its number, and runs it.
#include "tests/peers/image/case.hpp"

#include <initializer_list>

#include "arch/registers.hpp"
#include "tests/peers/image/arena.hpp"
#include "tests/peers/image/operations.hpp"
#include "tests/peers/image/processor.hpp"
#include "tests/peers/image/segments.hpp"

namespace peers {
namespace {

constexpr u32 cr2_before = 0xC2C2C2C2;

History random_history(Random& random, bool i486) {
  switch (random.below(8)) {
    case 0:
    case 1:
      return History::Warm;
    case 2:
      return History::Replaced;
    case 3:
      return i486 ? History::Single : History::Replaced;
    case 4:
      return History::Appeared;
    default:
      return History::Fresh;
  }
}

void fill_registers(Case& c) {
  Random& random = c.random;
  Entry& e = c.entry;
  for (u32* r : {&e.eax, &e.ecx, &e.edx, &e.ebx, &e.esi, &e.edi, &e.ebp}) *r = random.next();
  e.esp = window::initial_stack;
  e.eflags = (random.next() & (eflags::arithmetic | eflags::IOPL)) | eflags::always_one;
}

}  // namespace

void prepare(Case& c, u32 model) {
  const bool i486 = model >= 4;
  static constexpr u32 rings[] = {0, 0, 1, 2, 3, 3, 3, 3};
  c.ring = c.random.pick(rings);
  c.write_protect = i486 && c.random.chance(1, 2);
  c.history = random_history(c.random, i486);
  write_cr0((read_cr0() & ~(cr0::WP | cr0::TS)) | (c.write_protect ? cr0::WP : 0));
  reset_segments();
  fill_registers(c);
  map_arena(c, i486);
  fill_frames();
  if (c.random.chance(3, 4)) {
    prepare_operation(c, model);
  } else {
    prepare_transfer(c);
  }
  c.entry.eip = c.code_address;
  c.entry.cs = selector::code(c.ring);
  c.entry.ss = c.entry.ds = c.entry.es = c.entry.fs = c.entry.gs = selector::data(c.ring);
  u8* const page = reinterpret_cast<u8*>(physical::code);
  for (u32 i = 0; i < c.code.size; ++i) {
    if (c.code_address == window::code + window::snippet) {
      page[window::snippet + i] = c.code.bytes[i];
    } else {
      poke(c.code_address + i, c.code.bytes[i]);
    }
  }
}

void run(Case& c) {
  write_cr2(cr2_before);
  enter_case(&c.entry);
}

}  // namespace peers
