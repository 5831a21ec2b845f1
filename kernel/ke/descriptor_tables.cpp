// GDT, IDT and TSS. [386 §5.1.1, §6.3.4, §7.2, §9.4]
#include "arch/descriptor.hpp"
#include "arch/vector.hpp"
#include "kernel/ke/internal.hpp"
#include "kernel/ke/pcr.hpp"
#include "kernel/ke/trap.hpp"

namespace {

namespace access = arch::segment_access;
constexpr arch::u8 flat = arch::segment_flags::G | arch::segment_flags::D;
constexpr arch::u32 whole = 0xFFFFF;
constexpr arch::u8 tss_access = access::P | static_cast<arch::u8>(arch::SystemType::TSS32);

constinit arch::TaskStateSegment KiTss = {};

struct [[gnu::packed]] DescriptorTableRegister {
  arch::u16 limit;
  arch::u32 base;
};

constexpr arch::Selector kernel_code{KGDT_R0_CODE};

}  // namespace

extern "C" {
/// Null, kernel code and data, user code and data, TSS, PCR, TEB: selectors 08h to 38h.
constinit arch::Descriptor KiGdt[8] = {
    {},
    arch::make_segment(0, whole, access::kernel_code, flat),
    arch::make_segment(0, whole, access::kernel_data, flat),
    arch::make_segment(0, whole, access::user_code, flat),
    arch::make_segment(0, whole, access::user_data, flat),
    {},
    arch::make_segment(KIP0PCRADDRESS, sizeof(KPCR) - 1, access::kernel_data,
                       arch::segment_flags::D),
    {},
};
constinit arch::Descriptor KiIdt[256] = {};

/// Loaded before paging is on: its base is the table's physical address, filled in by
/// MiBuildInitialPageTables.
constinit DescriptorTableRegister KiBootGdtDescriptor = {sizeof KiGdt - 1, 0};
}

void KiSetTebBase(ULONG teb) {
  KiGdt[KGDT_R3_TEB / 8] =
      arch::make_segment(teb, sizeof(TEB) - 1, access::user_data, arch::segment_flags::D);
}

void KiSetKernelStack(ULONG initial_stack) { KiTss.esp0 = initial_stack - KTRAP_FRAME_V86_SIZE; }

namespace {

void set_gate(unsigned vector, const void* entry, unsigned dpl) {
  KiIdt[vector] = arch::make_gate(kernel_code, reinterpret_cast<ULONG>(entry),
                                  arch::SystemType::InterruptGate32, dpl);
}
void set_gate(unsigned vector, void (*entry)(), unsigned dpl) {
  set_gate(vector, reinterpret_cast<const void*>(entry), dpl);
}

}  // namespace

void KiInitializeDescriptorTables() {
  KiTss.ss0 = KGDT_R0_DATA;
  KiTss.io_map_base = sizeof KiTss;  // no map: IN and OUT need CPL <= IOPL. [386 §8.3.2]
  KiGdt[KGDT_TSS / 8] =
      arch::make_segment(reinterpret_cast<ULONG>(&KiTss), sizeof KiTss - 1, tss_access, 0);

  for (unsigned vector = 0; vector < 256; ++vector) set_gate(vector, KiUnexpectedInterrupt, 0);
  void (*const traps[])() = {KiTrap00, KiTrap01, KiTrap02, KiTrap03, KiTrap04,
                             KiTrap05, KiTrap06, KiTrap07, KiTrap08, KiTrap09,
                             KiTrap0A, KiTrap0B, KiTrap0C, KiTrap0D, KiTrap0E};
  unsigned vector = 0;
  for (void (*trap)() : traps) {
    const bool callable = vector == static_cast<unsigned>(arch::Vector::BP) ||
                          vector == static_cast<unsigned>(arch::Vector::OF);
    set_gate(vector++, trap, callable ? 3 : 0);
  }
  set_gate(static_cast<unsigned>(arch::Vector::MF), KiTrap10, 0);
  set_gate(static_cast<unsigned>(arch::Vector::AC), KiTrap11, 0);
  set_gate(SystemServiceVector, KiSystemService, 3);
  for (unsigned irq = 0; irq < 16; ++irq) {
    set_gate(PRIMARY_VECTOR_BASE + irq, KiInterruptEntries[irq], 0);
  }

  const DescriptorTableRegister gdt = {sizeof KiGdt - 1, reinterpret_cast<ULONG>(KiGdt)};
  const DescriptorTableRegister idt = {sizeof KiIdt - 1, reinterpret_cast<ULONG>(KiIdt)};
  __asm__ volatile("lgdt %0\n\tlidt %1" : : "m"(gdt), "m"(idt));
  __asm__ volatile("ltr %w0\n\tmovw %w1, %%fs" : : "r"(ULONG{KGDT_TSS}), "r"(ULONG{KGDT_R0_PCR}));

  KPCR* pcr = KeGetPcr();
  pcr->IDT = KiIdt;
  pcr->GDT = KiGdt;
  pcr->TSS = &KiTss;
}
