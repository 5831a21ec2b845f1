// Memory sizes from CMOS, the E820 map, the free-running timer.
#include "firmware/system_memory.hpp"

#include "arch/ports.hpp"
#include "firmware/bios_data.hpp"
#include "firmware/processor.hpp"

namespace firmware {

u32 base_kilobytes() { return cmos_read_word(cmos::base_memory_low); }

u32 extended_kilobytes() {
  const u32 above_16m = cmos_read_word(cmos::extended_64k_low);
  if (above_16m != 0) return 15 * 1024 + above_16m * 64;
  return cmos_read_word(cmos::extended_memory_low);
}

bool memory_range(u32 index, MemoryRange& range) {
  constexpr u32 rom_size = 0x10000;
  // Field by field: an aggregate would be a constant copied from the ROM through DS.
  const auto set = [&range](u32 base, u32 size, bool usable) {
    range.base = base;
    range.size = size;
    range.usable = usable;
    return true;
  };
  switch (index) {
    case 0:
      return set(0, ebda::linear, true);
    case 1:
      return set(ebda::linear, memory_map::conventional_end - ebda::linear, false);
    case 2:
      return set(memory_map::rom_end - rom_size, rom_size, false);
    case 3:
      return set(0u - rom_size, rom_size, false);
    case 4:
      return set(memory_map::extended, extended_kilobytes() * 1024, true);
    default:
      return false;
  }
}

u16 read_timer() {
  outb(port::pit_control, 0x00);  // latch counter 0
  const u8 low = inb(port::pit_counter0);
  return static_cast<u16>(low | inb(port::pit_counter0) << 8);
}

}  // namespace firmware
