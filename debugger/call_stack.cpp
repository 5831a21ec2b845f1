// A stack walk without frame pointers.
#include "debugger/call_stack.hpp"

#include <algorithm>

namespace faultline {
namespace {

constexpr u32 most_slots = 2048;  // looked at for one frame

/// "KERNEL!MmAccessFault" of "KERNEL!MmAccessFault+1C".
std::string function_of(const std::string& symbol) { return symbol.substr(0, symbol.find('+')); }

enum class Caller : u8 { No, Direct, Indirect };

/// What kind of CALL ends at `address`, and where a direct one leads.
Caller call_before(const DebugSession& session, u32 address, u32& target) {
  u8 bytes[7] = {};
  if (!session.memory().read(address - 7, bytes)) return Caller::No;
  if (bytes[2] == 0xE8) {
    target = address + (bytes[3] | bytes[4] << 8 | bytes[5] << 16 | u32{bytes[6]} << 24);
    return Caller::Direct;
  }
  const auto is_call = [&](unsigned at) {
    return bytes[at] == 0xFF && (bytes[at + 1] & 0x38) == 0x10;
  };
  const bool register_or_plain =
      is_call(5) && (bytes[6] >> 6 == 3 || (bytes[6] & 0xC7) < 4 || (bytes[6] & 0xC7) > 5);
  const bool displacement8 = is_call(4) && bytes[5] >> 6 == 1;
  const bool displacement32 = is_call(1) && (bytes[2] >> 6 == 2 || (bytes[2] & 0xC7) == 5);
  return register_or_plain || displacement8 || displacement32 ? Caller::Indirect : Caller::No;
}

}  // namespace

std::vector<StackFrame> call_stack(DebugSession& session, unsigned most) {
  const State& s = session.state();
  SymbolSpace& symbols = session.symbols();
  const u32 eip = session.linear_eip();
  u32 at = s.segment[SS].base + s.general[ESP];
  std::vector<StackFrame> frames{{at, eip, symbols.describe(eip)}};
  while (frames.size() < most && !frames.back().symbol.empty()) {
    const std::string here = function_of(frames.back().symbol);
    std::optional<StackFrame> next;
    for (u32 i = 0; i < most_slots && !next; ++i, at += 4) {
      const auto value = session.memory().dword(at);
      if (!value) return frames;
      if (symbols.module_at(*value) == nullptr) continue;
      u32 target = 0;
      const Caller caller = call_before(session, *value, target);
      if (caller == Caller::No) continue;
      if (caller == Caller::Direct && function_of(symbols.describe(target)) != here) continue;
      next = {at, *value, symbols.describe(*value), caller == Caller::Indirect};
    }
    if (!next) return frames;
    frames.push_back(std::move(*next));
  }
  return frames;
}

}  // namespace faultline
