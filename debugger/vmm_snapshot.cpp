// The material of the checks: everything the memory manager has in memory at one moment.
#include "debugger/vmm_snapshot.hpp"

#include <algorithm>

#include "debugger/vmm_reader.hpp"

namespace faultline {

using namespace arch;

using PageGeometry = Geometry<Paging>;

bool in_transition(const MemoryManagerData& layout, u32 pte) {
  return !Paging::decode(pte).present && (pte & layout.pte_prototype) == 0 &&
         (pte & layout.pte_transition) != 0;
}

bool VmmSnapshot::in_transition(const PteView& pte) const {
  return faultline::in_transition(layout, pte.pte);
}

const PteView* VmmSnapshot::prototype_at(u32 address) const {
  for (const SegmentView& segment : segments) {
    if (address - segment.first >= segment.count * PageGeometry::entry_size) continue;
    const auto at =
        std::lower_bound(segment.prototypes.begin(), segment.prototypes.end(), address,
                         [](const PteView& pte, u32 wanted) { return pte.pte_address < wanted; });
    const bool found = at != segment.prototypes.end() && at->pte_address == address;
    return found ? &*at : nullptr;
  }
  return nullptr;
}

u32 VmmSnapshot::slot_of(const AddressSpaceView& space, u32 page) {
  for (u32 slot = 0; slot < space.working_set.size(); ++slot) {
    const u32 entry = space.working_set[slot];
    if ((entry & MemoryManagerData::wsle_valid) != 0 &&
        entry >> MemoryManagerData::wsle_page_shift == page) {
      return slot;
    }
  }
  return no_slot;
}

std::optional<VmmSnapshot> take_vmm_snapshot(const GuestMemory& memory, u32 data_block) {
  const auto objects = KernelObjects::find(memory, data_block);
  if (!objects) return std::nullopt;
  const DebuggerData& data = objects->data();
  VmmReader reader(memory, data);
  VmmSnapshot snapshot;
  snapshot.layout = data.mm;
  snapshot.frames = reader.frames();
  for (unsigned i = 0; i < snapshot.lists.size(); ++i) {
    snapshot.lists[i] = reader.list(data.mm.page_lists[i]);
  }
  for (const u32 process : reader.processes()) snapshot.spaces.push_back(reader.space(process));
  snapshot.segments = reader.segments();
  reader.file_segments(snapshot.segments);
  reader.kernel_pages(data.mm.pool, data.mm.pool_size, snapshot.kernel_pages);
  reader.kernel_pages(data.mm.system_ptes, data.mm.system_ptes_size, snapshot.kernel_pages);
  snapshot.paging_files = reader.paging_files();
  if (data.mm.paging_files != 0) {
    snapshot.lost_page_file_pages = reader.dword(data.mm.lost_page_file_pages);
  }
  snapshot.committed_pages = reader.dword(data.mm.total_committed_pages);
  if (!reader.complete()) return std::nullopt;
  return snapshot;
}

}  // namespace faultline
