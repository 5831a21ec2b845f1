// A guest without a CPU whose memory manager can be given any state: one process, its page tables,
// its regions, the frame database.
#pragma once

#include "arch/loader_parameter_block.hpp"
#include "debugger/nt/nt_system.hpp"
#include "kernel/mm/pfn_list.hpp"
#include "kernel/mm/pte_alpha.hpp"
#include "kernel/mm/pte_i386.hpp"
#include "kernel/mm/vad.hpp"
#include "kernel/mm/working_set_list.hpp"
#include "tests/unit/debugger/fake_guest.hpp"

namespace faultline::tests {

using PageGeometry = arch::Geometry<arch::Paging>;
using Format = PteFormat<arch::Paging>;

class NtGuest : public FakeGuest {
 public:
  static constexpr u32 process_object = 0x80300000, thread_object = 0x80310000;
  static constexpr u32 variables = 0x80200100, pfn_database = 0x80400000;
  static constexpr u32 directory = 1, table = 2;  // frames
  static constexpr u32 frames = 0x400;
  static constexpr u32 base = 0x00400000;  // the first address that the page table maps
  static constexpr u32 area = 0xF0000100, file = 0xF0000200, prototypes = 0xF0000800;

  NtGuest() {
    describe();
    for (const u32 frame : {directory, table}) {
      for (u32 i = 0; i < PageGeometry::page_size; i += 4) dword(physical(frame) + i, 0);
    }
    dword(PageGeometry::pde_address(PageGeometry::page_table_base), valid(directory, false, true));
    pde(base) = valid(table, true, true);
    process(process_object, 8, "TEST.EXE");
    thread(thread_object, process_object, 8, 0xC);
    run_thread(thread_object);
    dword(process_object + 0x18, directory << PageGeometry::page_shift);
    dword(process_object + vad_root, 0);
    dword(process_object + working_set_slots, 0);
    dword(process_object + working_set_entries, 0x80320000);
    for (u32 frame = 0; frame < frames; ++frame) pfn(frame, {});
  }

  class Slot {
   public:
    Slot(NtGuest& guest, u32 at) : guest_(guest), at_(at) {}
    void operator=(u32 value) { guest_.dword(at_, value); }

   private:
    NtGuest& guest_;
    u32 at_;
  };
  Slot pde(u32 address) {
    return {*this, physical(directory) + PageGeometry::directory_index(address) * 4};
  }
  Slot pte(u32 address) {
    return {*this, physical(table) + PageGeometry::table_index(address) * 4};
  }
  /// The n-th page that the table maps.
  static constexpr u32 page(u32 n) { return base + (n << PageGeometry::page_shift); }

  static u32 valid(u32 frame, bool user, bool writable, bool dirty = true) {
    return Format::Valid | (user ? Format::Owner : 0) | Format::access_bits(writable, dirty) |
           frame << Format::pfn_shift;
  }
  static constexpr u32 protect(u32 code) { return code << Format::protection_shift; }
  static constexpr u32 transition(u32 frame, u32 code) {
    return Format::Transition | protect(code) | frame << Format::pfn_shift;
  }
  static constexpr u32 paged_out(u32 file, u32 page, u32 code) {
    return protect(code) | file << Format::page_file_low_shift |
           page << Format::page_file_high_shift;
  }
  static constexpr u32 look_in_vad(u32 code) {
    return Format::Prototype | protect(code) | ~0u << Format::page_file_high_shift;
  }
  static u32 of_prototype(u32 address) {
    const u32 index = (address - 0xE1000000) / 4;
    return Format::Prototype |
           (index & ((1u << Format::prototype_low_bits) - 1)) << Format::prototype_low_shift |
           index >> Format::prototype_low_bits << Format::prototype_high_shift;
  }
  static u32 subsection(u32 address, u32 code) {
    const u32 index = (address - 0xF0000000) / 8;
    return Format::Prototype | protect(code) |
           (index & ((1u << Format::subsection_low_bits) - 1)) << Format::subsection_low_shift |
           index >> Format::subsection_low_bits << Format::subsection_high_shift;
  }

  struct Pfn {
    u32 location = page_location::free, share_count = 0, reference_count = 0, flags = 0;
    u32 pte_address = 0, original_pte = 0;
  };
  void pfn(u32 frame, const Pfn& view) {
    const u32 at = pfn_database + frame * 24;
    dword(at, 0);
    dword(at + 4, view.pte_address);
    dword(at + 8, view.share_count);
    dword(at + 12, view.reference_count | (view.flags | view.location << 8) << 16);
    dword(at + 16, view.original_pte);
    dword(at + 20, table);
  }

  struct Vad {
    u32 first_page = 0, pages = 1;  // of the pages that the table maps
    u32 protection = 4, commit = 0, flags = arch::MemoryManagerData::vad_private;
    u32 area = 0, first_prototype = 0;
  };
  /// Regions in order of addresses; each is the right child of the one before.
  void add(const Vad& vad) {
    const u32 at = next_vad_;
    next_vad_ += 0x40;
    dword(last_link_, at);
    last_link_ = at + 0x10;
    const u32 vpn = PageGeometry::page_of(page(vad.first_page));
    const u32 words[] = {
        vpn,      vpn + vad.pages - 1, 0, 0, 0, vad.commit | vad.protection << 24 | vad.flags, 0,
        vad.area, vad.first_prototype, 0, 0};
    for (u32 i = 0; i < std::size(words); ++i) dword(at + i * 4, words[i]);
  }
  void control_area(const std::string& path) {
    dword(area + 0x40, path.empty() ? 0 : file);
    dword(area + 0x44, 0);  // one segment, no subsections
    text(file + 0x20, path);
  }
  /// A slot of the working-set list.
  void working_set(u32 address, u32 code) {
    dword(0x80320000, PageGeometry::page_of(address) << 12 | code << 3 | 1);
    dword(process_object + working_set_slots, 1);
  }

  static u32 physical(u32 frame) {
    return arch::kernel_segment_base + (frame << PageGeometry::page_shift);
  }

 private:
  static constexpr u32 vad_root = 0x60, working_set_slots = 0x70, working_set_entries = 0x74;

  void describe() {
    auto data = *read_as<arch::DebuggerData>(block);
    auto& mm = data.mm;
    mm.pfn_database = variables;
    mm.highest_physical_page = variables + 4;
    dword(variables, pfn_database);
    dword(variables + 4, frames - 1);
    mm.process_directory_base = 0x18;
    mm.process_vad_root = vad_root;
    mm.process_working_set_slots = working_set_slots;
    mm.process_working_set_entries = working_set_entries;
    mm.vad_left = 0x0C;
    mm.vad_right = 0x10;
    mm.vad_flags = 0x14;
    mm.vad_control_area = 0x1C;
    mm.vad_first_prototype = 0x20;
    mm.vad_starting_page = 0x28;
    mm.area_file = 0x40;
    mm.area_first_subsection = 0x44;
    mm.file_path = 0x20;
    mm.pfn_size = 24;
    mm.pfn_pte_address = 4;
    mm.pfn_share_count = 8;
    mm.pfn_reference_count = 12;
    mm.pfn_original_pte = 16;
    mm.pfn_pte_frame = 20;
    mm.pte_prototype = Format::Prototype;
    mm.pte_transition = Format::Transition;
    mm.pte_protection_shift = Format::protection_shift;
    mm.pte_page_file_low_shift = Format::page_file_low_shift;
    mm.pte_page_file_high_shift = Format::page_file_high_shift;
    mm.pte_write = Format::Write;
    mm.pte_copy_on_write = Format::CopyOnWrite;
    mm.pte_prototype_address = {0xE1000000, 4, Format::prototype_low_shift,
                                Format::prototype_low_bits, Format::prototype_high_shift};
    mm.pte_subsection_address = {0xF0000000, 8, Format::subsection_low_shift,
                                 Format::subsection_low_bits, Format::subsection_high_shift};
    mm.paged_pool = 0xE1000000;
    mm.paged_pool_size = 0x01000000;
    mm.pool = 0xF0000000;
    mm.pool_size = 0x01000000;
    mm.system_ptes = 0xF8000000;
    mm.system_ptes_size = 0x01000000;
    mm.shared_user_data = 0x7FFE0000;
    store(block, data);
  }

  u32 next_vad_ = 0xF0001000;
  u32 last_link_ = process_object + vad_root;
};

}  // namespace faultline::tests
