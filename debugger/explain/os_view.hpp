// What the operating system means a page to be.
#pragma once

#include <string>
#include <vector>

#include "debugger/session.hpp"

namespace faultline {

struct OsView {
  std::string region;   // the VAD around the address, or the part of the kernel's half
  std::string state;    // of the PTE, in NT's words
  std::string meaning;  // what an access would meet, in a sentence
  bool known() const { return !meaning.empty() || !region.empty(); }
};

/// Empty where no NT runs, or not yet.
OsView os_view(DebugSession& session, u32 address);
Json to_json(const OsView& view);

}  // namespace faultline
