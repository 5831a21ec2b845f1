// What memory holds, seen without side effects: no TLB use, no A or D, no device, no fault.
#pragma once

#include <optional>
#include <span>

#include "mmu/page_walker.hpp"

namespace faultline {

/// The debugger's view through the page tables in memory (not the TLB, which may be stale).
template <PagingScheme P>
class Peek {
 public:
  Peek(const PagingRegisters& registers, const PhysicalMemory& memory)
      : registers_(registers), memory_(memory) {}

  bool paging() const { return registers_.paging(); }

  /// The entries on the way to `address`; meaningful while paging is on.
  PageTablePath path(LinearAddress address) const {
    return PageWalker<P>::examine(memory_, registers_.cr3, address);
  }

  /// The physical address of a present page's byte, whatever its rights.
  std::optional<PhysicalAddress> translate(LinearAddress address) const {
    if (!registers_.paging()) return PhysicalAddress{address.value};
    const PageTablePath entries = path(address);
    const PageEntry pde = P::decode(entries.pde), pte = P::decode(entries.pte);
    if (!pde.present || !pte.present) return std::nullopt;
    return PageWalker<P>::frame_address(pte.frame) +
           (address.value & arch::Geometry<P>::offset_mask);
  }

  /// Reads as many bytes as lie in present pages, and returns how many. A device's read FFh.
  std::size_t read(LinearAddress address, std::span<u8> to) const {
    for (std::size_t done = 0; done < to.size(); ++done) {
      const auto at = translate(address + static_cast<u32>(done));
      if (!at) return done;
      memory_.read_bytes(*at, to.subspan(done, 1));
    }
    return to.size();
  }

  template <BusWidth T>
  std::optional<T> read(LinearAddress address) const {
    u8 raw[sizeof(T)];
    if (read(address, raw) != sizeof(T)) return std::nullopt;
    T value;
    std::memcpy(&value, raw, sizeof(T));
    return value;
  }

 private:
  const PagingRegisters& registers_;
  const PhysicalMemory& memory_;
};

}  // namespace faultline
