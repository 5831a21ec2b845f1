// !address: what an address is for, whatever its page-table entry says.
#pragma once

#include "debugger/nt/page_view.hpp"

namespace faultline::nt {

struct AddressReport {
  u32 address = 0;
  u32 base = 0, size = 0;  // of the region, or of the part of the kernel's half
  std::string_view usage;  // "Private", "Paged pool", ...
  bool kernel = false;
  std::optional<ProcessView> process;
  std::optional<VadView> vad;  // of user memory
  std::string state;           // MEM_FREE, MEM_RESERVE, MEM_COMMIT; of user memory
  u32 protection = 0;          // of a committed page: NT's code
};

/// In the address space of `process`.
AddressReport report_address(const NtSystem& system, const std::optional<ProcessView>& process,
                             u32 address);

std::string to_text(const AddressReport& report);
Json to_json(const AddressReport& report);

}  // namespace faultline::nt
