// The physical address space: RAM, ROM, devices and nothing, in granules of 4 KB whatever the
// paging scheme. Every 32-bit address is answered; no access leaves the space.
#pragma once

#include <concepts>
#include <cstring>
#include <optional>
#include <span>
#include <vector>

#include "arch/ports.hpp"
#include "mmu/clock.hpp"
#include "mmu/host_memory.hpp"

namespace faultline {

/// A device with registers or memory in the physical address space. `offset` counts from the base
/// of its range, `bytes` is 1, 2 or 4; an access never runs past the end of its 4 KB granule.
class MmioDevice {
 public:
  virtual ~MmioDevice() = default;
  virtual u32 mmio_read(u32 offset, unsigned bytes) = 0;
  virtual void mmio_write(u32 offset, unsigned bytes, u32 value) = 0;
};

/// Told after bytes were stored into a watched granule; may watch and unwatch granules. Of a store
/// that crosses a granule it is told byte by byte. `address` has A20 applied.
class CodeListener {
 public:
  virtual ~CodeListener() = default;
  virtual void on_code_write(PhysicalAddress address, unsigned bytes) = 0;
};

/// Told after anything changed that a host pointer may have been derived from: the A20 gate, a code
/// watch, a mapping.
class MapListener {
 public:
  virtual ~MapListener() = default;
  virtual void on_map_change() = 0;
};

template <class T>
concept BusWidth = std::same_as<T, u8> || std::same_as<T, u16> || std::same_as<T, u32>;

class PhysicalMemory {
 public:
  static constexpr unsigned granule_shift = 12;
  static constexpr u32 granule_size = u32{1} << granule_shift;
  static constexpr u32 min_ram = 1u << 20, max_ram = 256u << 20;

  /// RAM of `ram_bytes` (1 to 256 MB, whole megabytes), less the hole at A0000-FFFFF, on a bus of
  /// `address_lines`. Throws std::invalid_argument on another size.
  explicit PhysicalMemory(u32 ram_bytes, unsigned address_lines = 32);

  /// A space with nothing in it yet.
  PhysicalMemory();

  u32 ram_size() const { return ram_size_; }
  /// Its RAM from address 0, what a ROM or a device hides included; empty where it has none of its
  /// own. Whoever stores here makes a new engine: nobody is told.
  std::span<u8> ram() const {
    return ram_ ? std::span(ram_->as<u8>(), ram_size_) : std::span<u8>();
  }

  /// Maps RAM, or a ROM, whose bytes are the caller's and stay so while they are mapped. Whole
  /// granules.
  enum class Stores : u8 { Taken, Ignored };
  void map_memory(PhysicalAddress base, std::span<u8> bytes, Stores stores);
  /// Maps a copy of `image` at `base`; writes to it are ignored. Both in whole granules. A later
  /// mapping hides an earlier one; RAM is hidden too.
  void map_rom(PhysicalAddress base, std::span<const u8> image);
  /// Maps a device, which must outlive the memory, over [base, base + size), in whole granules.
  void map_device(PhysicalAddress base, u32 size, MmioDevice& device);

  /// Leaves nothing mapped in [base, base + size), whole granules; a device that lies inside is let
  /// go. Whoever has decoded code from there must drop it himself.
  void unmap(PhysicalAddress base, u32 size);

  /// The A20 gate; open at construction. While it is closed, address line 20 is low.
  void set_a20(bool open);
  bool a20() const { return a20_mask_ == lines_; }

  /// Little-endian, at any alignment. Where nothing is mapped reads are all ones, writes are lost.
  template <BusWidth T>
  T read(PhysicalAddress address) {
    const u32 at = address.value & a20_mask_;
    const u8* page = readable_[at >> granule_shift];
    if (page != nullptr && fits<T>(at)) [[likely]] {
      T value;
      std::memcpy(&value, page + offset(at), sizeof(T));
      return value;
    }
    return static_cast<T>(read_slow(address, sizeof(T)));
  }
  template <BusWidth T>
  void write(PhysicalAddress address, T value) {
    const u32 at = address.value & a20_mask_;
    u8* page = writable_[at >> granule_shift];
    if (page != nullptr && fits<T>(at)) [[likely]] {
      std::memcpy(page + offset(at), &value, sizeof(T));
      return;
    }
    write_slow(address, sizeof(T), value);
  }

  /// For loaders and debuggers. No device sees these: its bytes read FFh and take no writes. A
  /// watched granule still tells its listeners; ROM keeps its contents.
  void read_bytes(PhysicalAddress address, std::span<u8> to) const;
  void write_bytes(PhysicalAddress address, std::span<const u8> from);

  /// First byte of the granule that holds `address`, where the host may read (RAM, ROM) or write
  /// (RAM that is not watched) it directly; null elsewhere. Good until the next on_map_change.
  const u8* host_page_for_read(PhysicalAddress address) const {
    return readable_[(address.value & a20_mask_) >> granule_shift];
  }
  u8* host_page_for_write(PhysicalAddress address) const {
    return writable_[(address.value & a20_mask_) >> granule_shift];
  }

  /// The address as it appears on the bus: on the lines there are, A20 applied.
  PhysicalAddress bus_address(PhysicalAddress address) const { return {address.value & a20_mask_}; }
  /// The granule number under which code at `address` is watched: A20 is applied.
  u32 granule_of(PhysicalAddress address) const {
    return (address.value & a20_mask_) >> granule_shift;
  }
  /// Watches stores into a granule of RAM; elsewhere there is nothing to watch (ROM never changes,
  /// and a device's bytes must not be cached). Watches count: each stays until it is taken off.
  void watch_code(u32 granule);
  void unwatch_code(u32 granule);
  bool code_watched(u32 granule) const;

  void add_listener(CodeListener& listener) { code_listeners_.push_back(&listener); }
  void remove_listener(CodeListener& listener) { std::erase(code_listeners_, &listener); }
  void add_listener(MapListener& listener) { map_listeners_.push_back(&listener); }
  void remove_listener(MapListener& listener) { std::erase(map_listeners_, &listener); }

 private:
  struct DeviceRange {
    u32 first_granule, last_granule;
    MmioDevice* device;
  };

  static constexpr u32 granules = u32{1} << (32 - granule_shift);
  static constexpr u32 offset(u32 address) { return address & (granule_size - 1); }
  template <BusWidth T>
  static constexpr bool fits(u32 address) {
    return sizeof(T) == 1 || offset(address) <= granule_size - sizeof(T);
  }

  u32 read_slow(PhysicalAddress address, unsigned bytes);
  void write_slow(PhysicalAddress address, unsigned bytes, u32 value);
  const DeviceRange* device_at(u32 granule) const;
  void map_granule(u32 granule, u8* readable, u8* writable);
  void map_changed();

  u32 ram_size_ = 0;
  u32 lines_ = ~u32{0};     // the address lines there are
  u32 a20_mask_ = ~u32{0};  // and those among them that the gate passes
  std::optional<HostMemory> ram_;
  HostMemory tables_;          // one pointer a granule of the whole space: readable, then writable
  u8** readable_;              // null: not memory
  u8** writable_;              // null: not memory, ROM, or watched
  std::vector<u16> watchers_;  // by granule, up to the last of RAM
  std::vector<std::vector<u8>> roms_;
  std::vector<DeviceRange> devices_;  // the last that covers a granule answers
  std::vector<CodeListener*> code_listeners_;
  std::vector<MapListener*> map_listeners_;
};

}  // namespace faultline
