// A state in which an instance of a row runs to its end without a fault, and the parts of it that
// provocations change: where operands lie, what they hold.
#pragma once

#include "tests/coverage/machine.hpp"

namespace faultline::coverage {

struct Scene {
  Machine& machine;
  Instance instance;
  Encoding how{};
  u32 target = landing;  // of a relative jump

  const Form& form() const { return instance.form(); }
  Mode mode() const { return machine.mode(); }
  u32 width() const { return instance.width(); }
  std::vector<u8> bytes() const;
  u32 length() const { return static_cast<u32>(bytes().size()); }
};

/// Begins the machine anew and makes everything the instance looks at good.
Scene prepare(Machine& machine, const Instance& instance, Mode mode);

/// Where an instruction ends.
struct Destination {
  u32 eip = landing;
  Mode mode = Mode::Ring0;
};
/// EIP when the instruction has run.
u32 eip_after(const Scene& s);
/// The same before it runs, with the mode it leaves the processor in.
Destination destination_of(const Scene& s);

/// Values one behind the other on the stack, at the operand size.
void put_stack(Scene& s, std::initializer_list<u32> values);
/// The value of the operand that ModRM's r/m names.
void put_value(Scene& s, u32 value);
/// The selector that the row loads or looks at, wherever it takes it from.
void put_selector(Scene& s, u16 selector);
/// The address a transfer goes to, wherever it takes it from; of a near one the offset alone.
void put_target(Scene& s, u16 selector, u32 offset);
u16 good_selector(const Scene& s);

constexpr bool is_far(Mnemonic m) {
  return m == Mnemonic::JMPF || m == Mnemonic::CALLF || m == Mnemonic::RETF || m == Mnemonic::IRET;
}
constexpr bool is_software_interrupt(Mnemonic m) {
  return m == Mnemonic::INT || m == Mnemonic::INT3 || m == Mnemonic::INTO;
}
/// Near and conditional jumps, calls and returns.
bool is_near(const Form& f);
/// LAR, LSL, VERR, VERW: ask about a descriptor and never fault over it.
constexpr bool examines(Mnemonic m) {
  return m == Mnemonic::LAR || m == Mnemonic::LSL || m == Mnemonic::VERR || m == Mnemonic::VERW;
}

}  // namespace faultline::coverage
