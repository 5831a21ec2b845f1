// The physical address space off the fast path: mappings, devices, straddles, watches.
#include "mmu/physical_memory.hpp"

#include <algorithm>
#include <stdexcept>

namespace faultline {

namespace {

void require(bool condition, const char* what) {
  if (!condition) throw std::invalid_argument(what);
}

constexpr u32 all_ones(unsigned bytes) { return low_bits(8 * bytes); }

}  // namespace

PhysicalMemory::PhysicalMemory(u32 ram_bytes, unsigned address_lines)
    : ram_size_((require(ram_bytes >= min_ram && ram_bytes <= max_ram && ram_bytes % min_ram == 0,
                         "RAM must be 1 to 256 whole megabytes"),
                 ram_bytes)),
      lines_(low_bits(address_lines)),
      a20_mask_(lines_),
      ram_(ram_bytes),
      tables_(2 * granules * sizeof(u8*)),
      readable_(tables_.as<u8*>()),
      writable_(readable_ + granules),
      watchers_(ram_bytes >> granule_shift) {
  for (u32 granule = 0; granule < ram_bytes >> granule_shift; ++granule) {
    const u32 address = granule << granule_shift;
    if (address >= memory_map::conventional_end && address < memory_map::extended) continue;
    map_granule(granule, ram_.as<u8>() + address, ram_.as<u8>() + address);
  }
}

void PhysicalMemory::map_granule(u32 granule, u8* readable, u8* writable) {
  if (granule < watchers_.size()) watchers_[granule] = 0;
  readable_[granule] = readable;
  writable_[granule] = writable;
}

void PhysicalMemory::map_rom(PhysicalAddress base, std::span<const u8> image) {
  require(offset(base.value) == 0 && !image.empty() && image.size() % granule_size == 0 &&
              image.size() - 1 <= ~base.value,
          "a ROM must fill whole 4 KB granules below 4 GB");
  u8* bytes = roms_.emplace_back(image.begin(), image.end()).data();
  const u32 first = base.value >> granule_shift;
  const u32 count = static_cast<u32>(image.size() >> granule_shift);
  for (u32 i = 0; i < count; ++i) map_granule(first + i, bytes + (i << granule_shift), nullptr);
  map_changed();
}

void PhysicalMemory::map_device(PhysicalAddress base, u32 size, MmioDevice& device) {
  require(offset(base.value) == 0 && size != 0 && offset(size) == 0 && size - 1 <= ~base.value,
          "a device must fill whole 4 KB granules below 4 GB");
  const u32 first = base.value >> granule_shift, last = first + (size >> granule_shift) - 1;
  for (u32 granule = first; granule <= last; ++granule) map_granule(granule, nullptr, nullptr);
  devices_.push_back({first, last, &device});
  map_changed();
}

void PhysicalMemory::set_a20(bool open) {
  const u32 mask = open ? lines_ : lines_ & ~(u32{1} << 20);
  if (mask == a20_mask_) return;
  a20_mask_ = mask;
  map_changed();
}

void PhysicalMemory::map_changed() {
  for (MapListener* listener : map_listeners_) listener->on_map_change();
}

const PhysicalMemory::DeviceRange* PhysicalMemory::device_at(u32 granule) const {
  const auto found = std::find_if(devices_.rbegin(), devices_.rend(), [&](const DeviceRange& d) {
    return granule >= d.first_granule && granule <= d.last_granule;
  });
  return found == devices_.rend() ? nullptr : &*found;
}

u32 PhysicalMemory::read_slow(PhysicalAddress address, unsigned bytes) {
  if (offset(address.value) + bytes > granule_size) {  // each byte by its own granule
    u32 value = 0;
    for (unsigned i = 0; i < bytes; ++i) value |= u32{read<u8>(address + i)} << (8 * i);
    return value;
  }
  const u32 at = address.value & a20_mask_;
  const DeviceRange* range = device_at(at >> granule_shift);
  if (range == nullptr) return all_ones(bytes);
  return range->device->mmio_read(at - (range->first_granule << granule_shift), bytes) &
         all_ones(bytes);
}

void PhysicalMemory::write_slow(PhysicalAddress address, unsigned bytes, u32 value) {
  if (offset(address.value) + bytes > granule_size) {
    for (unsigned i = 0; i < bytes; ++i) write<u8>(address + i, static_cast<u8>(value >> (8 * i)));
    return;
  }
  const u32 at = address.value & a20_mask_, granule = at >> granule_shift;
  if (code_watched(granule)) {
    std::memcpy(readable_[granule] + offset(at), &value, bytes);
    for (CodeListener* listener : code_listeners_) listener->on_code_write({at}, bytes);
  } else if (readable_[granule] == nullptr) {
    if (const DeviceRange* range = device_at(granule)) {
      range->device->mmio_write(at - (range->first_granule << granule_shift), bytes,
                                value & all_ones(bytes));
    }
  }
}

void PhysicalMemory::read_bytes(PhysicalAddress address, std::span<u8> to) const {
  for (std::size_t i = 0; i < to.size(); ++i) {
    const PhysicalAddress at = address + static_cast<u32>(i);
    const u8* page = host_page_for_read(at);
    to[i] = page == nullptr ? 0xFF : page[offset(at.value)];
  }
}

void PhysicalMemory::write_bytes(PhysicalAddress address, std::span<const u8> from) {
  for (std::size_t i = 0; i < from.size(); ++i) {
    const PhysicalAddress at = address + static_cast<u32>(i);
    if (readable_[granule_of(at)] != nullptr) write<u8>(at, from[i]);
  }
}

void PhysicalMemory::watch_code(u32 granule) {
  if (!code_watched(granule) && writable_[granule] == nullptr) return;
  if (watchers_[granule]++ != 0) return;
  writable_[granule] = nullptr;
  map_changed();
}

void PhysicalMemory::unwatch_code(u32 granule) {
  if (!code_watched(granule) || --watchers_[granule] != 0) return;
  writable_[granule] = readable_[granule];
  map_changed();
}

bool PhysicalMemory::code_watched(u32 granule) const {
  return granule < watchers_.size() && watchers_[granule] != 0;
}

}  // namespace faultline
