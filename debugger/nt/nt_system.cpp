// Address spaces and the objects to start from.
#include "debugger/nt/nt_system.hpp"

#include <algorithm>

#include "arch/loader_parameter_block.hpp"

namespace faultline::nt {

using arch::u8;

std::optional<u32> SpaceMemory::pde(u32 linear) const {
  return kernel_.dword(arch::kernel_segment_base + (directory_ << PageGeometry::page_shift) +
                       PageGeometry::directory_index(linear) * PageGeometry::entry_size);
}

std::optional<u32> SpaceMemory::pte(u32 linear) const {
  const auto directory_entry = pde(linear);
  if (!directory_entry || !arch::Paging::decode(*directory_entry).present) return std::nullopt;
  return kernel_.dword(arch::kernel_segment_base +
                       (arch::Paging::decode(*directory_entry).frame << PageGeometry::page_shift) +
                       PageGeometry::table_index(linear) * PageGeometry::entry_size);
}

bool SpaceMemory::read(u32 linear, std::span<u8> to) const {
  while (!to.empty()) {
    const u32 offset = linear & PageGeometry::offset_mask;
    const std::size_t size = std::min<std::size_t>(to.size(), PageGeometry::page_size - offset);
    const auto entry = pte(linear);
    if (!entry || !arch::Paging::decode(*entry).present) return false;
    const u32 at = arch::kernel_segment_base +
                   (arch::Paging::decode(*entry).frame << PageGeometry::page_shift) + offset;
    if (!kernel_.read(at, to.first(size))) return false;
    to = to.subspan(size);
    linear += static_cast<u32>(size);
  }
  return true;
}

KernelObjects NtSystem::open(const GuestMemory& memory, u32 data_block) {
  auto objects = KernelObjects::find(memory, data_block);
  if (!objects) throw NtError("the guest's kernel is not in memory (yet)");
  return *objects;
}

NtSystem::NtSystem(const GuestMemory& memory, u32 data_block)
    : memory_(memory), objects_(open(memory, data_block)) {}

NtSystem::NtSystem(const GuestMemory& memory, u32 data_block, const CpuContext& cpu)
    : NtSystem(memory, data_block) {
  cpu_ = &cpu;
}

std::optional<ProcessView> NtSystem::current_process() const {
  const auto thread = objects_.current_thread();
  return thread ? objects_.process_of(*thread) : std::nullopt;
}

std::optional<ProcessView> NtSystem::find_process(u32 wanted) const {
  for (const ProcessView& process : processes()) {
    if (process.address == wanted || process.id == wanted) return process;
  }
  return std::nullopt;
}

SpaceMemory NtSystem::space() const {
  const u32 self = memory_.dword(PageGeometry::pde_address(PageGeometry::page_table_base))
                       .value_or(0);  // the directory's entry for itself
  return {memory_, arch::Paging::decode(self).frame};
}

SpaceMemory NtSystem::space(const ProcessView& process) const {
  const u32 base = memory_.dword(process.address + mm().process_directory_base).value_or(0);
  return {memory_, PageGeometry::page_of(base)};
}

bool NtSystem::is_current(const SpaceMemory& other) const {
  return space().directory() == other.directory();
}

std::vector<TlbSet> NtSystem::tlb(u32 address) const {
  std::vector<TlbSet> found;
  if (cpu_ == nullptr) return found;
  using Buffers = std::remove_cvref_t<decltype(cpu_->mmu.tlb)>;
  cpu_->mmu.tlb.for_each([&](const auto& tlb) {
    using Tlb = std::remove_cvref_t<decltype(tlb)>;
    TlbSet of{"", Tlb::set_of({address}), {}};
    if constexpr (Buffers::split) of.part = found.empty() ? "data" : "instruction";
    if (const TlbEntry* entry = tlb.probe({address})) {
      of.lines.push_back({of.part, of.set, tlb.way_of(*entry), entry->page.value,
                          PageGeometry::page_of(entry->frame.value), entry->dirty, entry->user,
                          entry->writable});
    }
    found.push_back(std::move(of));
  });
  return found;
}

std::optional<FrameView> NtSystem::frame(u32 number) const {
  VmmReader from = reader();
  const FrameView view = from.frame(number);
  return from.complete() ? std::optional(view) : std::nullopt;
}

}  // namespace faultline::nt
