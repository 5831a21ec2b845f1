// One case: the state that is set up, and the code that runs.
#pragma once

#include "tests/peers/image/layout.hpp"
#include "tests/peers/image/random.hpp"

namespace peers {

/// What is loaded before the case's first instruction; the order is trap.S's.
struct Entry {
  u32 gs, fs, es, ds;
  u32 edi, esi, ebp, unused, ebx, edx, ecx, eax;
  u32 eip, cs, eflags, esp, ss;
};

/// What a trap left; the order is trap.S's.
struct TrapFrame {
  u32 gs, fs, es, ds;
  u32 edi, esi, ebp, inner_esp, ebx, edx, ecx, eax;
  u32 vector, error;
  u32 eip, cs, eflags, esp, ss;
};

/// How the TLB was brought into its state before the access.
enum class History : u8 {
  Fresh,     // CR3 loaded
  Warm,      // some pages read by the supervisor since
  Replaced,  // other entries were used, then the tables changed and CR3 loaded
  Single,    // the same with INVLPG of every page, i486
  Appeared,  // some entries were not present when first used [386 §5.2.5]
};

/// Instruction bytes.
struct Code {
  u8 bytes[40];
  u32 size = 0;
  void put(u8 byte) { bytes[size++] = byte; }
  void put(const u8* from, u32 count) {
    for (u32 i = 0; i < count; ++i) put(from[i]);
  }
  void put16(u32 value) { put(static_cast<u8>(value)), put(static_cast<u8>(value >> 8)); }
  void put32(u32 value) { put16(value), put16(value >> 16); }
};

struct Case {
  Case(u32 seed, u32 which) : random(seed, which), number(which) {}
  Random random;
  u32 number;
  const char* name = "";
  u32 ring = 0;
  bool write_protect = false;
  History history = History::Fresh;
  u32 undefined_flags = 0;    // status flags the manual leaves undefined
  u32 defined_edx = ~u32{0};  // LAR leaves bits undefined
  Entry entry{};
  u32 ebx_linear = 0, esp_linear = window::initial_stack;
  Code code;
  u32 code_address = window::code + window::snippet;
};

extern "C" {
void enter_case(const Entry* entry);
extern TrapFrame trap_frame;
extern const u8 trap_stubs[];
}

/// Chooses and sets up everything of case `number`; `model` is 3 or 4.
void prepare(Case& c, u32 model);
/// Runs it.
void run(Case& c);

}  // namespace peers
