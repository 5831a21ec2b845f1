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

PhysicalMemory::PhysicalMemory()
    : tables_(2 * granules * sizeof(u8*)),
      readable_(tables_.as<u8*>()),
      writable_(readable_ + granules) {}

PhysicalMemory::PhysicalMemory(u32 ram_bytes, unsigned address_lines) : PhysicalMemory() {
  require(ram_bytes >= min_ram && ram_bytes <= max_ram && ram_bytes % min_ram == 0,
          "RAM must be 1 to 256 whole megabytes");
  ram_size_ = ram_bytes;
  lines_ = a20_mask_ = low_bits(address_lines);
  u8* bytes = ram_.emplace(ram_bytes).as<u8>();
  map_memory({0}, {bytes, memory_map::conventional_end}, Stores::Taken);
  if (ram_bytes > memory_map::extended)
    map_memory({memory_map::extended},
               {bytes + memory_map::extended, ram_bytes - memory_map::extended}, Stores::Taken);
}

void PhysicalMemory::map_granule(u32 granule, u8* readable, u8* writable) {
  if (granule < watchers_.size()) watchers_[granule] = 0;
  readable_[granule] = readable;
  writable_[granule] = writable;
}

void PhysicalMemory::map_memory(PhysicalAddress base, std::span<u8> bytes, Stores stores) {
  require(offset(base.value) == 0 && !bytes.empty() && bytes.size() % granule_size == 0 &&
              bytes.size() - 1 <= ~base.value,
          "memory must fill whole 4 KB granules below 4 GB");
  const u32 first = base.value >> granule_shift;
  const u32 count = static_cast<u32>(bytes.size() >> granule_shift);
  const bool ram = stores == Stores::Taken;
  if (ram && watchers_.size() < first + count) watchers_.resize(first + count);
  for (u32 i = 0; i < count; ++i) {
    u8* granule = bytes.data() + (std::size_t{i} << granule_shift);
    map_granule(first + i, granule, ram ? granule : nullptr);
  }
  map_changed();
}

void PhysicalMemory::map_rom(PhysicalAddress base, std::span<const u8> image) {
  std::vector<u8> copy(image.begin(), image.end());
  map_memory(base, copy, Stores::Ignored);
  roms_.push_back(std::move(copy));  // which leaves the bytes where they are
}

void PhysicalMemory::map_device(PhysicalAddress base, u32 size, MmioDevice& device) {
  require(offset(base.value) == 0 && size != 0 && offset(size) == 0 && size - 1 <= ~base.value,
          "a device must fill whole 4 KB granules below 4 GB");
  const u32 first = base.value >> granule_shift, last = first + (size >> granule_shift) - 1;
  for (u32 granule = first; granule <= last; ++granule) map_granule(granule, nullptr, nullptr);
  devices_.push_back({first, last, &device});
  map_changed();
}

void PhysicalMemory::unmap(PhysicalAddress base, u32 size) {
  require(offset(base.value) == 0 && size != 0 && offset(size) == 0 && size - 1 <= ~base.value,
          "what is unmapped must be whole 4 KB granules below 4 GB");
  const u32 first = base.value >> granule_shift, last = first + (size >> granule_shift) - 1;
  for (u32 granule = first; granule <= last; ++granule) map_granule(granule, nullptr, nullptr);
  std::erase_if(devices_, [&](const DeviceRange& d) {
    return d.first_granule >= first && d.last_granule <= last;
  });
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
