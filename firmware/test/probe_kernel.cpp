// A kernel that only checks how the boot loader handed over: the contract of
// arch/loader_parameter_block.hpp. Exit register: number of failures. Its data is large enough to
// be spread over many clusters.
#include "arch/loader_parameter_block.hpp"
#include "arch/ports.hpp"

using namespace arch;

namespace {

constexpr u32 pattern_count = 50'000;

struct Pattern {
  u32 value[pattern_count] = {};
  constexpr Pattern() {
    for (u32 i = 0; i < pattern_count; ++i) value[i] = i * 0x9E3779B9u;
  }
};
volatile Pattern initialised{};
volatile u32 zeroed[10'000];
const char* const pointer = "through a pointer";

u32 failures = 0;

void outb(u16 port, u8 value) { asm volatile("outb %0, %1" : : "a"(value), "Nd"(port)); }
void outl(u16 port, u32 value) { asm volatile("outl %0, %1" : : "a"(value), "Nd"(port)); }
void print(const char* text) {
  for (; *text != 0; ++text) outb(port::debug_console, static_cast<u8>(*text));
}
void check(bool ok, const char* what) {
  if (ok) return;
  ++failures;
  print("FAILED ");
  print(what);
  print("\n");
}

bool data_is_intact() {
  for (u32 i = 0; i < pattern_count; ++i) {
    if (initialised.value[i] != i * 0x9E3779B9u) return false;
  }
  return true;
}
bool bss_is_zero() {
  u32 bits = 0;
  for (const volatile u32& value : zeroed) bits |= value;
  return bits == 0;
}

/// Ascending, whole 8 KB, no overlap, the kernel where it is, RAM all there.
void check_memory(const LoaderParameterBlock& block) {
  u32 end = 0, total = 0, kernel = 0, loader = 0;
  check(block.memory_descriptor_count >= 5, "memory descriptors");
  for (u32 i = 0; i < block.memory_descriptor_count; ++i) {
    const MemoryDescriptor& m = block.memory[i];
    check(m.base >= end && m.size != 0 && m.base % 0x2000 == 0 && m.size % 0x2000 == 0,
          "descriptors ascend in whole pages");
    end = m.base + m.size;
    total += m.size;
    if (m.type == MemoryDescriptor::KernelImage) kernel += m.size;
    const u32 here = reinterpret_cast<u32>(&block) - kernel_segment_base;
    if (m.type == MemoryDescriptor::LoaderTemporary && m.base <= here && here < end) ++loader;
  }
  check(kernel >= block.kernel_size && kernel < block.kernel_size + 0x2000, "the kernel's image");
  check(loader == 1, "the block lies in LoaderTemporary memory");
  check(total == end - 0x60000, "RAM but for 640 KB to 1 MB");
}

u32 read_eflags() {
  u32 value;
  asm volatile("pushfl; popl %0" : "=r"(value));
  return value;
}
u32 read_cr0() {
  u32 value;
  asm volatile("movl %%cr0, %0" : "=r"(value));
  return value;
}

}  // namespace

extern "C" void probe(const LoaderParameterBlock* block, u32 stack) {
  check(block->magic == LoaderParameterBlock::magic_value && block->size == sizeof *block, "magic");
  check(data_is_intact(), "initialised data");
  check(bss_is_zero(), "zeroed data");
  check(pointer[0] == 't', "linked addresses");
  check(block->kernel_base == 0x100000, "physical base");
  check(block->boot_drive == 0x80 && block->boot_partition_lba == 2048, "boot drive and partition");
  check((read_cr0() & 0x80000001u) == 1 && (read_eflags() & 0x200) == 0, "PE on, PG off, IF off");
  check(stack >= 0x80001000, "a stack in the kernel's segment");
  auto& low = *reinterpret_cast<volatile u32*>(kernel_segment_base + 0x500);
  auto& high = *reinterpret_cast<volatile u32*>(kernel_segment_base + 0x100500);
  const u32 before = high;
  low = ~before;
  check(high == before, "A20 is open");
  check_memory(*block);
  print("options=");
  print(block->load_options);
  print("\n");
  outl(port::exit_register, failures);
  for (;;) asm volatile("cli; hlt");
}

asm(".globl _start\n_start:\n\tmovl %esp, %eax\n\tpushl %eax\n\tpushl %ebx\n\tcall _probe\n");
