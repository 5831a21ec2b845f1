// !vad: the regions of a process.
#pragma once

#include "debugger/nt/json_hex.hpp"
#include "debugger/nt/nt_system.hpp"

namespace faultline::nt {

struct VadView {
  u32 address = 0;  // of the MMVAD
  u32 level = 0;
  u32 first = 0, last = 0;  // page numbers
  u32 commit_charge = 0, protection = 0;
  bool private_memory = false, image = false, mem_commit = false, no_change = false;
  u32 area = 0, first_prototype = 0;  // of a view
  std::string file;                   // its path; "" of private memory and of the paging file

  u32 base() const { return first << PageGeometry::page_shift; }
  u32 end() const { return (last + 1) << PageGeometry::page_shift; }  // first byte behind it
  /// "Private", "Mapped", "Mapped  Exe".
  std::string_view kind() const;
};

struct VadReport {
  ProcessView process;
  std::vector<VadView> vads;  // in order of addresses
};

/// Throws NtError when the tree leads out of memory.
VadReport report_vads(const NtSystem& system, const ProcessView& process);
/// The region around an address; nothing where there is none.
std::optional<VadView> find_vad(const NtSystem& system, const ProcessView& process, u32 address);

std::string to_text(const VadReport& report);
std::string to_line(const VadView& vad);
Json to_json(const VadView& vad);
Json to_json(const VadReport& report);

}  // namespace faultline::nt
