// The table of differences.
#include "tests/peers/explanations.hpp"

#include <algorithm>
#include <string_view>

namespace faultline::peers {
namespace {

constexpr u32 RF = 1u << 16, arithmetic = 0x8D5;
constexpr u32 W = 2, U = 4;  // of the error code
constexpr u32 SS_fault = 12, GP = 13, landed = 0x41;
constexpr u32 directory_accessed = 3u << 16;

using Name = std::string_view;
bool is_one_of(const Line& line, std::span<const Name> names) {
  return std::find(names.begin(), names.end(), line.name) != names.end();
}
bool both_page_faults(const Line& a, const Line& b) { return a.page_fault() && b.page_fault(); }
bool same_fault(const Line& a, const Line& b) {
  return a[Vector] == b[Vector] && a[Error] == b[Error];
}

constexpr Name far_operands[] = {"lds",        "les",  "lfs",      "jmp-far-m",
                                 "call-far-m", "retf", "retf-imm", "iret"};
constexpr Name far_calls[] = {"call-far", "call-far-m"};
constexpr Name far_returns[] = {"retf", "retf-imm", "iret"};
constexpr Name far_stack[] = {"call-far", "call-far-m", "retf", "retf-imm", "iret", "int-n"};
constexpr Name two_memory_operands[] = {"cmpsd", "repe-cmpsb"};
constexpr Name enters[] = {"enter0", "enter3"};
constexpr Name all_registers[] = {"pusha", "pusha16", "popa", "popa16"};
constexpr Name read_modify_write[] = {"add-m8",   "add-m16", "add-m32",  "inc-m8",     "dec-m32",
                                      "neg-m16",  "not-m32", "rol-m32",  "rcr-m16-cl", "shl-m8-cl",
                                      "shld-m32", "xchg-m8", "xchg-m32", "bts-imm",    "btr-imm16",
                                      "xadd",     "cmpxchg", "cmpxchg8", "or-m8-0",    "add-ebp"};

/// A fault of both, seen at another part of the same operand.
Fields other_part(const Line& ours, const Line& peer, std::span<const Name> names) {
  return is_one_of(ours, names) && both_page_faults(ours, peer) ? only(Error, Cr2, AccessedDirty)
                                                                : 0;
}

Fields return_level_late(const Line& ours, const Line& peer) {
  if (!is_one_of(ours, far_returns) || ours[Vector] != GP || !ours.ldt_in_arena()) return 0;
  if (peer.page_fault() && (peer[Error] & (U | W)) == 0) return everything;
  return same_fault(ours, peer) ? only(AccessedDirty) : 0;
}
constexpr const char* reads_descriptor_first =
    "reads the descriptor before it compares RPL with CPL [386 §17.2.2 RET]";

/// Of the 386 alone: POPAD on a 16-bit stack.
Fields pushed_stack_pointer(const Line& ours, const Line& peer) {
  const bool low_half_same = ((ours[Esp] ^ peer[Esp]) & 0xFFFF) == 0;
  return ours.name == "popa" && ours.done() && low_half_same ? only(Esp) : 0;
}
constexpr const char* leaves_upper_half =
    "leaves the upper half of ESP as it was in POPAD on a 16-bit stack; a 386 takes it from the "
    "stack [test386]";

constexpr Explanation table[] = {
    {"operand-order", Machine::Bochs,
     [](const Line& ours, const Line& peer) { return other_part(ours, peer, far_operands); },
     "reads the selector of a far pointer or frame before the offset; the manual gives no order"},
    {"far-call-conforming", Machine::Bochs,
     [](const Line& ours, const Line& peer) -> Fields {
       if (!is_one_of(ours, far_calls) || !ours.page_fault()) return 0;
       if ((ours[Error] & (W | U)) != (W | U)) return 0;
       if (peer.page_fault()) return ours[Error] == (peer[Error] | U) ? only(Error) : 0;
       return everything;
     },
     "pushes the return address of a far call to conforming code as the supervisor; only the stack "
     "of another ring is reached so [386 §6.4.3]"},
    {"call-limit-late", Machine::Bochs,
     [](const Line& ours, const Line& peer) -> Fields {
       if (!is_one_of(ours, far_calls) || ours[Vector] != GP || ours[Error] != 0) return 0;
       if (same_fault(ours, peer)) return only(AccessedDirty, Memory);
       return peer.page_fault() || peer[Vector] == SS_fault ? everything : 0;
     },
     "pushes before it compares the target with the limit of the new CS [386 §17.2.2 CALL]"},
    {"return-level-late", Machine::Bochs, return_level_late, reads_descriptor_first},
    {"limit-in-instruction", Machine::Bochs,
     [](const Line& ours, const Line& peer) -> Fields {
       return ours[Vector] == GP && ours[Error] == 0 && peer[Vector] == landed &&
                      peer[Eip] == ours[Eip] + 2
                  ? only(Vector, Eip, Eflags)
                  : 0;
     },
     "runs an instruction it has decoded before past the limit of another CS [386 §6.3.1.2]"},
    {"pushed-stack-pointer", Machine::Bochs, pushed_stack_pointer, leaves_upper_half},
    {"rf", Machine::Qemu,
     [](const Line& ours, const Line& peer) -> Fields {
       return ours.done() || (ours[Eflags] ^ peer[Eflags]) != RF ? 0 : only(Eflags);
     },
     "pushes EFLAGS without RF on a fault [386 §12.3.1.1]"},
    {"directory-accessed", Machine::Qemu,
     [](const Line& ours, const Line& peer) -> Fields {
       const u32 differ = ours[AccessedDirty] ^ peer[AccessedDirty];
       const bool more = (peer[AccessedDirty] & differ) == differ;
       return (ours.page_fault() || ours.touched_before()) && more &&
                      (differ & ~directory_accessed) == 0
                  ? only(AccessedDirty)
                  : 0;
     },
     "sets A of the directory entry before it looks at the page's entry, so also on a walk that "
     "faults; A is set before a read or write, and there is none [386 §5.2.4]"},
    {"segment-checks", Machine::Qemu,
     [](const Line& ours, const Line& peer) -> Fields {
       const bool refused = (ours[Vector] == GP || ours[Vector] == SS_fault) && ours[Error] == 0;
       return refused && (peer[Vector] != ours[Vector] || peer[Eip] != ours[Eip]) ? everything : 0;
     },
     "checks neither limit nor type of a segment when memory is accessed [386 §6.3.1]"},
    {"read-before-write", Machine::Qemu,
     [](const Line& ours, const Line& peer) -> Fields {
       return (ours[Error] & W) != 0 ? other_part(ours, peer, read_modify_write) : 0;
     },
     "reads the operand of a read-modify-write without asking whether it may write; the processor "
     "reports the write [386 §9.8.14]"},
    {"flags-before-write", Machine::Qemu,
     [](const Line& ours, const Line& peer) -> Fields {
       return is_one_of(ours, read_modify_write) && ours.page_fault() &&
                      ((ours[Eflags] ^ peer[Eflags]) & ~(RF | arithmetic)) == 0
                  ? only(Eflags)
                  : 0;
     },
     "changes flags before a write that faults; an instruction that faults can be restarted "
     "[386 §9.2]"},
    {"operand-order", Machine::Qemu,
     [](const Line& ours, const Line& peer) {
       return other_part(ours, peer, two_memory_operands) | other_part(ours, peer, far_operands);
     },
     "reads the parts of an operand in another order; the manual gives none"},
    {"all-registers", Machine::Qemu,
     [](const Line& ours, const Line& peer) -> Fields {
       const Fields part = other_part(ours, peer, all_registers);
       return part != 0 ? part | only(Registers, Memory) : 0;
     },
     "pushes from the far end, and has loaded registers when a later POPA word faults; an "
     "instruction that faults can be restarted [386 §9.2]"},
    {"stack-as-supervisor", Machine::Qemu,
     [](const Line& ours, const Line& peer) -> Fields {
       const bool refused = ours.page_fault() && (ours[Error] & U) != 0;
       if (!is_one_of(ours, far_stack) || !refused) return 0;
       const bool same = peer.page_fault() && (peer[Error] & U) != 0 && peer[Eip] == ours[Eip];
       return same ? 0 : everything;
     },
     "reaches the present stack in far calls, returns and interrupts as the supervisor; only the "
     "stack of another ring is reached so [386 §6.4.3]"},
    {"enter-probe", Machine::Qemu,
     [](const Line& ours, const Line& peer) -> Fields {
       if (!is_one_of(ours, enters)) return 0;
       if (ours.done() && peer.done()) return only(AccessedDirty);
       return ours.page_fault() && (ours[Error] & W) != 0 && peer.done() ? everything : 0;
     },
     "does not try whether the new top of the stack can be written [486 §26 ENTER]"},
    {"gate-to-conforming", Machine::Qemu,
     [](const Line& ours, const Line& peer) -> Fields {
       const bool same_code = ((ours[Cs] ^ peer[Cs]) & ~3u) == 0;
       return is_one_of(ours, far_calls) && ours[Vector] == landed && same_code &&
                      (peer[Cs] & 3) < (ours[Cs] & 3)
                  ? only(Cs, Esp, Ss)
                  : 0;
     },
     "changes to the level of conforming code behind a call gate; it runs at CPL [386 §6.3.4.1]"},
    {"return-level-late", Machine::Qemu, return_level_late, reads_descriptor_first},
    {"call-limit-late", Machine::Qemu,
     [](const Line& ours, const Line& peer) -> Fields {
       return is_one_of(ours, far_calls) && ours[Vector] == GP && ours[Error] == 0 &&
                      peer[Vector] == GP
                  ? only(Error, AccessedDirty, Memory)
                  : 0;
     },
     "pushes before it compares the target with the limit of the new CS, and reports the selector "
     "[386 §17.2.2 CALL]"},
    {"descriptor-accessed", Machine::Qemu,
     [](const Line& ours, const Line& peer) -> Fields {
       const Fields slots = (ours[AccessedSlots] & peer[AccessedSlots]) == peer[AccessedSlots]
                                ? only(AccessedSlots)
                                : 0;
       if (!ours.ldt_in_arena()) return slots;
       // There the bit is in the arena's memory, and setting it may fault.
       if (ours.page_fault() && (ours[Error] & (W | U)) == W) return everything;
       return ours[Vector] == peer[Vector] ? slots | only(Memory, AccessedDirty) : 0;
     },
     "does not set the accessed bit of a descriptor it loads [386 §5.1.1]"},
    {"pushed-stack-pointer", Machine::Qemu, pushed_stack_pointer, leaves_upper_half},
};

}  // namespace

const std::span<const Explanation> explanations = table;

Fields differences(const Line& ours, const Line& peer) {
  Fields fields = 0;
  for (unsigned f = 0; f < field_count; ++f) {
    if (ours.field[f] != peer.field[f]) fields |= 1u << f;
  }
  return fields;
}

}  // namespace faultline::peers
