// The processor's registers as gdb numbers them: the 32 that it wants of every i386, then what a
// system programmer looks at. One table gives the description, the order of a `g` packet, reading
// and writing. [GDB, i386 Features]
#pragma once

#include <span>
#include <string>
#include <vector>

#include "cpu/engine.hpp"

namespace faultline::gdb {

/// Which piece of the processor's state a register shows.
enum class Place : u8 {
  General,  // by arch::GeneralRegister
  Eip,
  Eflags,
  Selector,  // by arch::SegmentRegister, then LDTR and TR, as with the next three
  Base,
  Limit,
  Attributes,  // as bits 31:0 of a descriptor's upper half, base and limit left out
  FloatStack,  // ST(i)
  Float,       // the numeric environment's words, in gdb's order
  Gdtr,
  Idtr,
  Control,
  Debug,
  Cpl,
  Clock,
  Instructions,
};

struct Register {
  std::string name;
  unsigned bits;
  std::string type;   // of gdb, or one that the description defines
  std::string group;  // may be empty
  Place place;
  unsigned index = 0;
  std::size_t bytes() const { return bits / 8; }
};

/// The first `core_registers` are those of the feature org.gnu.gdb.i386.core.
std::span<const Register> registers();
inline constexpr unsigned core_registers = 32;

/// `to` has the register's width. Without a coprocessor its registers read 0.
void read_register(const CpuContext& context, const Register& reg, std::span<u8> to);
/// The value that is there already changes nothing. False, and nothing changed: the register is
/// read only, or the value is none it can hold.
bool write_register(CpuContext& context, Engine& engine, const Register& reg,
                    std::span<const u8> value);

/// The target description: target.xml.
std::string describe_registers();

}  // namespace faultline::gdb
