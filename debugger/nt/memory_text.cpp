// !vm, !memusage and !pool as text and as JSON.
#include <fmt/format.h>

#include "debugger/nt/memory_report.hpp"
#include "debugger/nt/names.hpp"

namespace faultline::nt {

namespace {

constexpr u32 kilobytes(u32 pages) { return pages * (PageGeometry::page_size / 1024); }

std::string pages_line(std::string_view what, u32 pages) {
  return fmt::format("    {:<20} {:8} ({:8} Kb)\n", what, pages, kilobytes(pages));
}

std::string user_line(const MemoryUser& user) {
  return fmt::format("  {:8} {:8} {:8} {:8}  {}\n", kilobytes(user.valid), kilobytes(user.standby),
                     kilobytes(user.modified), kilobytes(user.page_tables), user.name);
}

Json to_json(const MemoryUser& user) {
  return {{"name", user.name},
          {"valid", user.valid},
          {"standby", user.standby},
          {"modified", user.modified},
          {"page_tables", user.page_tables}};
}

}  // namespace

std::string to_text(const VmReport& report) {
  std::string text = "*** Virtual Memory Usage ***\n";
  text += pages_line("Physical Memory:", report.physical);
  for (const PagingFileUse& file : report.paging_files) {
    text += fmt::format("    Paging file {}:  Current: {:8} Kb  Free Space: {:8} Kb\n", file.number,
                        kilobytes(file.pages), kilobytes(file.free));
  }
  if (report.paging_files.empty()) text += "    No paging file\n";
  text += pages_line("Available Pages:", report.available());
  text += pages_line("Zeroed:", report.zeroed) + pages_line("Free:", report.free) +
          pages_line("Standby:", report.standby) + pages_line("Modified Pages:", report.modified);
  text += pages_line("Kernel's reserve:", report.floor);
  text += pages_line("ResAvail Pages:", report.resident_available);
  text += pages_line("NonPagedPool Usage:", report.pool_pages[0]);
  text += pages_line("PagedPool Usage:", report.pool_pages[1]);
  text += pages_line("Committed pages:", report.committed);
  text += pages_line("Commit limit:", report.commit_limit);
  text += pages_line("Peak commitment:", report.peak_commitment);
  text += "\n    Process commit       Working set\n";
  for (const auto& [process, commit, working_set] : report.processes) {
    text +=
        fmt::format("    {:04x} {:<12} {:8} ({:8} Kb)  {:8} ({:8} Kb)\n", process.id, process.name,
                    commit, kilobytes(commit), working_set, kilobytes(working_set));
  }
  return text + "More info: !memusage, !pool, !process 0 0\n";
}

std::string to_text(const MemusageReport& report) {
  std::string text;
  for (u32 location = 0; location < 8; ++location) {
    text += fmt::format("  {:>16}: {:6} ({:8} kb)\n", location_name(location),
                        report.by_location[location], kilobytes(report.by_location[location]));
  }
  text +=
      fmt::format("  {:>16}: {:6} ({:8} kb)\n\n", "TOTAL", report.total, kilobytes(report.total));
  text += "Usage summary (in Kb):\n     Valid  Standby    Dirty PageTabl\n";
  for (const MemoryUser& user : report.sections) text += user_line(user);
  for (const MemoryUser& user : report.processes) text += user_line(user);
  text += user_line({"the kernel", report.kernel, 0, 0, 0});
  return text + "More info: !vm, !pool\n";
}

std::string to_text(const PoolReport& report) {
  std::string text;
  for (const PoolReport::Pool& pool : report.pools) {
    text += fmt::format("{} pool: {} pages ({} Kb), {} allocations, {} frees\n", pool.name,
                        pool.pages, kilobytes(pool.pages), pool.allocations, pool.frees);
    text += "   Tag     Allocs      Frees       Diff       Used\n";
    for (const PoolReport::Tag& tag : pool.tags) {
      text += fmt::format("   {} {:10} {:10} {:10} {:10}\n", tag.tag, tag.allocations, tag.frees,
                          tag.allocations - tag.frees, tag.bytes);
    }
  }
  return text;
}

Json to_json(const VmReport& report) {
  Json files = Json::array(), processes = Json::array();
  for (const PagingFileUse& file : report.paging_files) {
    files.push_back({{"number", file.number}, {"pages", file.pages}, {"free", file.free}});
  }
  for (const auto& [process, commit, working_set] : report.processes) {
    processes.push_back({{"process_id", process.id},
                         {"image", process.name},
                         {"commit_charge", commit},
                         {"working_set", working_set}});
  }
  return {{"physical", report.physical},
          {"available", report.available()},
          {"zeroed", report.zeroed},
          {"free", report.free},
          {"standby", report.standby},
          {"modified", report.modified},
          {"bad", report.bad},
          {"reserve", report.floor},
          {"resident_available", report.resident_available},
          {"committed", report.committed},
          {"commit_limit", report.commit_limit},
          {"peak_commitment", report.peak_commitment},
          {"nonpaged_pool", report.pool_pages[0]},
          {"paged_pool", report.pool_pages[1]},
          {"paging_files", std::move(files)},
          {"processes", std::move(processes)}};
}

Json to_json(const MemusageReport& report) {
  Json json = {{"total", report.total}, {"kernel", report.kernel}};
  for (u32 location = 0; location < 8; ++location) {
    json["locations"][std::string(location_name(location))] = report.by_location[location];
  }
  json["sections"] = json["processes"] = Json::array();
  for (const MemoryUser& user : report.sections) json["sections"].push_back(to_json(user));
  for (const MemoryUser& user : report.processes) json["processes"].push_back(to_json(user));
  return json;
}

Json to_json(const PoolReport& report) {
  Json json;
  for (const PoolReport::Pool& pool : report.pools) {
    Json tags = Json::array();
    for (const PoolReport::Tag& tag : pool.tags) {
      tags.push_back({{"tag", tag.tag},
                      {"allocations", tag.allocations},
                      {"frees", tag.frees},
                      {"bytes", tag.bytes}});
    }
    json.push_back({{"pool", pool.name},
                    {"pages", pool.pages},
                    {"allocations", pool.allocations},
                    {"frees", pool.frees},
                    {"tags", std::move(tags)}});
  }
  return json;
}

}  // namespace faultline::nt
