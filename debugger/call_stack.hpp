// The functions that have called each other to get here.
#pragma once

#include "debugger/session.hpp"

namespace faultline {

struct StackFrame {
  u32 slot = 0;     // where the return address lies; of the first frame ESP
  u32 address = 0;  // in the function: EIP, then the return addresses
  std::string symbol{};
  bool guessed = false;  // by an indirect call: the bytes on the stack may be left over
};

/// Read from the stack itself, because optimized code keeps no frame pointers: a return address
/// lies behind a CALL, and that CALL, where it is direct, leads into the function found before.
std::vector<StackFrame> call_stack(DebugSession& session, unsigned most);

}  // namespace faultline
