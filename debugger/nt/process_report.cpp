// Reads process and thread objects.
#include "debugger/nt/process_report.hpp"

#include <fmt/format.h>

namespace faultline::nt {

namespace {

constexpr std::size_t thread_bound = 4096;
constexpr unsigned wait_bound = 64, waiting_state = 5;

arch::u8 byte_at(const GuestMemory& memory, u32 address) {
  return memory.read_as<arch::u8>(address).value_or(0);
}

std::vector<ThreadReport::WaitObject> wait_objects(const NtSystem& system, u32 thread) {
  const auto& layout = system.data().thread;
  const GuestMemory& memory = system.memory();
  std::vector<ThreadReport::WaitObject> found;
  const u32 first = memory.dword(thread + layout.wait_block_list).value_or(0);
  u32 block = first;
  for (unsigned i = 0; block != 0 && i < wait_bound; ++i) {
    const u32 object = memory.dword(block + layout.wait_block_object).value_or(0);
    if (object != 0) found.push_back({object, byte_at(memory, object)});
    block = memory.dword(block + layout.wait_block_next).value_or(0);
    if (block == first) break;
  }
  return found;
}

std::vector<u32> threads_of(const NtSystem& system, u32 process) {
  std::vector<u32> found;
  const u32 head = process + system.data().process.thread_list_head;
  auto link = system.memory().dword(head);
  while (link && *link != head && *link != 0 && found.size() < thread_bound) {
    found.push_back(*link - system.data().thread.list_entry);
    link = system.memory().dword(*link);
  }
  return found;
}

}  // namespace

ThreadReport report_thread(const NtSystem& system, u32 address) {
  const auto& layout = system.data().thread;
  const GuestMemory& memory = system.memory();
  const auto dword = [&](u32 offset) { return memory.dword(address + offset).value_or(0); };
  ThreadReport report;
  report.address = address;
  report.process_id = dword(system.data().thread_client_id);
  report.id = dword(system.data().thread_client_id + 4);
  report.process = dword(layout.process);
  report.image = memory.text(report.process + system.data().process_image_file_name,
                             arch::DebuggerData::image_file_name_size);
  report.teb = dword(layout.teb);
  report.state = byte_at(memory, address + layout.state);
  report.wait_reason = byte_at(memory, address + layout.wait_reason);
  report.waits_in_user_mode = byte_at(memory, address + layout.wait_mode) != 0;
  report.priority = dword(layout.priority);
  report.base_priority = dword(layout.base_priority);
  report.suspend_count = dword(layout.suspend_count);
  report.context_switches = dword(layout.context_switches);
  report.kernel_time = dword(layout.kernel_time);
  report.user_time = dword(layout.user_time);
  report.start_address = dword(layout.start_address);
  report.win32_start_address = dword(layout.win32_start_address);
  report.initial_stack = dword(layout.initial_stack);
  report.stack_limit = dword(layout.stack_limit);
  report.kernel_stack = dword(layout.kernel_stack);
  const auto current = system.objects().current_thread();
  report.running = current && current->address == address;
  if (report.state == waiting_state) report.waits_for = wait_objects(system, address);
  return report;
}

ThreadReport find_thread(const NtSystem& system, u32 wanted) {
  for (const ProcessView& process : system.processes()) {
    for (const u32 thread : threads_of(system, process.address)) {
      const u32 id = system.memory().dword(thread + system.data().thread_client_id + 4).value_or(0);
      if (thread == wanted || (id == wanted && id != 0)) return report_thread(system, thread);
    }
  }
  const auto current = system.objects().current_thread();  // the idle thread is in no list
  if (current && current->address == wanted) return report_thread(system, wanted);
  throw NtError("no thread has that address or id; `!process` lists a process's threads");
}

ProcessReport report_process(const NtSystem& system, const ProcessView& process) {
  const auto& layout = system.data().process;
  const auto& mm = system.mm();
  const auto dword = [&](u32 offset) {
    return system.memory().dword(process.address + offset).value_or(0);
  };
  ProcessReport report;
  report.process = process;
  report.parent_id = dword(layout.parent_id);
  report.peb = dword(system.data().process_peb);
  report.directory_base = dword(mm.process_directory_base);
  report.object_table = process.address + layout.object_table;
  report.handles = dword(layout.handle_count);
  report.exit_status = dword(layout.exit_status);
  report.base_priority = dword(layout.base_priority);
  report.kernel_time = dword(layout.kernel_time);
  report.user_time = dword(layout.user_time);
  report.section_base = dword(layout.section_base);
  report.vad_root = dword(mm.process_vad_root);
  VmmReader reader = system.reader();
  report.vads = static_cast<u32>(reader.regions_of(process.address).size());
  report.virtual_size = dword(layout.virtual_size);
  report.peak_virtual_size = dword(layout.peak_virtual_size);
  report.working_set = dword(mm.process_working_set_size);
  report.minimum = dword(layout.minimum_working_set);
  report.maximum = dword(layout.maximum_working_set);
  report.peak = dword(layout.peak_working_set);
  report.locked = dword(mm.process_locked_pages);
  report.faults = dword(layout.page_fault_count);
  report.commit_charge = dword(mm.process_commit_charge);
  report.peak_commit_charge = dword(layout.peak_commit_charge);
  for (const u32 thread : threads_of(system, process.address)) {
    report.threads.push_back(report_thread(system, thread));
  }
  return report;
}

}  // namespace faultline::nt
