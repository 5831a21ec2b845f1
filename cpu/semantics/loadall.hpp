// LOADALL of the 386: the whole state from 204 bytes at ES:EDI, hidden parts included and nothing
// checked. [LOADALL]
#pragma once

#include <array>

#include "cpu/interpreter/privileged.hpp"
#include "cpu/interrupts/debug.hpp"
#include "cpu/semantics/semantics.hpp"

namespace faultline {

/// The image, in doublewords.
struct LoadAllImage {
  u32 cr0, eflags, eip;
  u32 general[8];  // EDI first
  u32 dr6, dr7;
  u32 tr, ldt;
  u32 selector[6];  // GS FS DS SS CS ES
  /// Access byte in 15:8 and D/B in 22, as in a descriptor; the limit has its granularity applied.
  struct Hidden {
    u32 attributes, base, limit;
  };
  Hidden hidden_tr, idt, gdt, hidden_ldt, hidden[6];
};
static_assert(sizeof(LoadAllImage) == 0xCC);

constexpr DescriptorCache loaded_cache(u32 selector, const LoadAllImage::Hidden& hidden) {
  DescriptorCache cache;
  cache.selector = static_cast<u16>(selector);
  cache.access = static_cast<u8>(hidden.attributes >> 8);
  cache.dpl = hidden.attributes >> 13 & 3;
  cache.big = (hidden.attributes >> 22 & 1) != 0;
  cache.base = hidden.base;
  cache.limit = hidden.limit;
  cache.derive();
  return cache;
}

template <>
struct Semantics<Mnemonic::LOADALL> {
  template <class S, class Core>
  static void run(Core& core, const Instruction& insn) {
    std::array<u32, sizeof(LoadAllImage) / 4> words;
    const u32 from = core.gpr(EDI);
    for (u32 i = 0; i < words.size(); ++i)
      words[i] = core.template read<u32>(ES, (from + 4 * i) & insn.address_mask);
    const auto image = std::bit_cast<LoadAllImage>(words);

    core.write_cr0(image.cr0);  // CR3 is not in the image, and the TLB is not flushed
    State& s = core.s;
    s.flags.set(image.eflags & (eflags::arithmetic | eflags::TF | eflags::IF | eflags::DF |
                                eflags::IOPL | eflags::NT | eflags::RF | eflags::VM));
    for (unsigned i = 0; i < 8; ++i) s.general[EDI - i] = image.general[i];
    for (unsigned i = 0; i < 6; ++i)
      s.segment[GS - i] = loaded_cache(image.selector[i], image.hidden[i]);
    s.tr = loaded_cache(image.tr, image.hidden_tr);
    s.ldtr = loaded_cache(image.ldt, image.hidden_ldt);
    s.gdtr = {image.gdt.base, static_cast<u16>(image.gdt.limit)};
    s.idtr = {image.idt.base, static_cast<u16>(image.idt.limit)};
    s.debug[6] = image.dr6;
    core.write_debug_register(7, image.dr7);
    core.target = image.eip;
    core.privilege_changed();
    core.look_around();
  }
};

}  // namespace faultline
