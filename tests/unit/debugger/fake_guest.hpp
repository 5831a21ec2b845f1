// A guest without a CPU: sparse memory with a kernel's objects in it.
#pragma once

#include <map>
#include <string>

#include "arch/debugger_data.hpp"
#include "cpu/state/state.hpp"
#include "debugger/guest_memory.hpp"

namespace faultline::tests {

class FakeGuest : public GuestMemory {
 public:
  static constexpr u32 kernel_base = 0x80100000;
  static constexpr u32 block = kernel_base + 0x2800;  // KdDebuggerDataBlock
  static constexpr u32 pcr = 0xFFDFF000;
  static constexpr u32 head = 0x80200000;

  FakeGuest() {
    arch::DebuggerData data;
    data.magic = arch::DebuggerData::magic_value;
    data.size = sizeof data;
    data.active_process_head = head;
    data.pcr = pcr;
    data.pcr_current_thread = 0x124;
    data.thread_process = 0x44;
    data.thread_client_id = 0x1E0;
    data.process_active_links = 0x98;
    data.process_unique_id = 0x94;
    data.process_image_file_name = 0x1DC;
    data.process_peb = 0x18C;
    data.peb_ldr = 0x0C;
    data.ldr_in_load_order = 0x0C;
    data.module_dll_base = 0x18;
    data.module_size_of_image = 0x20;
    data.module_base_dll_name = 0x2C;
    store(block, data);
    dword(head, head);
  }

  template <class T>
  void store(u32 address, const T& value) {
    const auto* raw = reinterpret_cast<const u8*>(&value);
    for (u32 i = 0; i < sizeof value; ++i) bytes_[address + i] = raw[i];
  }
  void dword(u32 address, u32 value) { store(address, value); }
  void text(u32 address, const std::string& value) {
    for (u32 i = 0; i <= value.size(); ++i) store(address + i, value.c_str()[i]);
  }
  using GuestMemory::dword;
  using GuestMemory::text;

  void process(u32 object, u32 id, const std::string& name) {
    dword(object + 0x94, id);
    text(object + 0x1DC, name);
    dword(object + 0x18C, 0);
    dword(object + 0x98, *dword(head));
    dword(head, object + 0x98);
  }
  void thread(u32 object, u32 process, u32 process_id, u32 id) {
    dword(object + 0x44, process);
    dword(object + 0x1E0, process_id);
    dword(object + 0x1E4, id);
  }
  void run_thread(u32 object) { dword(pcr + 0x124, object); }

  bool read(u32 linear, std::span<u8> to) const override {
    for (u8& byte : to) {
      const auto found = bytes_.find(linear++);
      if (found == bytes_.end()) return false;
      byte = found->second;
    }
    return true;
  }

 private:
  std::map<u32, u8> bytes_;
};

}  // namespace faultline::tests
