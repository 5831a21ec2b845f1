// VADs, decoded and as !vad prints them.
#include "debugger/nt/vad_report.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "debugger/nt/json_hex.hpp"
#include "debugger/nt/names.hpp"

namespace faultline::nt {

using Layout = arch::MemoryManagerData;

namespace {

constexpr std::size_t path_limit = 260;

VadView view_of(const NtSystem& system, const RegionView& region) {
  VadView vad;
  vad.address = region.address;
  vad.level = region.level;
  vad.first = region.first;
  vad.last = region.last;
  vad.commit_charge = region.commit_charge;
  vad.protection = region.flags >> Layout::vad_protection_shift & 0x1F;
  vad.private_memory = (region.flags & Layout::vad_private) != 0;
  vad.image = (region.flags >> Layout::vad_type_shift & Layout::vad_type_mask) == Layout::vad_image;
  vad.mem_commit = (region.flags & Layout::vad_mem_commit) != 0;
  vad.no_change = (region.flags & Layout::vad_no_change) != 0;
  vad.area = region.area;
  vad.first_prototype = region.first_prototype;
  if (region.area != 0) {
    const u32 file = system.memory().dword(region.area + system.mm().area_file).value_or(0);
    if (file != 0) vad.file = system.memory().text(file + system.mm().file_path, path_limit);
  }
  return vad;
}

}  // namespace

std::string_view VadView::kind() const {
  if (area == 0) return "Private";
  return image ? "Mapped  Exe" : "Mapped";
}

VadReport report_vads(const NtSystem& system, const ProcessView& process) {
  VmmReader reader = system.reader();
  const auto regions = reader.regions_of(process.address);
  if (!reader.complete()) throw NtError("the VADs of " + process.name + " lead out of memory");
  VadReport report{process, {}};
  for (const RegionView& region : regions) report.vads.push_back(view_of(system, region));
  return report;
}

std::optional<VadView> find_vad(const NtSystem& system, const ProcessView& process, u32 address) {
  VmmReader reader = system.reader();
  for (const RegionView& region : reader.regions_of(process.address)) {
    const u32 page = PageGeometry::page_of(address);
    if (region.first <= page && page <= region.last) return view_of(system, region);
  }
  return std::nullopt;
}

std::string to_line(const VadView& vad) {
  const std::string what = vad.area == 0      ? std::string()
                           : vad.file.empty() ? "Pagefile section"
                                              : vad.file;
  std::string line = fmt::format("{:08x} ({:2})  {:8x} {:8x} {:8} {:<11} {:<18} {}", vad.address,
                                 vad.level, vad.first, vad.last, vad.commit_charge, vad.kind(),
                                 vad_protection_name(vad.protection), what);
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

std::string to_text(const VadReport& report) {
  std::string text = "VAD      level      start      end   commit\n";
  u32 levels = 0, deepest = 0;
  for (const VadView& vad : report.vads) {
    text += to_line(vad) + '\n';
    levels += vad.level;
    deepest = std::max(deepest, vad.level);
  }
  const auto count = static_cast<u32>(report.vads.size());
  text += fmt::format("\nTotal VADs: {}, average level: {}, maximum depth: {}\n", count,
                      count == 0 ? 0 : (levels + count / 2) / count, deepest);
  return text;
}

Json to_json(const VadView& vad) {
  return {{"vad", hex(vad.address)},
          {"level", vad.level},
          {"first", hex(vad.base())},
          {"last", hex(vad.end() - 1)},
          {"commit_charge", vad.commit_charge},
          {"kind", vad.area == 0 ? "private"
                   : vad.image   ? "image"
                                 : "mapped"},
          {"protection", page_protection_name(vad.protection)},
          {"committed", vad.mem_commit},
          {"no_change", vad.no_change},
          {"control_area", hex(vad.area)},
          {"file", vad.file}};
}

Json to_json(const VadReport& report) {
  Json vads = Json::array();
  for (const VadView& vad : report.vads) vads.push_back(to_json(vad));
  return {{"process", hex(report.process.address)},
          {"process_id", report.process.id},
          {"image", report.process.name},
          {"vads", std::move(vads)}};
}

}  // namespace faultline::nt
