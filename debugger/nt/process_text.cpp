// !process and !thread as text and as JSON.
#include <fmt/format.h>

#include "debugger/nt/names.hpp"
#include "debugger/nt/process_report.hpp"

namespace faultline::nt {

namespace {

constexpr u32 status_pending = 0x103, waiting_state = 5;

std::string state_of(const ThreadReport& report) {
  if (report.running) return "RUNNING on processor 0";
  std::string text{thread_state_name(report.state)};
  if (report.state == waiting_state) {
    text += fmt::format(": ({}) {}", wait_reason_name(report.wait_reason),
                        report.waits_in_user_mode ? "UserMode" : "KernelMode");
  }
  return text;
}

/// A tick of the clock is 10 ms.
std::string time(u32 ticks) {
  return fmt::format("{:02}:{:02}:{:02}.{:03}", ticks / 360000, ticks / 6000 % 60, ticks / 100 % 60,
                     ticks % 100 * 10);
}

u32 kilobytes(u32 pages) { return pages * (PageGeometry::page_size / 1024); }

}  // namespace

std::string to_text(const ThreadReport& report) {
  std::string text =
      fmt::format("THREAD {:08x}  Cid {:04x}.{:04x}  Teb: {:08x}  {}\n", report.address,
                  report.process_id, report.id, report.teb, state_of(report));
  for (const auto& object : report.waits_for) {
    text += fmt::format("    {:08x}  {}\n", object.address, dispatcher_object_name(object.type));
  }
  text += fmt::format("Owning Process        {:08x}   Image:         {}\n", report.process,
                      report.image);
  text += fmt::format(
      "Context Switch Count  {}{}\n", report.context_switches,
      report.suspend_count == 0 ? "" : fmt::format("   suspended {} times", report.suspend_count));
  text += fmt::format("UserTime              {}\nKernelTime            {}\n",
                      time(report.user_time), time(report.kernel_time));
  if (report.win32_start_address != 0) {
    text += fmt::format("Win32 Start Address   {:08x}\n", report.win32_start_address);
  }
  text += fmt::format("Stack Init {:08x} Current {:08x} Base {:08x} Limit {:08x}\n",
                      report.initial_stack, report.kernel_stack, report.initial_stack,
                      report.stack_limit);
  text += fmt::format("Priority {} BasePriority {}\n", report.priority, report.base_priority);
  return text + fmt::format("More info: !process {:x}{}\n", report.process,
                            report.teb == 0 ? "" : fmt::format(", dt TEB {:x}", report.teb));
}

std::string to_text(const ProcessReport& report, bool detail) {
  std::string text = fmt::format(
      "PROCESS {:08x}  Cid: {:04x}    Peb: {:08x}  ParentCid: {:04x}\n"
      "    DirBase: {:08x}  ObjectTable: {:08x}  HandleCount: {:3}.\n"
      "    Image: {}\n",
      report.process.address, report.process.id, report.peb, report.parent_id,
      report.directory_base, report.object_table, report.handles, report.process.name);
  if (report.exit_status != status_pending) {
    text += fmt::format("    Exit status: {:08x}\n", report.exit_status);
  }
  if (!detail) return text;
  text += fmt::format("    VadRoot {:08x} Vads {}\n", report.vad_root, report.vads);
  text += fmt::format("    UserTime                          {}\n", time(report.user_time));
  text += fmt::format("    KernelTime                        {}\n", time(report.kernel_time));
  text +=
      fmt::format("    Working Set Sizes (now,min,max)  ({}, {}, {}) ({}KB, {}KB, {}KB)\n",
                  report.working_set, report.minimum, report.maximum, kilobytes(report.working_set),
                  kilobytes(report.minimum), kilobytes(report.maximum));
  text += fmt::format("    PeakWorkingSetSize                {}\n", report.peak);
  text += fmt::format("    LockedPages                       {}\n", report.locked);
  text += fmt::format("    VirtualSize                       {} KB\n", report.virtual_size / 1024);
  text +=
      fmt::format("    PeakVirtualSize                   {} KB\n", report.peak_virtual_size / 1024);
  text += fmt::format("    PageFaultCount                    {}\n", report.faults);
  text += fmt::format("    BasePriority                      {}\n", report.base_priority);
  text += fmt::format("    CommitCharge                      {}\n", report.commit_charge);
  text += fmt::format("    PeakCommitCharge                  {}\n", report.peak_commit_charge);
  for (const ThreadReport& thread : report.threads) {
    text += '\n';
    for (const char c : to_text(thread)) {
      if (text.back() == '\n') text += "        ";
      text += c;
    }
  }
  return text + fmt::format("More info: !vad 0 {:x}\n", report.process.id);
}

Json to_json(const ThreadReport& report) {
  Json objects = Json::array();
  for (const auto& object : report.waits_for) {
    objects.push_back(
        {{"address", hex(object.address)}, {"type", dispatcher_object_name(object.type)}});
  }
  return {
      {"thread", hex(report.address)},
      {"process_id", report.process_id},
      {"thread_id", report.id},
      {"process", hex(report.process)},
      {"image", report.image},
      {"teb", hex(report.teb)},
      {"state", report.running ? "RUNNING" : thread_state_name(report.state)},
      {"wait_reason", report.state == waiting_state ? wait_reason_name(report.wait_reason) : ""},
      {"waits_for", std::move(objects)},
      {"priority", report.priority},
      {"base_priority", report.base_priority},
      {"suspend_count", report.suspend_count},
      {"context_switches", report.context_switches},
      {"kernel_ticks", report.kernel_time},
      {"user_ticks", report.user_time},
      {"win32_start_address", hex(report.win32_start_address)},
      {"stack_base", hex(report.initial_stack)},
      {"stack_limit", hex(report.stack_limit)},
      {"kernel_stack", hex(report.kernel_stack)}};
}

Json to_json(const ProcessReport& report) {
  Json threads = Json::array();
  for (const ThreadReport& thread : report.threads) threads.push_back(to_json(thread));
  return {{"process", hex(report.process.address)},
          {"process_id", report.process.id},
          {"parent_id", report.parent_id},
          {"image", report.process.name},
          {"peb", hex(report.peb)},
          {"directory_base", hex(report.directory_base)},
          {"handles", report.handles},
          {"exit_status", hex(report.exit_status)},
          {"vad_root", hex(report.vad_root)},
          {"vads", report.vads},
          {"virtual_size", report.virtual_size},
          {"peak_virtual_size", report.peak_virtual_size},
          {"working_set", report.working_set},
          {"minimum_working_set", report.minimum},
          {"maximum_working_set", report.maximum},
          {"peak_working_set", report.peak},
          {"locked_pages", report.locked},
          {"page_faults", report.faults},
          {"commit_charge", report.commit_charge},
          {"peak_commit_charge", report.peak_commit_charge},
          {"base_priority", report.base_priority},
          {"kernel_ticks", report.kernel_time},
          {"user_ticks", report.user_time},
          {"threads", std::move(threads)}};
}

}  // namespace faultline::nt
