// RAM ranges are cut at 8 KB boundaries, so that both page sizes see whole pages.
#include "firmware/boot/loader/memory_map.hpp"

#include "arch/ports.hpp"
#include "firmware/boot/loader/bios.hpp"
#include "firmware/boot/loader/layout.h"

namespace loader {
namespace {

constexpr u32 granule = 0x2000;
constexpr u32 round_up(u32 n) { return (n + granule - 1) & ~(granule - 1); }

struct [[gnu::packed]] AddressRange {  // [ACPI]
  u64 base, length;
  u32 type;
};
constexpr u32 usable = 1;

void add_range(RamRanges& ram, u64 base, u64 length) {
  constexpr u64 limit = 0xFFFF'FFFF;
  if (ram.count == RamRanges::capacity || base > limit) return;
  if (length > limit - base) length = limit - base;
  ram.range[ram.count++] = {static_cast<u32>(base), static_cast<u32>(length)};
}

bool query_address_map(RamRanges& ram) {
  BiosRegisters r;
  for (unsigned calls = 0; calls < 64; ++calls) {
    AddressRange answer;
    const u32 at = reinterpret_cast<u32>(&answer);
    r.vector = 0x15;
    r.eax = 0xE820;
    r.ecx = sizeof answer;
    r.edx = 0x534D4150;  // "SMAP"
    r.es = static_cast<u16>(at >> 4);
    r.edi = at & 15;
    call_bios(&r);
    if (r.carry() || r.eax != 0x534D4150) return ram.count != 0;
    if (answer.type == usable) add_range(ram, answer.base, answer.length);
    if (r.ebx == 0) return true;
  }
  return true;
}

void query_sizes(RamRanges& ram) {
  BiosRegisters r;
  r.vector = 0x12;
  call_bios(&r);
  add_range(ram, 0, (r.eax & 0xFFFF) * 1024);
  r.vector = 0x15;
  r.eax = 0x8800;
  call_bios(&r);
  if (!r.carry()) add_range(ram, memory_map::extended, (r.eax & 0xFFFF) * 1024);
}

void add(LoaderParameterBlock& block, u32 base, u32 end, MemoryDescriptor::Type type) {
  if (base >= end || block.memory_descriptor_count == block.max_memory_descriptors) return;
  block.memory[block.memory_descriptor_count++] = {base, end - base, type};
}

}  // namespace

void query_memory(RamRanges& ram) {
  ram.count = 0;
  if (!query_address_map(ram)) query_sizes(ram);
}

u32 extended_memory_end(const RamRanges& ram) {
  for (u32 i = 0; i < ram.count; ++i) {
    if (ram.range[i].base == memory_map::extended) return memory_map::extended + ram.range[i].size;
  }
  return memory_map::extended;
}

void describe_memory(const RamRanges& ram, LoaderParameterBlock& block) {
  const struct {
    u32 base, end;
    MemoryDescriptor::Type type;
  } uses[] = {
      {0, granule, MemoryDescriptor::Firmware},
      {LOADER_DATA, LOADER_END, MemoryDescriptor::LoaderTemporary},
      {block.kernel_base, round_up(block.kernel_base + block.kernel_size),
       MemoryDescriptor::KernelImage},
  };
  for (u32 i = 0; i < ram.count; ++i) {
    u32 at = ram.range[i].base;
    const u32 end = at + ram.range[i].size, whole = end & ~(granule - 1);
    for (const auto& use : uses) {
      if (use.end <= at || use.base >= whole) continue;
      add(block, at, use.base, MemoryDescriptor::Free);
      add(block, use.base, use.end < whole ? use.end : whole, use.type);
      at = use.end;
    }
    add(block, round_up(at), whole, MemoryDescriptor::Free);
    if (end < memory_map::conventional_end) {  // the BIOS keeps the rest of base memory
      add(block, whole, memory_map::conventional_end, MemoryDescriptor::Firmware);
    }
  }
}

}  // namespace loader
