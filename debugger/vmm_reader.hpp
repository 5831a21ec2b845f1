// Reads the memory manager's structures one by one, with the offsets of the kernel's data block.
// The guest is not trusted: every list and tree has a bound.
#pragma once

#include <vector>

#include "debugger/vmm_snapshot.hpp"

namespace faultline {

class VmmReader {
 public:
  VmmReader(const GuestMemory& memory, const arch::DebuggerData& data)
      : memory_(memory), data_(data), mm_(data.mm) {}

  /// False once something led out of memory or out of bounds; what was read is then not all.
  bool complete() const { return complete_; }

  arch::u32 dword(arch::u32 at);
  std::vector<arch::u32> dwords(arch::u32 at, arch::u32 count);
  std::vector<arch::u32> page(arch::u32 frame);

  /// Those with a working set, and the system's.
  std::vector<arch::u32> processes();
  AddressSpaceView space(arch::u32 process);
  /// In order of addresses.
  std::vector<RegionView> regions_of(arch::u32 process);

  std::vector<FrameView> frames();  // of all memory
  FrameView frame(arch::u32 number);
  PageListView list(arch::u32 head);

  std::vector<PagingFileView> paging_files();
  std::vector<SegmentView> segments();
  /// Of data files, which grow by subsections.
  void file_segments(std::vector<SegmentView>& to);

  /// Of the kernel's half, as a directory knows it, or through the self-map.
  void kernel_pages(arch::u32 base, arch::u32 size, const std::vector<arch::u32>& directory,
                    std::vector<PteView>& to);
  void kernel_pages(arch::u32 base, arch::u32 size, std::vector<PteView>& to);

 private:
  bool is_being_read(arch::u32 frame);
  void prototypes(SegmentView& segment);
  static void entries(const std::vector<arch::u32>& table, arch::u32 base, arch::u32 frame,
                      std::vector<PteView>& to);
  void regions(arch::u32 node, std::vector<RegionView>& to, unsigned level);
  FrameView frame(const arch::u32* raw) const;

  const GuestMemory& memory_;
  const arch::DebuggerData& data_;
  const arch::MemoryManagerData& mm_;
  bool complete_ = true;
};

}  // namespace faultline
