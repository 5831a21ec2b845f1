// Thread objects of the kernel, and the frames KiSwapContext leaves on their stacks.
#include "debugger/gdb/guest_threads.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "debugger/nt/names.hpp"

namespace faultline::gdb {
namespace {

constexpr std::size_t most_threads = 4096;

GuestThread read_thread(const GuestMemory& memory, const arch::DebuggerData& data, u32 address) {
  const auto dword = [&](u32 at) { return memory.dword(at).value_or(0); };
  const auto byte = [&](u32 offset) { return memory.read_as<u8>(address + offset).value_or(0); };
  GuestThread thread;
  thread.address = address;
  const u32 id = dword(address + data.thread_client_id + 4);
  thread.id = id != 0 ? id : processor_thread;
  const u32 process = dword(address + data.thread.process);
  thread.process =
      memory.text(process + data.process_image_file_name, arch::DebuggerData::image_file_name_size);
  thread.process_id = dword(process + data.process_unique_id);
  // It may be attached to the address space of another process.
  thread.directory = dword(dword(address + data.thread_process) + data.mm.process_directory_base);
  thread.teb = dword(address + data.thread.teb);
  const u8 state = byte(data.thread.state);
  thread.state = nt::thread_state_name(state);
  constexpr u8 waiting = 5;
  if (state == waiting) {
    thread.state += fmt::format(", {}", nt::wait_reason_name(byte(data.thread.wait_reason)));
  }
  thread.kernel_stack = dword(address + data.thread.kernel_stack);
  return thread;
}

/// The thread objects of every process.
std::vector<u32> all_threads(const GuestMemory& memory, const KernelObjects& objects) {
  const arch::DebuggerData& data = objects.data();
  std::vector<u32> found;
  for (const ProcessView& process : objects.active_processes()) {
    const u32 head = process.address + data.process.thread_list_head;
    auto link = memory.dword(head);
    while (link && *link != head && *link != 0 && found.size() < most_threads) {
      found.push_back(*link - data.thread.list_entry);
      link = memory.dword(*link);
    }
  }
  return found;
}

}  // namespace

GuestThread running_guest_thread(DebugSession& session) {
  GuestThread thread;
  const KernelObjects* objects = session.symbols().objects();
  if (const auto view = objects != nullptr ? objects->current_thread() : std::nullopt) {
    thread = read_thread(session.memory(), objects->data(), view->address);
  }
  thread.running = true;
  thread.state = fmt::format("ring {}", session.state().cpl());
  return thread;
}

std::vector<GuestThread> guest_threads(DebugSession& session) {
  std::vector<GuestThread> threads = {running_guest_thread(session)};
  if (threads.front().address == 0) return threads;
  const KernelObjects& objects = *session.symbols().objects();
  for (const u32 address : all_threads(session.memory(), objects)) {
    if (address == threads.front().address) continue;
    GuestThread thread = read_thread(session.memory(), objects.data(), address);
    const bool known = std::ranges::find(threads, thread.id, &GuestThread::id) != threads.end();
    if (!known) threads.push_back(std::move(thread));
  }
  return threads;
}

/// EDI, ESI, EBX, EBP and the address to return to. [docs/kernel.md]
std::optional<u32> saved_register(const GuestMemory& memory, const GuestThread& thread,
                                  unsigned number) {
  constexpr unsigned ebx = 3, esp = 4, ebp = 5, esi = 6, edi = 7, eip = 8;
  switch (number) {
    case edi:
      return memory.dword(thread.kernel_stack);
    case esi:
      return memory.dword(thread.kernel_stack + 4);
    case ebx:
      return memory.dword(thread.kernel_stack + 8);
    case ebp:
      return memory.dword(thread.kernel_stack + 12);
    case eip:
      return memory.dword(thread.kernel_stack + 16);
    case esp:
      return thread.kernel_stack + 20;
    default:
      return std::nullopt;
  }
}

}  // namespace faultline::gdb
