// The guest's operating system at a pause: the kernel's data block, memory as any of its processes
// sees it, and what the TLB holds. Reading changes nothing.
#pragma once

#include <optional>
#include <span>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "cpu/engine.hpp"
#include "debugger/machine_memory.hpp"
#include "debugger/vmm_reader.hpp"

namespace faultline::nt {

using arch::u32;
using PageGeometry = arch::Geometry<arch::Paging>;

/// The guest has no such thing, or not yet; one line.
struct NtError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A valid entry of a TLB and where it stands.
struct TlbLine {
  std::string_view part;  // "data", "instruction"; "" of a TLB that serves both
  u32 set = 0, way = 0;
  u32 page = 0, frame = 0;  // first byte; number
  bool dirty = false, user = false, writable = false;
};

/// The set that an address belongs to, of each TLB there is.
struct TlbSet {
  std::string_view part;
  u32 set = 0;
  std::vector<TlbLine> lines;  // of that very page: one at most
};

/// The entries of a directory and its page tables decide, not CR3: the memory of any process, read
/// through the kernel's view of all of memory.
class SpaceMemory final : public GuestMemory {
 public:
  SpaceMemory(const GuestMemory& kernel, u32 directory) : kernel_(kernel), directory_(directory) {}
  bool read(u32 linear, std::span<arch::u8> to) const override;
  u32 directory() const { return directory_; }
  /// Nothing where the entry itself can't be read.
  std::optional<u32> pde(u32 linear) const;
  std::optional<u32> pte(u32 linear) const;  // nothing, too, when the PDE is not valid

 private:
  const GuestMemory& kernel_;
  u32 directory_;  // frame
};

class NtSystem {
 public:
  /// `memory` is what the processor sees now, and outlives the system. Throws NtError while the
  /// kernel has not made its data block.
  NtSystem(const GuestMemory& memory, u32 data_block);
  /// With the TLB of that machine.
  NtSystem(const GuestMemory& memory, u32 data_block, const CpuContext& cpu);

  const GuestMemory& memory() const { return memory_; }
  const arch::DebuggerData& data() const { return objects_.data(); }
  const arch::MemoryManagerData& mm() const { return objects_.data().mm; }
  const KernelObjects& objects() const { return objects_; }
  VmmReader reader() const { return VmmReader(memory_, data()); }

  /// What runs now; the system's before there are threads.
  std::optional<ProcessView> current_process() const;
  /// By the address of its object or by its id; nothing when there is none.
  std::optional<ProcessView> find_process(u32 address_or_id) const;
  std::vector<ProcessView> processes() const { return objects_.active_processes(); }

  /// The current address space, whatever is in CR3; that of a process.
  SpaceMemory space() const;
  SpaceMemory space(const ProcessView& process) const;
  bool is_current(const SpaceMemory& space) const;

  std::vector<TlbSet> tlb(u32 address) const;

  /// MMPFN; nothing for a frame that memory has not.
  std::optional<FrameView> frame(u32 number) const;
  u32 highest_frame() const { return memory_.dword(mm().highest_physical_page).value_or(0); }

 private:
  static KernelObjects open(const GuestMemory& memory, u32 data_block);

  const GuestMemory& memory_;
  KernelObjects objects_;
  const CpuContext* cpu_ = nullptr;
};

}  // namespace faultline::nt
