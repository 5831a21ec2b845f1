// Adds up frames, commitment and pool.
#include "debugger/nt/memory_report.hpp"

#include <algorithm>
#include <map>

namespace faultline::nt {

namespace {

constexpr u32 tag_bound = 1024, path_limit = 260;

void count(MemoryUser& user, const FrameView& frame) {
  switch (frame.location) {
    case page_location::standby:
      ++user.standby;
      break;
    case page_location::modified:
      ++user.modified;
      break;
    default:
      ++user.valid;
      break;
  }
}

std::string file_of(const NtSystem& system, u32 area) {
  const u32 file = system.memory().dword(area + system.mm().area_file).value_or(0);
  return file == 0 ? "(paging file)"
                   : system.memory().text(file + system.mm().file_path, path_limit);
}

}  // namespace

VmReport report_vm(const NtSystem& system) {
  const auto& mm = system.mm();
  VmmReader reader = system.reader();
  VmReport report;
  report.physical = reader.dword(mm.highest_physical_page) + 1;
  const auto total = [&](u32 list) { return reader.list(mm.page_lists[list]).total; };
  report.zeroed = total(page_location::zeroed);
  report.free = total(page_location::free);
  report.standby = total(page_location::standby);
  report.modified = total(page_location::modified) + total(6);  // and of mapped files
  report.bad = total(page_location::bad);
  report.floor = reader.dword(mm.available_floor);
  report.resident_available = reader.dword(mm.resident_available);
  report.committed = reader.dword(mm.total_committed_pages);
  report.commit_limit = reader.dword(mm.total_commit_limit);
  report.peak_commitment = reader.dword(mm.peak_commitment);
  for (u32 i = 0; i < 2; ++i) {
    const auto pool = system.memory().read_as<arch::PoolDebuggerData>(
        mm.pools + i * static_cast<u32>(sizeof(arch::PoolDebuggerData)));
    if (pool) report.pool_pages[i] = reader.dword(pool->statistics);
  }
  for (const PagingFileView& file : reader.paging_files()) {
    report.paging_files.push_back(
        {static_cast<u32>(report.paging_files.size()), file.size, file.free_space});
  }
  for (const ProcessView& process : system.processes()) {
    report.processes.push_back({process, reader.dword(process.address + mm.process_commit_charge),
                                reader.dword(process.address + mm.process_working_set_size)});
  }
  std::stable_sort(report.processes.begin(), report.processes.end(),
                   [](const auto& a, const auto& b) { return a.commit_charge > b.commit_charge; });
  return report;
}

MemusageReport report_memusage(const NtSystem& system, u32 data_block) {
  const auto vmm = take_vmm_snapshot(system.memory(), data_block);
  if (!vmm) throw NtError("a list, tree or table of the memory manager leads out of memory");
  MemusageReport report;
  report.total = static_cast<u32>(vmm->frames.size());
  std::vector<bool> told(vmm->frames.size());
  const auto claim = [&](u32 frame) {
    const bool first = frame < told.size() && !told[frame];
    if (first) told[frame] = true;
    return first;
  };
  for (const FrameView& frame : vmm->frames) ++report.by_location[frame.location & 7];
  std::map<std::string, MemoryUser> sections;
  for (const SegmentView& segment : vmm->segments) {
    MemoryUser& user = sections[file_of(system, segment.area)];
    for (const PteView& pte : segment.prototypes) {
      const bool held = pte.entry().present || vmm->in_transition(pte);
      if (held && claim(pte.entry().frame)) count(user, vmm->frames[pte.entry().frame]);
    }
  }
  for (auto& [name, user] : sections) {
    user.name = name;
    if (user.total() != 0) report.sections.push_back(user);
  }
  for (const AddressSpaceView& space : vmm->spaces) {
    MemoryUser user{space.process.name};
    if (!space.system && claim(space.directory)) ++user.page_tables;
    for (const auto* entries : {&space.tables, &space.pages}) {
      for (const PteView& pte : *entries) {
        const bool held = pte.entry().present || vmm->in_transition(pte);
        if (!held || !claim(pte.entry().frame)) continue;
        if (entries == &space.tables) {
          ++user.page_tables;
        } else {
          count(user, vmm->frames[pte.entry().frame]);
        }
      }
    }
    report.processes.push_back(std::move(user));
  }
  for (u32 i = 0; i < report.total; ++i) {
    if (!told[i] && vmm->frames[i].location == page_location::active) ++report.kernel;
  }
  return report;
}

PoolReport report_pool(const NtSystem& system) {
  PoolReport report;
  VmmReader reader = system.reader();
  for (const std::string_view name : {"Nonpaged", "Paged"}) {
    const auto at = system.mm().pools + static_cast<u32>(report.pools.size()) *
                                            static_cast<u32>(sizeof(arch::PoolDebuggerData));
    const auto pool = system.memory().read_as<arch::PoolDebuggerData>(at);
    if (!pool) throw NtError("the pools' figures are not in memory");
    PoolReport::Pool view{name,
                          reader.dword(pool->statistics),
                          reader.dword(pool->statistics + 4),
                          reader.dword(pool->statistics + 8),
                          {}};
    const u32 tags = std::min(reader.dword(pool->tag_count), tag_bound);
    for (u32 i = 0; i < tags; ++i) {
      const u32 entry = pool->tags + i * 16, raw = reader.dword(entry);
      PoolReport::Tag tag{
          {}, reader.dword(entry + 4), reader.dword(entry + 8), reader.dword(entry + 12)};
      for (unsigned c = 0; c < 4; ++c) {
        const char letter = static_cast<char>(raw >> 8 * c & 0xFF);
        tag.tag += letter >= ' ' && letter < 0x7F ? letter : '.';
      }
      view.tags.push_back(std::move(tag));
    }
    std::stable_sort(view.tags.begin(), view.tags.end(),
                     [](const auto& a, const auto& b) { return a.bytes > b.bytes; });
    report.pools.push_back(std::move(view));
  }
  return report;
}

}  // namespace faultline::nt
