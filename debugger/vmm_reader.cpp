// Walks over the memory manager's structures.
#include "debugger/vmm_reader.hpp"

#include <algorithm>

#include "arch/loader_parameter_block.hpp"

namespace faultline {

using namespace arch;

namespace {

using PageGeometry = Geometry<Paging>;
constexpr u32 user_tables = PageGeometry::directory_index(kernel_segment_base);
constexpr u32 process_bound = 1024, region_bound = 1 << 16, area_bound = 1 << 16,
              paging_file_bound = 16;
constexpr u32 frame_bound = 1u << (32 - PageGeometry::page_shift);

}  // namespace

u32 VmmReader::dword(u32 at) {
  const auto value = memory_.dword(at);
  if (!value) complete_ = false;
  return value.value_or(0);
}

std::vector<u32> VmmReader::dwords(u32 at, u32 count) {
  std::vector<u32> values(count);
  if (!memory_.read(at, {reinterpret_cast<u8*>(values.data()), count * sizeof(u32)})) {
    complete_ = false;
  }
  return values;
}

std::vector<u32> VmmReader::processes() {
  std::vector<u32> found;
  const u32 head = mm_.working_set_expansion_head;
  for (u32 link = dword(head); link != head && complete_; link = dword(link)) {
    if (found.size() == process_bound) complete_ = false;
    found.push_back(link - mm_.process_working_set_links);
  }
  return found;
}

std::vector<FrameView> VmmReader::frames() {
  const u32 database = dword(mm_.pfn_database), highest = dword(mm_.highest_physical_page);
  if (highest >= frame_bound || mm_.pfn_size == 0 || mm_.pfn_size % 4 != 0) complete_ = false;
  if (!complete_) return {};
  const std::vector<u32> raw = dwords(database, (highest + 1) * (mm_.pfn_size / 4));
  std::vector<FrameView> views;
  for (u32 i = 0; i <= highest; ++i) views.push_back(frame(&raw[i * (mm_.pfn_size / 4)]));
  return views;
}

PageListView VmmReader::list(u32 head) {
  if (head == 0) return {};
  return {dword(head), dword(head + 8), dword(head + 12)};
}

AddressSpaceView VmmReader::space(u32 process) {
  AddressSpaceView view;
  view.process = {
      process, dword(process + data_.process_unique_id),
      memory_.text(process + data_.process_image_file_name, DebuggerData::image_file_name_size)};
  view.system = process == mm_.system_working_set;
  if (view.system) view.process = {process, 0, "paged pool"};
  view.directory = view.system ? dword(mm_.system_directory)
                               : PageGeometry::page_of(dword(process + mm_.process_directory_base));
  view.commit_charge = dword(process + mm_.process_commit_charge);
  if (const u32 minimum = mm_.process_committed_minimum; minimum != 0) {
    view.committed_minimum = dword(process + minimum);
  }
  view.working_set_size = dword(process + mm_.process_working_set_size);
  view.locked_pages = dword(process + mm_.process_locked_pages);
  view.first_free = dword(process + mm_.process_working_set_first_free);
  const u32 slots = dword(process + mm_.process_working_set_slots);
  if (slots > VmmSnapshot::no_slot) complete_ = false;
  if (!complete_) return view;
  view.working_set = dwords(dword(process + mm_.process_working_set_entries), slots);
  const std::vector<u32> directory = page(view.directory);
  for (u32 i = user_tables; i < directory.size() && i < PageGeometry::directory_entries; ++i) {
    const u32 base = i << PageGeometry::directory_shift;
    view.kernel_half.push_back(
        {base, PageGeometry::pde_address(base), directory[i], view.directory});
  }
  if (view.system) kernel_pages(mm_.paged_pool, mm_.paged_pool_size, directory, view.pages);
  if (view.system) return view;
  view.regions = regions_of(process);
  for (u32 i = 0; i < user_tables; ++i) {
    if (directory[i] == 0) continue;
    const u32 base = i << PageGeometry::directory_shift;
    view.tables.push_back({base, PageGeometry::pde_address(base), directory[i], view.directory});
    const PageEntry pde = Paging::decode(directory[i]);
    if (pde.present) {
      entries(page(pde.frame), base, pde.frame, view.pages);
    } else if (in_transition(mm_, directory[i])) {
      entries(page(pde.frame), base, pde.frame, view.waiting_pages);
    }
    if (!pde.present && (!in_transition(mm_, directory[i]) || is_being_read(pde.frame))) {
      const u32 counts = process + mm_.process_used_page_table_entries;
      view.absent_entries += memory_.read_as<u16>(counts + i * 2).value_or(0);
    }
  }
  return view;
}

std::vector<RegionView> VmmReader::regions_of(u32 process) {
  std::vector<RegionView> found;
  regions(dword(process + mm_.process_vad_root), found, 0);
  return found;
}

std::vector<PagingFileView> VmmReader::paging_files() {
  std::vector<PagingFileView> found;
  if (mm_.paging_files == 0) return found;
  const u32 count = dword(mm_.paging_file_count);
  if (count > paging_file_bound) complete_ = false;
  for (u32 i = 0; i < count && complete_; ++i) {
    const u32 file = dword(mm_.paging_files + i * 4);
    PagingFileView view{
        dword(file + mm_.paging_file_size), dword(file + mm_.paging_file_free_space), {}};
    if (view.size == 0 || view.size > frame_bound) complete_ = false;
    if (!complete_) break;
    view.bitmap = dwords(dword(file + mm_.paging_file_bitmap), (view.size + 31) / 32);
    found.push_back(std::move(view));
  }
  return found;
}

std::vector<SegmentView> VmmReader::segments() {
  std::vector<SegmentView> found;
  const u32 head = mm_.control_areas;
  if (head == 0) return found;
  for (u32 area = dword(head); area != head && complete_; area = dword(area)) {
    if (found.size() == area_bound) complete_ = false;
    found.push_back({area,
                     dword(area + mm_.area_views),
                     dword(area + mm_.area_committed),
                     dword(area + mm_.area_prototypes),
                     dword(area + mm_.area_prototype_count),
                     {},
                     false});
    prototypes(found.back());
  }
  return found;
}

/// Of the kernel's half, as a directory knows it.
void VmmReader::kernel_pages(u32 base, u32 size, const std::vector<u32>& directory,
                             std::vector<PteView>& to) {
  for (u32 at = base; at - base < size && complete_; at += PageGeometry::bytes_per_table) {
    const PageEntry pde = Paging::decode(directory[PageGeometry::directory_index(at)]);
    if (pde.present) entries(page(pde.frame), at, pde.frame, to);
  }
}
/// Through the self-map.
void VmmReader::kernel_pages(u32 base, u32 size, std::vector<PteView>& to) {
  kernel_pages(base, size, dwords(PageGeometry::directory_base, PageGeometry::directory_entries),
               to);
}

/// Of data files, which grow by subsections.
void VmmReader::file_segments(std::vector<SegmentView>& to) {
  const u32 head = mm_.subsection_head;
  if (head == 0) return;
  for (u32 link = dword(head); link != head && complete_; link = dword(link)) {
    if (to.size() == area_bound) complete_ = false;
    const u32 area = dword(link + mm_.subsection_area);
    to.push_back({area,
                  dword(area + mm_.area_views),
                  0,
                  dword(link + mm_.subsection_base),
                  dword(link + mm_.subsection_ptes),
                  {},
                  true});
    prototypes(to.back());
  }
}

bool VmmReader::is_being_read(u32 frame) {
  const u32 pfn = dword(mm_.pfn_database) + frame * mm_.pfn_size;
  return (dword(pfn + mm_.pfn_reference_count) >> 16 & MemoryManagerData::pfn_read_in_progress) !=
         0;
}

void VmmReader::prototypes(SegmentView& segment) {
  if (segment.count > frame_bound) complete_ = false;
  if (!complete_) return;
  const std::vector<u32> entries = dwords(segment.first, segment.count);
  for (u32 i = 0; i < segment.count; ++i) {
    if (entries[i] == 0) continue;
    const u32 at = segment.first + i * PageGeometry::entry_size;
    const PageEntry table = Paging::decode(dword(PageGeometry::pte_address(at)));
    segment.prototypes.push_back({0, at, entries[i], table.frame});
  }
}

std::vector<u32> VmmReader::page(u32 frame) {
  return dwords(kernel_segment_base + (frame << PageGeometry::page_shift),
                PageGeometry::page_size / 4);
}

void VmmReader::entries(const std::vector<u32>& table, u32 base, u32 frame,
                        std::vector<PteView>& to) {
  for (u32 i = 0; i < table.size(); ++i) {
    const u32 address = base + (i << PageGeometry::page_shift);
    if (table[i] != 0) to.push_back({address, PageGeometry::pte_address(address), table[i], frame});
  }
}

void VmmReader::regions(u32 node, std::vector<RegionView>& to, unsigned level) {
  if (node == 0) return;
  if (level > 64 || to.size() > region_bound) complete_ = false;
  if (!complete_) return;
  regions(dword(node + mm_.vad_left), to, level + 1);
  const u32 flags = dword(node + mm_.vad_flags);
  to.push_back({dword(node), dword(node + 4), flags & MemoryManagerData::vad_commit_mask,
                dword(node + mm_.vad_control_area), dword(node + mm_.vad_first_prototype), node,
                flags, level});
  regions(dword(node + mm_.vad_right), to, level + 1);
}

FrameView VmmReader::frame(u32 number) {
  const u32 size = mm_.pfn_size / 4;
  if (number > dword(mm_.highest_physical_page) || size < 6) complete_ = false;
  if (!complete_) return {};
  return frame(dwords(dword(mm_.pfn_database) + number * mm_.pfn_size, size).data());
}

FrameView VmmReader::frame(const u32* raw) const {
  const auto at = [&](u32 offset) { return raw[offset / 4]; };
  const u32 counts = at(mm_.pfn_reference_count);  // and the flags after it
  return {
      raw[0],
      at(mm_.pfn_pte_address),
      at(mm_.pfn_share_count),
      counts & 0xFFFF,
      counts >> 16 >> MemoryManagerData::pfn_location_shift & MemoryManagerData::pfn_location_mask,
      at(mm_.pfn_original_pte),
      at(mm_.pfn_pte_frame),
      (counts >> 16 & MemoryManagerData::pfn_read_in_progress) != 0,
      counts >> 16};
}

}  // namespace faultline
