// Walks the kernel's lists. The guest is not trusted: every list has a bound.
#include "debugger/kernel_objects.hpp"

#include <algorithm>

namespace faultline {

using namespace arch;

namespace {

constexpr unsigned list_bound = 1024;

/// The entries of a LIST_ENTRY ring, its head apart, as far as memory holds it.
std::vector<u32> ring(const GuestMemory& memory, u32 head) {
  std::vector<u32> entries;
  auto link = memory.dword(head);
  while (link && *link != head && *link != 0 && entries.size() < list_bound) {
    entries.push_back(*link);
    link = memory.dword(*link);
  }
  return entries;
}

}  // namespace

std::string GuestMemory::text(u32 linear, std::size_t limit) const {
  std::string text;
  for (std::size_t i = 0; i < limit; ++i) {
    const auto c = read_as<char>(linear + static_cast<u32>(i));
    if (!c || *c == '\0') break;
    text += *c;
  }
  return text;
}

std::optional<KernelObjects> KernelObjects::find(const GuestMemory& memory, u32 block) {
  const auto data = memory.read_as<DebuggerData>(block);
  if (!data || data->magic != DebuggerData::magic_value || data->size != sizeof(DebuggerData)) {
    return std::nullopt;
  }
  return KernelObjects(memory, *data);
}

std::optional<ThreadView> KernelObjects::current_thread() const {
  if (data_.pcr == 0) return std::nullopt;
  const auto thread = memory_->dword(data_.pcr + data_.pcr_current_thread);
  if (!thread || *thread == 0) return std::nullopt;
  const auto id = memory_->dword(*thread + data_.thread_client_id + 4);
  return ThreadView{*thread, id.value_or(0)};
}

std::optional<ProcessView> KernelObjects::process_of(const ThreadView& thread) const {
  const auto process = memory_->dword(thread.address + data_.thread_process);
  if (!process || *process == 0) return std::nullopt;
  return read_process(*process);
}

std::vector<ProcessView> KernelObjects::active_processes() const {
  std::vector<ProcessView> processes;
  for (const u32 link : ring(*memory_, data_.active_process_head)) {
    processes.push_back(read_process(link - data_.process_active_links));
  }
  return processes;
}

ProcessView KernelObjects::read_process(u32 address) const {
  return {
      address, memory_->dword(address + data_.process_unique_id).value_or(0),
      memory_->text(address + data_.process_image_file_name, DebuggerData::image_file_name_size)};
}

std::vector<ModuleView> KernelObjects::modules_of(const ProcessView& process) const {
  std::vector<ModuleView> modules;
  const auto peb = memory_->dword(process.address + data_.process_peb);
  if (!peb || *peb == 0) return modules;
  const auto ldr = memory_->dword(*peb + data_.peb_ldr);
  if (!ldr || *ldr == 0) return modules;
  for (const u32 entry : ring(*memory_, *ldr + data_.ldr_in_load_order)) {
    const auto base = memory_->dword(entry + data_.module_dll_base);
    const auto size = memory_->dword(entry + data_.module_size_of_image);
    if (!base || !size) continue;
    modules.push_back({read_unicode_string(entry + data_.module_base_dll_name), *base, *size});
  }
  return modules;
}

std::string KernelObjects::read_unicode_string(u32 address) const {
  const auto length = memory_->read_as<u16>(address);  // in bytes
  const auto buffer = memory_->dword(address + 4);
  std::string text;
  for (u32 i = 0; length && buffer && i + 1 < std::min<u32>(*length, 512); i += 2) {
    const auto unit = memory_->read_as<u16>(*buffer + i);
    if (!unit) break;
    text += *unit < 0x80 ? static_cast<char>(*unit) : '?';
  }
  return text;
}

}  // namespace faultline
