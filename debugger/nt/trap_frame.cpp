// NT's offsets.
#include "debugger/nt/trap_frame.hpp"

#include <array>

namespace faultline::nt {

using arch::u32;

std::optional<TrapFrame> read_trap_frame(const GuestMemory& memory, u32 address) {
  constexpr u32 mark = 0xBADB0D00, mark_offset = 0x08, esp_offset = 0x74;
  std::array<u32, 0x7C / 4> raw{};
  // The stack pointer is there only after a change of privilege; the stack's top may be before it.
  if (!memory.read(address, {reinterpret_cast<arch::u8*>(raw.data()), esp_offset})) {
    return std::nullopt;
  }
  const auto at = [&](u32 offset) { return raw[offset / 4]; };
  if (at(mark_offset) != mark) return std::nullopt;
  TrapFrame frame{address,  at(0x44), at(0x5C), at(0x40), at(0x3C), at(0x58), at(0x54),
                  at(0x60), 0,        at(0x68), at(0x6C), at(0x70), at(0x64)};
  frame.esp =
      frame.from_user() ? memory.dword(address + esp_offset).value_or(0) : address + esp_offset;
  return frame;
}

}  // namespace faultline::nt
