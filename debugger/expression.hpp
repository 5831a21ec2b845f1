// What a person writes for an address or a value: numbers, symbols, registers, + - *, poi().
#pragma once

#include <string_view>

#include "debugger/command.hpp"

namespace faultline {

/// Hexadecimal unless 0n (decimal) or 0y (binary) comes before; 0x and a final h are allowed. A
/// word that is both a number and a symbol is the number; MODULE!NAME and &NAME are always symbols,
/// and
/// @NAME is always a register. Throws CommandError.
u32 evaluate(DebugSession& session, std::string_view text);

/// A register by its name in any case: "eax", "al", "cs", "cr3", "dr7", "eflags", "gdtr" (its
/// base).
std::optional<u32> register_value(const DebugSession& session, std::string_view name);

}  // namespace faultline
